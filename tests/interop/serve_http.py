#!/usr/bin/env python3
# ctest: timeout=300
"""`ward serve` as curl and Python's ssl see it: files, ranges, conditions, listings, methods, refusals,
and every way out of the served folder.
"""
import hashlib
import os
import re
import signal
import ssl
import subprocess
import sys
import time

from command import Test, need, openssl
from serving import Answer, Serving, request

BIG = 20 * 1024 * 1024 + 12345


def put(folder, name, data):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def make_site(test):
    site = test.path("site")
    put(site, "index.html", b"<p>root\n")
    put(site, "a.txt", b"0123456789")
    put(site, "empty", b"")
    put(site, "big.bin", os.urandom(1024) * (BIG // 1024) + b"x" * (BIG % 1024))
    put(site, "sub/b.css", b"b{}")
    put(site, "sub/<i>&\"'.txt", b"odd")
    put(site, "sub/caf\u00e9.txt", b"utf-8")
    put(site, ".secret", b"TOP SECRET")
    put(site, ".well-known/acme", b"token")
    put(test.path("outside"), "passwd", b"TOP SECRET")
    put(test.path("site-2"), "passwd", b"TOP SECRET")
    os.symlink("../outside", os.path.join(site, "out"))
    os.symlink("../outside/passwd", os.path.join(site, "out-file"))
    os.symlink(test.path("outside/passwd"), os.path.join(site, "out-absolute"))
    os.symlink("/proc/self/root", os.path.join(site, "proc"))
    os.symlink("..", os.path.join(site, "up"))
    os.symlink("../site-2", os.path.join(site, "neighbour"))
    os.symlink("a.txt", os.path.join(site, "in"))
    os.symlink(os.path.join(site, "sub"), os.path.join(site, "in-absolute"))
    os.mkfifo(os.path.join(site, "fifo"))
    return site


# ---- curl ----

def curl(serving, path, *options):
    """Status, head and body."""
    head = serving.test.path("head")
    done = subprocess.run(["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "60",
                           "--cacert", serving.ca, "--dump-header", head, "--path-as-is", *options,
                           serving.url(path, "localhost")], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    with open(head, encoding="latin-1", newline="") as file:
        text = file.read()
    found = re.match(r"HTTP/1.1 (\d+)", text)
    return int(found.group(1)) if found else 0, text, done.stdout


def check_curl(test, serving):
    digest = hashlib.sha256(open(os.path.join(serving.site, "big.bin"), "rb").read()).digest()
    for name, path, options, status, has, body in (
            ("a file", "/a.txt", [], 200, "Content-Type: text/plain; charset=utf-8", b"0123456789"),
            ("HSTS", "/a.txt", [], 200, "Strict-Transport-Security: max-age=63072000", None),
            ("an empty file", "/empty", [], 200, "Content-Length: 0", b""),
            ("the index", "/", [], 200, "text/html", b"<p>root\n"),
            ("only the head", "/a.txt", ["--head"], 200, "Content-Length: 10", None),
            ("a range", "/a.txt", ["--range", "2-4"], 206, "Content-Range: bytes 2-4/10", b"234"),
            ("the last bytes", "/a.txt", ["--range", "-3"], 206, "bytes 7-9/10", b"789"),
            ("a range past the end", "/a.txt", ["--range", "10-"], 416, "bytes */10", None),
            ("a redirect", "/sub", [], 301, "Location: /sub/\r\n", None),
            ("a link inside", "/in", [], 200, "", b"0123456789"),
            ("an absolute link inside", "/in-absolute/b.css", [], 200, "text/css", b"b{}"),
            ("a well-known file", "/.well-known/acme", [], 200, "", b"token"),
            ("what is not there", "/none", [], 404, "nosniff", None),
            ("posting", "/a.txt", ["--data", "x=y"], 405, "Allow: GET, HEAD, OPTIONS", None),
            ("putting a large file", "/a.txt",
             ["--upload-file", os.path.join(serving.site, "big.bin")], 413, "close", None)):
        got, head, out = curl(serving, path, *options)
        test.check(f"curl: {name}", got == status and has in head and body in (None, out),
                   f"{head}{out[:200]!r}")
    for rate in ([], ["--limit-rate", "30M"]):
        got, head, out = curl(serving, "/big.bin", *rate)
        test.check("curl: 20 MiB arrive as they are", hashlib.sha256(out).digest() == digest, head)
    etag = re.search(r"ETag: (\S+)", curl(serving, "/a.txt")[1]).group(1)
    when = re.search(r"Last-Modified: (.*)\r", curl(serving, "/a.txt")[1]).group(1)
    for name, field, status in (("the same tag", f"If-None-Match: {etag}", 304),
                                ("another tag", 'If-None-Match: "x"', 200),
                                ("the same time", f"If-Modified-Since: {when}", 304),
                                ("a tag that must be", 'If-Match: "x"', 412)):
        got, head, out = curl(serving, "/a.txt", "--header", field)
        test.check(f"curl: {name}", got == status and (status == 200) == (out == b"0123456789"),
                   head)
    _, head, out = curl(serving, "/sub/")
    test.check("curl: a listing", b'href="./b.css"' in out and b"&lt;i&gt;&amp;" in out and
               "caf\u00e9.txt".encode() in out and b"<i>" not in out, out)
    for link in re.findall(rb'href="\./([^"]+)"', out):
        got, head, _ = curl(serving, "/sub/" + link.decode())
        test.check(f"curl: the listing's link {link}", got == 200, head)


# ---- ways out ----

ESCAPES = (
    "/../outside/passwd", "/../../../../../../etc/passwd", "/sub/../../outside/passwd",
    "/%2e%2e/outside/passwd", "/%2E%2e/outside/passwd", "/.%2e/outside/passwd",
    "/..%2foutside%2fpasswd", "/%2e%2e%2foutside/passwd", "/..%5coutside%5cpasswd",
    "/..\\outside\\passwd", "/%252e%252e/outside/passwd", "/%c0%ae%c0%ae/outside/passwd",
    "/sub/%2e%2e/%2e%2e/outside/passwd", "/./../outside/passwd", "//../outside/passwd",
    "/a.txt/../../outside/passwd", "/..;/outside/passwd", "/..%00/outside/passwd",
    "/a.txt%00.html", "/out/passwd", "/out-file", "/out-absolute", "/proc/etc/passwd",
    "/up/outside/passwd", "/neighbour/passwd", "/fifo", "/.secret", "/%2esecret", "/./.secret",
    "https://localhost/../outside/passwd", "https://localhost/out-file", "file:///etc/passwd",
    "/dev/null", "/etc/passwd", "//etc/passwd", "///etc/passwd", "/sub//../..//outside/passwd")


def check_escapes(test, serving):
    with serving.connect() as tls:
        for target in ESCAPES:
            tls.sendall(request(target))
            answer = Answer(tls)
            test.check(f"no way out: {target}", answer.status in (400, 403, 404) and
                       b"SECRET" not in answer.body and b"root:" not in answer.body, answer)
            # A refusal of the target is no reason to end the connection.
            test.check(f"the connection goes on after {target}",
                       answer.fields.get("connection") != "close", answer)
    with serving.connect() as tls:
        tls.sendall(request("/out/"))
        test.check("no listing outside", Answer(tls).status == 404)
        tls.sendall(request("/sub/"))
        test.check("listings name no links outside", b"out" not in Answer(tls).body)


# ---- requests that curl would not send ----

def send(serving, data, method="GET"):
    with serving.connect() as tls:
        tls.sendall(data)
        answer = Answer(tls, method)
        rest = tls.recv(1) if answer.fields.get("connection") == "close" else None
    return answer, rest


def check_requests(test, serving):
    many = [f"X-{i}: y" for i in range(150)]
    for name, data, status in (
            ("no Host", request(host=None), 400),
            ("two Hosts", request("/", "Host: b"), 400),
            ("a line that ends in LF", b"GET / HTTP/1.1\nHost: a\n\n", 400),
            ("a folded line", request("/", "X: a\r\n b"), 400),
            ("a length and chunks", request("/", "Content-Length: 5", "Transfer-Encoding: chunked") +
             b"0\r\n\r\n", 400),
            ("two lengths", request("/", "Content-Length: 5", "Content-Length: 6"), 400),
            ("a disguised coding", request("/", "Transfer-Encoding: xchunked"), 400),
            ("a coding that is not known", request("/", "Transfer-Encoding: gzip, chunked"), 501),
            ("an unknown method", request(method="BREW"), 501),
            ("HTTP/2 without ALPN", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
            ("a version to come", request(version="HTTP/3.0"), 505),
            ("a target that is too long", request("/" + "a" * 9000), 414),
            ("a path that is too long", request("/" + "a" * 5000), 414),
            ("fields that are too long", request("/", "X: " + "a" * 17000), 431),
            ("too many fields", request("/", *many), 431),
            ("a body that is too long", request("/", "Content-Length: 1000000"), 413),
            ("an expectation", request("/", "Expect: magic"), 417),
            ("options", request("*", method="OPTIONS"), 204),
            ("HTTP/1.0", request(version="HTTP/1.0", host=None), 200),
            ("tracing", request(method="TRACE"), 405)):
        answer, rest = send(serving, data)
        test.check(f"{name}: {status}", answer.status == status, answer)
        # close_notify, or recv raises.
        test.check(f"{name}: the end is told", rest in (None, b""), rest)
        for field in ("date", "x-content-type-options"):
            test.check(f"{name}: {field}", field in answer.fields, answer)


def check_pipelining(test, serving):
    with serving.connect() as tls:
        tls.sendall(b"".join(request(f"/a.txt?{i}", f"Range: bytes={i % 10}-{i % 10}")
                             for i in range(500)))
        bodies = [Answer(tls).body for _ in range(500)]
        test.check("500 requests in one go, answered in order",
                   bodies == [b"%d" % (i % 10) for i in range(500)])
        for byte in request("/a.txt"):
            tls.sendall(bytes([byte]))
        test.check("a request in records of a byte", Answer(tls).body == b"0123456789")
        tls.sendall(request("/a.txt", "Range: bytes=0-1,5-6"))
        answer = Answer(tls)
        boundary = answer.fields["content-type"].split("boundary=")[1].encode()
        parts = answer.body.split(b"--" + boundary)
        test.check("two ranges in two parts", answer.status == 206 and len(parts) == 4 and
                   parts[1].endswith(b"\r\n\r\n01\r\n") and parts[2].endswith(b"\r\n\r\n56\r\n") and
                   parts[3] == b"--\r\n", answer)
        tls.sendall(request("/a.txt", "Content-Length: 3", "Expect: 100-continue"))
        test.check("100 Continue", Answer(tls).status == 100)
        tls.sendall(b"abc")
        test.check("the answer behind it", Answer(tls).status == 200)
        tls.sendall(request("/a.txt", "Connection: close"))
        test.check("the last answer", Answer(tls).fields.get("connection") == "close")
        test.check("close_notify behind it", tls.recv(1) == b"")


# ---- handshakes that fail ----

def check_handshakes(test, serving):
    with serving.tcp() as plain:
        plain.sendall(request())
        answer = Answer(plain)
        test.check("plain HTTP is told where to go", answer.status == 400 and
                   b"https://" in answer.body, answer)
    test.check("plain HTTP in the log", serving.wait_for_log("reason=PLAIN_HTTP"), serving.log())

    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(serving.ca)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with old.wrap_socket(serving.tcp(), server_hostname="localhost") as tls:
        tls.sendall(request())
        test.check("TLS 1.2 is served", tls.version() == "TLSv1.2" and
                   Answer(tls).status == 200)
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    try:
        old.wrap_socket(serving.tcp(), server_hostname="old.test")
        test.check("TLS 1.1 alone is refused", False)
    except (ssl.SSLError, ConnectionError) as error:
        test.check("TLS 1.1 alone is refused", "PROTOCOL_VERSION" in str(error), error)
    line = r'handshake failed: peer=127\.0\.0\.1:\d+ sni="old\.test" offered="TLS 1\.1" ' \
        r"alert=sent:protocol_version reason=NO_COMMON_VERSION .* hint="
    test.check("its line: peer, name, versions, alert, reason, hint",
               serving.wait_for_log("old.test") and re.search(line, serving.log()), serving.log())

    try:
        ssl.create_default_context(cadata=None).wrap_socket(serving.tcp(),
                                                            server_hostname="distrust.test")
        test.check("who does not trust the CA does not connect", False)
    except ssl.SSLError:
        pass
    test.check("its line", serving.wait_for_log('sni="distrust.test"') and
               "alert=received:unknown_ca" in serving.log(), serving.log())

    other = serving.context()
    other.set_alpn_protocols(["h2"])
    try:
        other.wrap_socket(serving.tcp(), server_hostname="alpn.test")
        test.check("HTTP/2 alone is refused", False)
    except ssl.SSLError as error:
        test.check("HTTP/2 alone is refused", "no application protocol" in str(error) or
                   "NO_APPLICATION_PROTOCOL" in str(error), error)
    test.check("its line", serving.wait_for_log("reason=NO_COMMON_ALPN"), serving.log())


# ---- stopping, and certificates of one's own ----

def check_stop(test):
    with Serving(test, "--stop-timeout", "20s") as serving:
        idle, busy = serving.connect(), serving.connect()
        idle.sendall(request("/a.txt"))
        Answer(idle)
        busy.sendall(request("/big.bin"))
        busy.recv(1)
        serving.process.send_signal(signal.SIGTERM)
        test.check("an idle connection is told of the end", idle.recv(1) == b"")
        size = 1
        while True:
            got = busy.recv(1 << 16)
            if not got:
                break
            size += len(got)
        test.check("a running answer is finished", size > BIG, size)
        test.check("the server ends by itself", serving.process.wait(20) == 0)
        try:
            serving.tcp()
            test.check("nobody listens any more", False)
        except ConnectionRefusedError:
            pass


def check_own_certificate(test):
    cert, key = test.path("own.pem"), test.path("own-key.pem")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days",
            "30", "-subj", "/CN=own", "-addext", "subjectAltName=DNS:localhost")
    with Serving(test, "--cert", cert, "--key", key) as serving:
        serving.ca = cert
        with serving.connect() as tls:
            tls.sendall(request("/a.txt"))
            test.check("a certificate of one's own", Answer(tls).body == b"0123456789")
            test.check("it is the one", tls.getpeercert()["subject"] == ((("commonName", "own"),),))
    test.check("no CA is told of", "ca.pem" not in serving.log(), serving.log())


def check_key_log(test):
    path = test.path("keys")
    with Serving(test, env={"SSLKEYLOGFILE": path}) as serving:
        with serving.connect() as tls:
            tls.sendall(request("/a.txt"))
            Answer(tls)
        test.check("a warning of the key log", "warning: SSLKEYLOGFILE" in serving.log(),
                   serving.log())
    with open(path, encoding="ascii") as file:
        test.check("the key log", "SERVER_TRAFFIC_SECRET_0 " in file.read())
    test.check("it is for its owner alone", os.stat(path).st_mode & 0o777 == 0o600)


def main():
    need("curl", "openssl")
    test = Test()
    make_site(test)
    start = time.monotonic()
    with Serving(test, "--hsts", "--access-log") as serving:
        for check in (check_curl, check_escapes, check_requests, check_pipelining,
                      check_handshakes):
            check(test, serving)
        test.check("the access log", re.search(
            r'^127\.0\.0\.1 - - \[.* \+0000\] "GET /a\.txt HTTP/1\.1" 200 10$', serving.log(), re.M))
    check_stop(test)
    check_own_certificate(test)
    check_key_log(test)
    print(f"{time.monotonic() - start:.1f} s")
    sys.exit(test.finish())


if __name__ == "__main__":
    main()
