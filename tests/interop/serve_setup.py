#!/usr/bin/env python3
"""What `ward serve` says when it cannot start: the exact exit status, and exactly two lines on stderr,
one of cause and one of remedy. (What it does once it runs is tested elsewhere.)
"""
import os
import re
import socket
import sys

from command import Authority, Test, clean_environment, need, ward


def main():
    need("openssl")
    test = Test()
    os.mkdir(test.path("ca"))
    os.mkdir(test.path("site"))
    ca = Authority(test.path("ca"))
    cert, key = ca.leaf("one")
    _, other_key = ca.leaf("two")
    env = clean_environment(XDG_DATA_HOME=test.path("data"))
    site = test.path("site")
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen(1)
    address = f"127.0.0.1:{taken.getsockname()[1]}"
    for name, args, status, cause, remedy in (
            ("no folder", [], 2, "folder is missing", "DIR"),
            ("two folders", [site, site], 2, "more than one folder", "DIR"),
            ("a folder that is not there", [site + "/none"], 2, "No such file", "path"),
            ("a file", [cert], 2, "Not a directory", "path"),
            ("a port in use", [site, "--listen", address], 3, f"{address}.*another program",
             "another port"),
            ("an unknown address", [site, "--listen", "no-such-host.invalid:1"], 3, "not known",
             "spelling"),
            ("an address of others", [site, "--listen", "192.0.2.1:1"], 3, "cannot be listened on",
             "address"),
            ("a bad port", [site, "--listen", "127.0.0.1:99999"], 2, "HOST:PORT", "--help"),
            ("no certificate file", [site, "--cert", site + "/none"], 2, "No such file", "path"),
            ("another's key", [site, "--cert", cert, "--key", other_key], 2, "does not belong",
             "key"),
            ("a key alone", [site, "--key", key], 2, "--key without a --cert", "--cert"),
            ("rules without CAs", [site, "--allow", "dns:a.example"], 2, "--client-ca",
             "--client-ca"),
            ("a way to ask without CAs", [site, "--client-auth", "optional"], 2, "--client-ca",
             "--client-ca"),
            ("a bad rule", [site, "--client-ca", cert, "--allow", "dns:*"], 2,
             "allow cannot be", "DNS name"),
            ("a bad way to ask", [site, "--client-ca", cert, "--client-auth", "maybe"], 2,
             "client-auth cannot be", "optional"),
            ("no file of CAs", [site, "--client-ca", site + "/none"], 2, "No such file", "path"),
            ("bad seconds", [site, "--hsts=soon"], 2, "hsts cannot be", "seconds"),
            ("bad time", [site, "--idle-timeout", "soon"], 2, "idle-timeout cannot be", "5s"),
            ("no threads", [site, "--threads", "0"], 2, "threads cannot be", "number"),
            ("no rate", [site, "--min-rate", "-1"], 2, "min-rate cannot be", "bytes"),
            ("an unknown option", [site, "--listne", "x"], 2, "no option --listne", "--listen")):
        result = ward("serve", *args, env=env)
        lines = result.err.splitlines()
        test.check(f"{name}: exit status {status}", result.status == status, result)
        test.check(f"{name}: two lines", len(lines) == 2 and lines[1].startswith("hint: "), result)
        test.check(f"{name}: cause", bool(lines) and re.search(cause, lines[0]), result)
        test.check(f"{name}: remedy", len(lines) > 1 and re.search(remedy, lines[1]), result)
    taken.close()
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
