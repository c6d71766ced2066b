#!/usr/bin/env python3
"""`ward serve --protect`: whoever asks for a protected path is asked for a certificate, after the
handshake; curl, Python's ssl and openssl s_client, with good ones, bad ones and none."""
# ctest: timeout=120
import os
import re
import socket
import ssl
import subprocess
import sys
import time

from command import WARD, Authority, Test, clean_environment, need
from peers import Process, running
from serving import Answer, Serving, request


def site(test):
    for name, text in (("open.txt", "for everyone\n"), ("private/a.txt", "for some\n"),
                       ("private/b/index.html", "an index\n")):
        path = test.path(os.path.join("site", name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)


def curl(server, ca, path, *args, who=None):
    own = [] if who is None else ["--cert", who[0], "--key", who[1]]
    done = subprocess.run(["curl", "-sS", "--max-time", "20", "--cacert", ca.cert, "-w",
                           "\n%{http_code}", *own, *args,
                           *(server.url(p, "localhost") for p in path.split())],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          env=clean_environment(), timeout=30)
    return done.stdout.decode()


class People:
    """alice fits the rule; bob does not; mallory is of another CA; late's certificate is over."""

    def __init__(self, test, ca, other):
        def leaf(authority, name, **more):
            return authority.leaf(name, subject=f"/CN={name}", names=f"DNS:{name}.example",
                                  usage="clientAuth", **more)
        self.alice, self.bob = leaf(ca, "alice"), leaf(ca, "bob")
        self.mallory = leaf(other, "mallory")
        self.late = leaf(ca, "late", dates=("20200101000000Z", "20210101000000Z"))


REFUSED = (("bob", "no rule lets the holder of the client certificate in"), ("mallory", "issuer"), ("late", "expired"))


def with_curl(test, server, ca, people):
    def get(what, path, expected, *args, who=None):
        said = curl(server, ca, path, *args, who=who)
        test.check(f"curl: {what}", all(part in said for part in expected), said)
    get("what is open needs no certificate", "/open.txt", ["for everyone", "\n200"])
    get("what is open, who has one", "/open.txt", ["for everyone", "\n200"], who=people.alice)
    get("a protected file", "/private/a.txt", ["for some", "\n200"], who=people.alice)
    get("a protected index", "/private/b/", ["an index", "\n200"], who=people.alice)
    get("a protected folder without its slash", "/private", ["\n301"], who=people.alice)
    get("what is not there", "/private/none", ["\n404"], who=people.alice)
    get("HEAD", "/private/a.txt", ["Content-Length: 9", "\n200"], "-I", who=people.alice)
    get("escaped, it is the same path", "/%70rivate/a.txt", ["\n403"])
    get("in TLS 1.2 it shows its certificate in the handshake", "/private/a.txt",
        ["for some", "\n200"], "--tls-max", "1.2", who=people.alice)
    get("no certificate: open, protected and open on one connection",
        "/open.txt /private/a.txt /open.txt", ["for everyone\n\n200<!DOCTYPE", "it has shown none",
                                               "403for everyone\n\n200"])
    get("TLS 1.2 without a certificate", "/private/a.txt",
        ["it has shown none in its handshake", "post_handshake_auth", "\n403"], "--tls-max", "1.2")
    get("one who has shown it is not asked again", "/private/a.txt /private/a.txt",
        ["for some\n\n200for some\n\n200"], who=people.alice)
    for name, reason in REFUSED:
        get(f"{name} is told why, and gets what is open",
            "/private/a.txt /open.txt", [reason, "403for everyone\n\n200"],
            who=getattr(people, name))
        test.check(f"the log says why {name} was refused",
                   re.search(rf"certificate refused: peer=127\.0\.0\.1:\d+ .*{reason}",
                             server.log()), server.log())
    test.check("the log names alice",
               re.search(r'- dns:alice\.example \[.*"GET /private/a\.txt HTTP/1\.1" 200 9',
                         server.log()), server.log())


class Client:
    """Python's ssl, which says what is sent when."""

    def __init__(self, server, ca, who=None, asks=True, session=None):
        context = ssl.create_default_context(cafile=ca.cert)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.post_handshake_auth = asks
        if who is not None:
            context.load_cert_chain(*who)
        self.context = context if session is None else session[1]
        self.tls = self.context.wrap_socket(server.tcp(), server_hostname="localhost",
                                            session=None if session is None else session[0])

    def get(self, *paths, method="GET"):
        self.tls.sendall(b"".join(request(p, method=method) for p in paths))
        return [Answer(self.tls, method) for _ in paths]

    def session(self):
        return self.tls.session, self.context

    def close(self):
        self.tls.close()


def with_python(test, server, ca, people):
    client = Client(server, ca, people.alice)
    answers = client.get("/private/a.txt")
    test.check("Python: a protected file", answers[0].body == b"for some\n", answers[0])
    resumed = Client(server, ca, session=client.session())
    test.check("a session that is resumed is that of the same client, and not asked",
               resumed.get("/private/a.txt")[0].status == 200 and resumed.tls.session_reused)
    client.close()
    resumed.close()
    client = Client(server, ca, people.alice)
    answers = client.get("/private/a.txt", "/open.txt", "/private/b/", "/none")
    test.check("requests behind the one that waits are answered in their order",
               [a.status for a in answers] == [200, 200, 200, 404] and
               answers[1].body == b"for everyone\n" and answers[2].body == b"an index\n",
               [str(a) for a in answers])
    client.close()
    client = Client(server, ca)
    answers = client.get("/private/a.txt", "/private/a.txt", "/open.txt", "/private/b/")
    test.check("without a certificate, each is answered",
               [a.status for a in answers] == [403, 403, 200, 403], [str(a) for a in answers])
    test.check("of a HEAD there is no body",
               client.get("/private/a.txt", method="HEAD")[0].status == 403)
    client.close()
    client = Client(server, ca, people.alice, asks=False)
    answers = client.get("/private/a.txt")
    test.check("who does not offer it is asked in the handshake", answers[0].status == 200,
               answers[0])
    client.close()
    client = Client(server, ca, asks=False)
    answers = client.get("/private/a.txt", "/open.txt")
    test.check("who does not offer it, and has none, is told so",
               answers[0].status == 403 and b"post_handshake_auth" in answers[0].body and
               answers[1].status == 200, answers[0])
    client.close()


def with_openssl(test, server, ca, people):
    """s_client reads only what it is given time for: it says nothing until it is told to."""
    client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-enable_pha",
                     "-CAfile", ca.cert, "-quiet", "-no_ign_eof", "-cert", people.alice[0],
                     "-key", people.alice[1])
    with running(client):
        client.say("GET /private/a.txt HTTP/1.0\r\n\r\n")
        found = client.expect(lambda line: line == "for some")
        test.check("s_client: a protected file", found == "for some")


