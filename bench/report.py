#!/usr/bin/env python3
"""Makes one table, or with --json one document, of the results that the benchmarks print."""
import json
import platform
import subprocess
import sys

STACKS = ["OpenSSL", "ward"]
RELEASED = "OpenSSL, buffers released"
VERIFIERS = ["OpenSSL", "GnuTLS", "ward"]

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
    ("size", "library (ward's with X.509): code / data", "KiB", 1024, 0, ["code", "data"]),
]

CERTIFICATES = [
    ("chain.p256", "chains a second, P-256", "", 1, 0, ["rate"]),
    ("chain.p256", "one: parse, build, verify / two signatures", "µs", 1e3, 0, ["whole", "signatures"]),
    ("chain.p256", "  all but the signatures", "µs", 1e3, 1, ["rest"]),
    ("chain.rsa2048", "chains a second, RSA-2048", "", 1, 0, ["rate"]),
    ("chain.rsa2048", "one: parse, build, verify / two signatures", "µs", 1e3, 0, ["whole", "signatures"]),
    ("chain.rsa2048", "  all but the signatures", "µs", 1e3, 1, ["rest"]),
    ("heap.leaf", "a parsed leaf, P-256", "KiB", 1024, 1, ["bytes"]),
    ("heap.root", "a root of the system, parsed, on average", "KiB", 1024, 1, ["bytes"]),
    ("heap.store", "a store of all of these roots", "KiB", 1024, 0, ["bytes"]),
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
    for key, title, unit, scale, _, whats in ROWS + CERTIFICATES:
        for what in whats:
            values = {stack: results[key, what, stack] / scale for stack in VERIFIERS
                      if (key, what, stack) in results}
            row = {"row": key, "what": what, "unit": unit, **values}
            if "ward" in values and "OpenSSL" in values:
                row["ratio"] = values["ward"] / values["OpenSSL"]
            if (key, what, RELEASED) in results:
                row[RELEASED] = results[key, what, RELEASED] / scale
            rows.append(row)
    rows += [{"row": "hostile", "chain": name, **{stack: {
        "accepted": results[key, "accepted", stack] == 1,
        "signatures": int(results[key, "signatures", stack]),
        "us": results[key, "time", stack] / 1e3} for stack in STACKS
        if results[key, "time", stack] >= 0}} for key, name in hostile(results)]
    return {"schema": 1, "openssl": version(), "processor": processor(), "rows": rows}


def cell(results, key, whats, stack, scale, digits):
    if (key, whats[0], stack) not in results:
        return "none"
    return " / ".join(f"{results[key, what, stack] / scale:.{digits}f}" for what in whats)


def hostile(results):
    """The hostile chains in their order: the key of each, and its name."""
    keys = dict.fromkeys(key for key, _, _ in results if key.startswith("hostile."))
    return [(key, key.split(".", 1)[1]) for key in keys]


def answer(results, key, stack):
    if results[key, "time", stack] < 0:
        return "over 20 s"
    return (f"{'accepted' if results[key, 'accepted', stack] else 'refused'}"
            f"{results[key, 'signatures', stack]:4.0f}"
            f"{results[key, 'time', stack] / 1e3:9.0f} µs")


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


def certificates(results):
    yield "Certificates: chains of three, the root known"
    yield ""
    yield line("", "", *VERIFIERS)
    for key, title, unit, scale, digits, whats in CERTIFICATES:
        if (key, whats[0], "ward") in results:
            yield line(title, unit, *(cell(results, key, whats, stack, scale, digits)
                                      for stack in VERIFIERS))
    yield ""
    yield f"{'Hostile chains: answer, signatures checked, time':<50}" + "".join(
        f"{stack:>26}" for stack in STACKS)
    yield ""
    for key, name in hostile(results):
        yield f"{name:<50}" + "".join(f"{answer(results, key, stack):>26}" for stack in STACKS)


def main():
    results = read(sys.stdin)
    if "--json" in sys.argv[1:]:
        json.dump(document(results), sys.stdout, indent="\t", ensure_ascii=False)
        print()
    else:
        print("\n".join([*table(results), "", *certificates(results)]))


if __name__ == "__main__":
    main()
