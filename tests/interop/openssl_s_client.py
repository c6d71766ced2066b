#!/usr/bin/env python3
"""`ward openssl s_client` beside openssl(1) at the same servers: the blocks on standard output and the
steps of verification on standard error, line by line, the exit status, and what passes through. It
covers src/cli/openssl/s_client.c, s_client_options.c, s_client_print.c, s_client_verify.c.

Listed differences, which `plain` takes away:
- ward writes names and key types as OpenSSL 3.2 and later (CN=x, not CN = x; EC, not id-ecPublicKey),
  and keeps "Server Temp Key", which 3.5 calls "Peer Temp Key";
- the numbers of bytes are ward's own, and so are suite and group where nothing limits the choice;
- blocks about session tickets are left out, and so is all of a TLS 1.2 session but protocol, cipher,
  verdict and extended master secret: what they show are secrets;
- errors are told in ward's words;
- where no group was agreed on, 3.5 says that it is "<NULL>", and ward nothing;
- "Connecting to" and "Can't use SSL_get_servername" on standard error are left out.
"""
import contextlib
import re
import subprocess
import sys
import time

from beside_openssl import ours, refused, theirs
from command import (WARD, Authority, Server, Test, clean_environment, need, openssl, openssl_server,
                     read_all, tls_context, ward_server)

SESSION = re.compile(r"---\nPost-Handshake New Session Ticket arrived:\n.*?\nread R BLOCK\n", re.S)
TYPES = {"id-ecPublicKey": "EC", "rsaEncryption": "RSA"}


def plain(text):
    """As ward has it: see above."""
    text = SESSION.sub("", text.replace("DONE\n", ""))
    lines = []
    for line in text.split("\n"):
        line = line.replace(" = ", "=")
        found = re.match(r"   a:PKEY: ([\w-]+), (.*); sigalg: (.*)", line)
        if found:
            kind = TYPES.get(found.group(1), found.group(1))
            size = "curve" if kind == "EC" else found.group(2)
            line = f"   a:PKEY: {kind}, {size}; sigalg: {found.group(3)}"
        line = line.replace("Peer Temp Key", "Server Temp Key")
        line = line.replace("Secure Renegotiation IS NOT supported",
                            "This TLS version forbids renegotiation.")
        line = re.sub(r"(signature|Signature) type: .*", r"\1 type", line)
        line = re.sub(r"RSA-SHA", "sha", line)
        line = re.sub(r"sha(\d+)WithRSAEncryption", r"sha\1", line)
        line = re.sub(r"has read \d+ bytes and written \d+", "has read", line)
        line = re.sub(r"unsupported certificate purpose", "unsuitable certificate purpose", line)
        if re.match(r"Connecting to|Can't use SSL|[0-9A-F]{10,}:error|ward openssl|hint: |Protocol: |"
                    r"Negotiated TLS1.3 group: <NULL>|Requested Sig|Shared Requested|    (Session-ID|Master|PSK|SRP|TLS session|"
                    r"Start|Timeout|[0-9a-f]{4} - )|$", line):
            continue
        lines.append(line)
    return "\n".join(lines)


def alike(test, what, args, stdin=b""):
    mine, other = ours(test, "s_client", *args, stdin=stdin), theirs(test, "s_client", *args,
                                                                    stdin=stdin)
    for name, a, b in (("standard output", mine.out.decode(), other.out.decode()),
                       ("standard error", mine.err, other.err)):
        test.check(f"{what}: {name}", plain(a) == plain(b),
                   f"-- ward\n{plain(a)}\n-- openssl\n{plain(b)}")
    test.check(f"{what}: exit status {mine.status}, {other.status}", mine.status == other.status)
    return mine


class Chain:
    """Root, intermediate and leaves, of several types of key."""

    def __init__(self, test):
        self.test = test
        with open(test.path("ca.cnf"), "w", encoding="ascii") as file:
            file.write("basicConstraints=critical,CA:true\nkeyUsage=keyCertSign,cRLSign\n")
        with open(test.path("leaf.cnf"), "w", encoding="ascii") as file:
            file.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        self.make("root", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "/C=DE/O=Test/CN=Root")
        self.make("inter", ["rsa:2048"], "/O=Test/CN=Inter", "root", "ca.cnf")
        self.make("leaf", ["ed25519"], "/CN=leaf", "inter", "leaf.cnf")
        self.make("rsaleaf", ["rsa:2048"], "/CN=rsa leaf", "inter", "leaf.cnf")

    def make(self, name, kind, subject, issuer=None, extensions=None):
        where = {"cwd": self.test.folder}
        if issuer is None:
            openssl("req", "-x509", "-newkey", *kind, "-nodes", "-keyout", name + ".key", "-out",
                    name + ".pem", "-days", "30", "-subj", subject, **where)
            return
        openssl("req", "-newkey", *kind, "-nodes", "-keyout", name + ".key", "-out", name + ".csr",
                "-subj", subject, **where)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", issuer + ".pem", "-CAkey",
                issuer + ".key", "-days", "30", "-extfile", extensions, "-out", name + ".pem",
                "-set_serial", "7", **where)

    def server(self, name, chain=None, *more):
        cert, key = self.test.path(name + ".pem"), self.test.path(name + ".key")
        more = list(more) + (["-cert_chain", self.test.path(chain)] if chain else [])
        return openssl_server(cert, key, *more)