def flood(test, server, ca):
    """What comes before the answer is bounded: a client that only sends is cut off."""
    client = Client(server, ca)
    client.tls.settimeout(20)
    data = request("/private/a.txt") + request("/open.txt") * 4000
    sent = 0
    try:
        for at in range(0, len(data), 8192):
            client.tls.sendall(data[at:at + 8192])
            sent = at
        answer = Answer(client.tls)
        test.check("a flood: 403 at most", answer.status == 403 and
                   answer.fields.get("connection") == "close", answer)
    except OSError as fault:
        test.check("a flood: it is cut off", sent >= 65536, fault)
    client.close()


def silent(test, ca, people):
    """A client that does not read does not answer either."""
    cert, key = ca.leaf("silent-server")
    with Serving(test, "--cert", cert, "--key", key, "--client-ca", ca.cert, "--protect", "/",
                 "--handshake-timeout", "1s") as server:
        plain = server.tcp()
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context(cafile=ca.cert)
        context.post_handshake_auth = True
        tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                plain.sendall(outgoing.read())
                incoming.write(plain.recv(65536))
        tls.write(request("/open.txt"))
        plain.sendall(outgoing.read())
        start = time.monotonic()
        plain.settimeout(20)
        while True: # what it sends is taken off the wire, and never looked at
            if not plain.recv(65536):
                break
        test.check("a client that does not answer is let go after the time for handshakes",
                   0.5 < time.monotonic() - start < 15)
        plain.close()


def wrong_use(test, ca):
    for args, words in (
            (["--protect", "/x/"], ["--protect without --client-ca"]),
            (["--protect", "x", "--client-ca", ca.cert], ["give a path of a URL"]),
            (["--protect", "/x", "--client-ca", ca.cert, "--client-auth", "required"],
             ["exclude each other", "leave out --client-auth"])):
        done = subprocess.run([WARD, "serve", test.path("site"), *args], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=20, check=False)
        test.check(f"usage: {args}", done.returncode == 2 and
                   all(word in done.stderr.decode() for word in words), done.stderr)


def main():
    need("openssl", "curl")
    test = Test()
    for name in ("ca", "other"):
        os.mkdir(test.path(name))
    ca, other = Authority(test.path("ca")), Authority(test.path("other"), "Other CA")
    people = People(test, ca, other)
    site(test)
    cert, key = ca.leaf("server")
    with Serving(test, "--cert", cert, "--key", key, "--client-ca", ca.cert, "--allow",
                 "dns:alice.example", "--protect", "/private/", "--access-log") as server:
        with_curl(test, server, ca, people)
        with_python(test, server, ca, people)
        with_openssl(test, server, ca, people)
        flood(test, server, ca)
    silent(test, ca, people)
    wrong_use(test, ca)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
