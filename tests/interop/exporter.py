#!/usr/bin/env python3
"""Exported keys, compared with those that OpenSSL exports from the same connection."""
import sys

from peers import Process, agreed, case, check, finish, need, running, ward_server, workplace

LABEL = ("-keymatexport", "EXPORTER-Channel-Binding", "-keymatexportlen", "32")


def main():
    need("openssl")
    with workplace() as pki, ward_server(*pki.identities(), "say:hello", "shut") as server:
        for suite in ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"):
            with case(f"s_client exports the same, {suite}"):
                client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                                 "-CAfile", pki.ca, "-ciphersuites", suite, *LABEL)
                with running(client):
                    report = server.report()
                    agreed(report, suite=suite)
                    line = client.expect(lambda line: "Keying material: " in line)
                    theirs = line.split(": ")[1].strip().lower()
                    check(report["binding"] == theirs, f"{report['binding']} and {theirs}")
    return finish()


if __name__ == "__main__":
    sys.exit(main())