OPTIONS = (["-CAfile", "root.pem"], [], ["-verify_hostname", "localhost", "-CAfile", "root.pem"],
           ["-CAfile", "root.pem", "-verify_hostname", "other.example"],
           ["-CAfile", "root.pem", "-verify_ip", "127.0.0.2"], ["-showcerts"], ["-brief"],
           ["-brief", "-CAfile", "root.pem"], ["-CAfile", "root.pem", "-verify", "4"],
           ["-CAfile", "root.pem", "-verify_return_error"], ["-verify_return_error"],
           ["-quiet", "-no_ign_eof"], ["-CAfile", "root.pem", "-verify_quiet"],
           ["-CAfile", "root.pem", "-verify_return_error", "-verify_hostname", "localhost"],
           ["-tls1_2", "-CAfile", "root.pem", "-cipher",
            "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256"])


def test_blocks(test, chain):
    with open(test.path("all.pem"), "wb") as file:
        for name in ("inter.pem", "root.pem"):
            with open(test.path(name), "rb") as part:
                file.write(part.read())
    for name, more in (("leaf", "inter.pem"), ("leaf", "all.pem"), ("leaf", None),
                       ("rsaleaf", "inter.pem"), ("root", None)):
        with chain.server(name, more, "-www") as port:
            for options in OPTIONS:
                if "-tls1_2" in options and name == "root":
                    continue  # in TLS 1.2 the curve of the key must be among -groups
                alike(test, f"{name} with {more}: {' '.join(options)}",
                      ["-connect", f"127.0.0.1:{port}", "-groups", "X25519", "-ciphersuites",
                       "TLS_AES_128_GCM_SHA256", *options])
            alike(test, "another group", ["-connect", f"127.0.0.1:{port}", "-groups", "P-256",
                                          "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"])
            alike(test, "-curves", ["-curves", "secp384r1", "-ciphersuites",
                                    "TLS_AES_256_GCM_SHA384", f"127.0.0.1:{port}"])


def test_times(test):
    ca = Authority(test.folder)
    for name, dates in (("old", ("20200101000000Z", "20210101000000Z")),
                        ("young", ("20900101000000Z", "20910101000000Z"))):
        cert, key = ca.leaf(name, dates=dates)
        with openssl_server(cert, key) as port:
            for more in (["-CAfile", "ca.pem"], [], ["-brief", "-CAfile", "ca.pem"],
                         ["-CAfile", "ca.pem", "-verify_return_error"]):
                alike(test, f"{name} {' '.join(more)}",
                      ["-connect", f"127.0.0.1:{port}", "-groups", "X25519", "-ciphersuites",
                       "TLS_AES_128_GCM_SHA256", *more])
            seconds = "1590000000" if name == "old" else "3800000000"
            then = ours(test, "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", name + ".pem",
                        "-attime", seconds)
            test.check(f"{name}: at a time", b"Verify return code: 0 (ok)" in then.out, then)


