#!/usr/bin/env python3
"""Makes one table, or with --json one document, of the results that the benchmarks print."""
import json
import platform
import subprocess
import sys

STACKS = ["OpenSSL", "ward"]
RELEASED = "OpenSSL, buffers released"

# Row: title, unit, what is divided by, digits, and the results of it with their names.
SIDES = ["server", "client"]
ROWS = [
    ("handshake.p256", "full handshake, P-256: server / client", "µs", 1e3, 0, SIDES),
    ("again.p256", "the same, chain seen before: client", "µs", 1e3, 0, ["client"]),
    ("handshake.rsa2048", "full handshake, RSA-2048: server / client", "µs", 1e3, 0, SIDES),
    ("handshake.hybrid", "full, X25519MLKEM768, P-256: server / client", "µs", 1e3, 0, SIDES),
    ("record.100", "100 byte record: seal / open", "ns", 1, 0, ["seal", "open"]),
    ("record.1024", "1 KiB record: seal / open", "ns", 1, 0, ["seal", "open"]),
    ("record.16384", "16 KiB record: seal / open", "ns", 1, 0, ["seal", "open"]),
    ("heap.idle", "idle connection: server / client", "KiB", 1024, 1, SIDES),
    ("heap.handshake", "most during a handshake: server / client", "KiB", 1024, 1, SIDES),
    ("verify.p256", "parse + verify chain + name, P-256", "µs", 1e3, 0, ["verify"]),
    ("verify.rsa2048", "parse + verify chain + name, RSA-2048", "µs", 1e3, 0, ["verify"]),
    ("size", "library (ward's with X.509): code / data", "KiB", 1024, 0, ["code", "data"]),
]


def read(lines):
    results = {}
    for line in lines:
        row, what, stack, value = line.rstrip("\n").split("\t")
        results[row, what, stack] = float(value)
    return results


def version():
    return subprocess.run(["openssl", "version"], capture_output=True, text=True,
                          check=True).stdout.split(" (")[0].strip()


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def document(results):
    rows = []
    for key, title, unit, scale, _, whats in ROWS:
        for what in whats:
            values = {stack: results[key, what, stack] / scale for stack in STACKS
                      if (key, what, stack) in results}
            row = {"row": key, "what": what, "unit": unit, **values}
            if len(values) == 2:
                row["ratio"] = values["ward"] / values["OpenSSL"]
            if (key, what, RELEASED) in results:
                row[RELEASED] = results[key, what, RELEASED] / scale
            rows.append(row)
    return {"schema": 1, "openssl": version(), "processor": processor(), "rows": rows}


def cell(results, key, whats, stack, scale, digits):
    if (key, whats[0], stack) not in results:
        return "none"
    return " / ".join(f"{results[key, what, stack] / scale:.{digits}f}" for what in whats)


def line(title, unit, *cells):
    return f"{title:<46}{unit:>4}" + "".join(f"{text:>16}" for text in cells)


def table(results):
    yield f"{version()} (libssl) and ward in one run; {processor()}, one core"
    yield ""
    yield line("", "", "OpenSSL", "ward", "ward/OpenSSL")
    for key, title, unit, scale, digits, whats in ROWS:
        ratios = " / ".join(f"{results[key, what, 'ward'] / results[key, what, 'OpenSSL']:.2f}"
                            for what in whats if (key, what, "ward") in results and
                            (key, what, "OpenSSL") in results)
        yield line(title, unit, *(cell(results, key, whats, stack, scale, digits)
                                  for stack in STACKS), ratios)
        if (key, whats[0], RELEASED) in results:
            yield line("  with SSL_MODE_RELEASE_BUFFERS", unit,
                       cell(results, key, whats, RELEASED, scale, digits))


def main():
    results = read(sys.stdin)
    if "--json" in sys.argv[1:]:
        json.dump(document(results), sys.stdout, indent="\t", ensure_ascii=False)
        print()
    else:
        print("\n".join(table(results)))


if __name__ == "__main__":
    main()