def test_lists(test):
    """-crl_check, -crl_check_all and -verify_email; a list in -CRL, or in -CAfile."""
    ca = Authority(test.folder)
    cert, key = ca.leaf("listed", names="DNS:localhost,email:me@example.org")
    other, other_key = ca.leaf("gone")
    with open(test.path("lists.cnf"), "w", encoding="ascii") as file:
        file.write("[ca]\ndefault_ca=d\n[d]\ndatabase=lists.index\ndefault_md=sha256\ncrlnumber=lists.number\n"
                   "default_crl_days=5\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n")
    for name, text in (("lists.index", ""), ("lists.number", "01\n")):
        with open(test.path(name), "w", encoding="ascii") as file:
            file.write(text)
    base = ["ca", "-config", "lists.cnf", "-cert", ca.cert, "-keyfile", ca.key]
    openssl(*base, "-revoke", other, cwd=test.folder)
    openssl(*base, "-gencrl", "-out", "ca.crl", cwd=test.folder)
    with open(test.path("with-crl.pem"), "wb") as file:
        for name in ("ca.pem", "ca.crl"):
            with open(test.path(name), "rb") as part:
                file.write(part.read())
    for what, pair in (("good", (cert, key)), ("revoked", (other, other_key))):
        with openssl_server(*pair) as port:
            for more in (["-CAfile", "ca.pem", "-crl_check"], ["-CAfile", "ca.pem", "-CRL", "ca.crl"],
                         ["-CAfile", "ca.pem", "-CRL", "ca.crl", "-crl_check"],
                         ["-CAfile", "with-crl.pem", "-crl_check"],
                         ["-CAfile", "with-crl.pem", "-crl_check", "-crl_check_all"],
                         ["-CAfile", "ca.pem", "-CRL", "ca.crl", "-crl_check", "-verify_return_error"],
                         ["-CAfile", "ca.pem", "-verify_email", "me@example.org"],
                         ["-CAfile", "ca.pem", "-verify_email", "you@example.org"],
                         ["-CAfile", "ca.pem", "-verify_email", "you@example.org", "-verify_return_error"]):
                alike(test, f"{what}: {' '.join(more)}",
                      ["-connect", f"127.0.0.1:{port}", "-groups", "X25519", "-ciphersuites",
                       "TLS_AES_128_GCM_SHA256", *more])
    refused(test, ["s_client", "-CRL", "nowhere", "-crl_check", "x:1"], "No such file")


def test_client_cert(test, chain):
    with chain.server("rsaleaf", "inter.pem", "-Verify", "2", "-CAfile", test.path("root.pem"),
                      "-alpn", "h2,http/1.1") as port:
        where = ["-connect", f"127.0.0.1:{port}", "-groups", "X25519", "-ciphersuites",
                 "TLS_AES_128_GCM_SHA256", "-CAfile", "root.pem"]
        alike(test, "a client's certificate", [*where, "-cert", "root.pem", "-key", "root.key",
                                               "-alpn", "h2"])
        mine = ours(test, "s_client", *where, "-cert", "root.pem", "-key", "root.key")
        test.check("what the server asks for", b"Acceptable client certificate CA names\n"
                   b"C=DE, O=Test, CN=Root\nRequested Signature Algorithms: " in mine.out and
                   b"\nShared Requested Signature Algorithms: ECDSA+SHA256:" in mine.out, mine)
        none = ours(test, "s_client", *where, "-ign_eof")
        test.check("no certificate to give", none.status == 1 and "certificate" in none.err, none)


def test_famous_pipes(test, chain):
    """As people write them, in a shell; `$S` is one openssl or the other."""
    lines = (r"echo | $S s_client -connect 127.0.0.1:$P -servername localhost 2>/dev/null | "
             r"openssl x509 -noout -dates",
             r"$S s_client -connect 127.0.0.1:$P -showcerts </dev/null 2>/dev/null | "
             r"sed -n '/BEGIN/,/END/p'",
             r"echo Q | $S s_client -connect 127.0.0.1:$P 2>/dev/null | openssl x509 -fingerprint "
             r"-sha256 -noout",
             r"true | $S s_client -connect 127.0.0.1:$P -CAfile root.pem 2>/dev/null | "
             r"grep -m 1 'Verify return code'",
             r"$S s_client -connect 127.0.0.1:$P </dev/null 2>&1 | grep -c 'BEGIN CERTIFICATE'")
    with chain.server("leaf", "inter.pem", "-www") as port:
        for line in lines:
            told = [subprocess.run(["bash", "-c", line], stdout=subprocess.PIPE, cwd=test.folder,
                                   env=clean_environment(S=tool, P=str(port)), timeout=60,
                                   check=False).stdout for tool in (WARD + " openssl", "openssl")]
            test.check(f"{line}: {told}", told[0] == told[1] and told[0] != b"")
        for tool in ("-quiet", "-ign_eof"):
            got = ours(test, "s_client", "-connect", f"127.0.0.1:{port}", tool,
                       stdin=b"GET / HTTP/1.0\r\n\r\n")
            test.check(f"an answer with {tool}", b"HTTP/1.0 200 ok" in got.out and
                       got.status == 0 and (tool == "-quiet") == (b"CONNECTED" not in got.out), got)


def test_input(test):
    """What is sent, and the commands in it."""
    got = []

    def listen(connection):
        got.append(read_all(connection))

    ca = Authority(test.folder)
    cert, key = ca.leaf("input")
    with Server(listen, tls_context(cert, key, alpn=["h2"])) as server:
        where = [WARD, "openssl", "s_client", "-connect", f"127.0.0.1:{server.port}"]
        for options, words, wanted, said in (
                ([], [b"one\n", b"two\n"], b"one\ntwo\n", "DONE"),
                ([], [b"one\n", b"Quit\n", b"two\n"], b"one\n", "DONE"),
                ([], [b"K\n", b"one\n", b"k\n", b"two\n"], b"one\ntwo\n", "KEYUPDATE\nKEYUPDATE\nDONE"),
                ([], [b"R\n", b"one\n"], b"one\n", "RENEGOTIATING\nDONE"),
                (["-nocommands"], [b"Q\n", b"K\n"], b"Q\nK\n", "DONE"),
                (["-crlf"], [b"a\n\nb\n", b"Q"], b"a\r\n\r\nb\r\n", "DONE"),
                (["-alpn", "h2,x"], [b"x"], b"x", "DONE")):
            got.clear()
            client = subprocess.Popen([*where, *options], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      env=clean_environment())
            client.stdout.readline()  # CONNECTED
            time.sleep(0.2)
            with contextlib.suppress(BrokenPipeError):  # it may end before all is written
                for word in words:  # each is read by itself
                    client.stdin.write(word)
                    client.stdin.flush()
                    time.sleep(0.2)
            with contextlib.suppress(BrokenPipeError):
                client.stdin.close()
            err = client.stderr.read().decode()
            out = client.stdout.read()
            status = client.wait(20)
            client.stdout.close()
            client.stderr.close()
            for _ in range(50):
                if got:
                    break
                time.sleep(0.1)
            test.check(f"{options} {words}: {got} {err}", got == [wanted] and status == 0 and
                       err.endswith(said + "\n"))
            if options[:1] == ["-alpn"]:
                test.check("-alpn", b"\nALPN protocol: h2\n" in out)
    with ward_server(test.folder, "--cert", cert, "--key", key) as port:
        told = ours(test, "s_client", "-connect", f"127.0.0.1:{port}", "-quiet",
                    stdin=b"GET /nowhere HTTP/1.0\r\n\r\n")
        test.check("ward's own server", b" 404 " in told.out and told.status == 0, told)


def test_failures(test, chain):
    closed = Server(lambda connection: None)
    closed.socket.close()
    for args, wanted in ((["-connect", f"127.0.0.1:{closed.port}"], "connect:errno=111\n"),
                         (["-connect", "nowhere.invalid:443"], "connect:errno=")):
        told = ours(test, "s_client", *args)
        test.check(f"no connection: {args}", told.status == 1 and wanted in told.err and
                   told.out == b"", told)
    with chain.server("leaf", "inter.pem", "-tls1_2") as port:
        alike(test, "no version in common", ["-connect", f"127.0.0.1:{port}", "-tls1_3"])
    with chain.server("leaf", "inter.pem", "-servername", "x.example", "-servername_fatal",
                      "-cert2", test.path("leaf.pem"), "-key2", test.path("leaf.key")) as port:
        for more, good in (["-servername", "x.example"], True), (["-servername", "y.example"], False), \
                (["-noservername"], True):
            told = ours(test, "s_client", "-connect", f"127.0.0.1:{port}", *more)
            test.check(f"{more}", (told.status == 0) == good, told)
    for args, wanted in (
            (["-starttls", "smtp"], "-starttls"), (["-tls1_1"], "-tls1_1"), (["-ssl3"], "-ssl3"),
            (["-status"], "-status"), (["-bogus"], "-bogus"), (["a:1", "b:2"], "more than one"),
            (["-connect", "a:1", "b:2"], "-connect"), (["-connect", "a:x"], "a:x"),
            (["-key", "leaf.key"], "-cert"), (["-cipher", "HIGH"], "ECDHE-"),
            (["-ciphersuites", "X"], "TLS_AES_128"), (["-groups", "X"], "x25519"),
            (["-servername", "x", "-noservername"], "exclude"), (["-verify", "x"], "number"),
            (["-attime", "x"], "seconds"), (["-alpn", ""], "names"),
            (["-servername", "ä"], "ASCII"), (["-CAfile", "nowhere", "x:1"], "No such file"),
            (["-CAfile", "leaf.key", "x:1"], "certificate"),
            (["-cert", "nowhere", "x:1"], "No such file")):
        refused(test, ["s_client", *args], wanted)
    told = ours(test, "s_client", "-help")
    test.check("-help", told.status == 0 and b"-servername" in told.out and b"-starttls" in told.out,
               told)


def main():
    need("openssl", "bash")
    test = Test()
    chain = Chain(test)
    test_blocks(test, chain)
    test_times(test)
    test_lists(test)
    test_client_cert(test, chain)
    test_famous_pipes(test, chain)
    test_input(test)
    test_failures(test, chain)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
