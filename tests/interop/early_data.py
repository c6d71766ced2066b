#!/usr/bin/env python3
"""Early data with OpenSSL, GnuTLS, nginx and curl: ward's client by `ward connect --early-data`, ward's
server by `ward serve --early-data`; and a first flight that is sent to it again."""
# ctest: timeout=200
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading

from command import WARD, Test, need
from peers import Process, Pki, running, server_on_free_port
from serving import Serving

QUESTION = b"GET /a.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


# ---- ward's client ----

class Client:
    """Connects with one session file; the facts are JSON."""

    def __init__(self, pki, port):
        self.args = [WARD, "connect", f"localhost:{port}", "--cacert", pki.ca, "--session-file",
                     pki.path("session"), "--alpn", "http/1.1"]
        self.early = pki.path("early")
        with open(self.early, "wb") as f:
            f.write(QUESTION)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(pki.path("session"))

    def run(self, *args):
        return subprocess.run([*self.args, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60, check=False)

    def facts(self, *args):
        done = self.run("--json", *args)
        return json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr.decode()}

    def ask(self):
        return self.facts("--early-data", self.early)


def taken(facts):
    early = facts.get("early_data")
    return early["accepted"] if early else None


def visit(test, client, name, accepted=len(QUESTION)):
    first = client.facts("-n")
    test.check(f"{name}: the first session", first.get("connected") and not first["resumed"], first)
    again = client.ask()
    test.check(f"{name}: early data", again.get("resumed") and taken(again) == accepted, again)


def s_server(pki, *args):
    return Process("openssl", "s_server", "-accept", "0", "-tls1_3", "-cert", pki.path("p256.crt"),
                   "-cert_chain", pki.path("middle.crt"), "-key", pki.key("p256"), "-alpn",
                   "http/1.1", *args)


def with_s_server(test, pki):
    for name, accepted, args in (
            ("openssl s_server -early_data", len(QUESTION), ["-early_data"]),
            ("openssl s_server that refuses it", 0, ["-max_early_data", "10000"]),
            ("openssl s_server with a retry", 0, ["-early_data", "-no_anti_replay", "-groups", "P-384"])):
        server = s_server(pki, *args)
        with running(server):
            port = server.expect(lambda line: line.startswith("ACCEPT ")).rsplit(":", 1)[1]
            visit(test, Client(pki, port), name, accepted)
            # Taken early or sent again: it is there, once.
            server.expect(lambda line: "GET /a.txt" in line)
            test.check(f"{name}: it has arrived once", server.text().count("GET /a.txt") == 1,
                       server.text())


def gnutls_serv(pki):
    return server_on_free_port(lambda port: Process(
        "gnutls-serv", "--port", str(port), "--http", "--earlydata", "--alpn", "http/1.1",
        "--x509certfile", pki.chain("p256"), "--x509keyfile", pki.key("p256")))


def with_gnutls_serv(test, pki):
    if shutil.which("gnutls-serv") is None:
        return
    with gnutls_serv(pki) as port:
        visit(test, Client(pki, port), "gnutls-serv --earlydata")


def with_nginx(test, pki):
    if shutil.which("nginx") is None:
        return
    conf = """daemon off; master_process off; pid nginx.pid; error_log error.log;
events {} http { access_log off; server { listen 127.0.0.1:%d ssl; ssl_protocols TLSv1.3;
ssl_early_data on; ssl_certificate p256.chain; ssl_certificate_key p256.key;
location / { return 200 "early=$ssl_early_data\\n"; } } }
"""

    def nginx_on(port):
        with open(pki.path("nginx.conf"), "w", encoding="ascii") as f:
            f.write(conf % port)
        return Process("nginx", "-p", pki.where, "-c", pki.path("nginx.conf"))
    with server_on_free_port(nginx_on) as port:
        client = Client(pki, port)
        visit(test, client, "nginx")
        # It says so of a request that it has understood before Finished is there: mostly.
        answers = (client.run("-q", "--early-data", client.early) for _ in range(20))
        test.check("nginx: what it says", any(b"early=1" in done.stdout for done in answers))


# ---- ward's server ----

def session_file_is_needed(test, pki):
    done = subprocess.run([WARD, "connect", "localhost:1", "--early-data", pki.ca],
                          stderr=subprocess.PIPE, check=False)
    test.check("--early-data without --session-file", done.returncode == 2, done)


def put_files(test):
    site = test.path("site")
    os.makedirs(site, exist_ok=True)
    with open(os.path.join(site, "a.txt"), "wb") as f:
        f.write(b"0123456789\n")


def with_s_client(test, serving):
    args = ["openssl", "s_client", "-connect", f"127.0.0.1:{serving.port}", "-CAfile", serving.ca,
            "-servername", "localhost", "-alpn", "http/1.1", "-ign_eof"]
    session, early = test.path("s_client.pem"), test.path("early")
    with open(early, "wb") as f:
        f.write(QUESTION)
    for name, more, early_data in (("first", ["-sess_out", session], b""),
                                   ("second", ["-sess_in", session, "-early_data", early], None)):
        done = subprocess.run([*args, *more], input=QUESTION if early_data is not None else b"",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
                              check=False)
        text = done.stdout.decode(errors="replace")
        test.check(f"openssl s_client, {name}: the answer", "0123456789" in text, text)
    test.check("openssl s_client: early data", "Early data was accepted" in text, text)


def gnutls_cli(test, ca, port):
    done = subprocess.run(["gnutls-cli", "--x509cafile", ca, "--port", str(port), "--resume",
                           "--waitresumption", "--earlydata", test.path("early"), "--alpn",
                           "http/1.1", "localhost"], input=b"", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60, check=False)
    return done.stdout.decode(errors="replace")


def with_gnutls_cli(test, serving):
    if shutil.which("gnutls-cli") is None:
        return
    text = gnutls_cli(test, serving.ca, serving.port)
    flaw = "error sending early data"  # it says so before it connects again
    if flaw in text:
        pki = Pki(test.path("pki"))
        with gnutls_serv(pki) as port:
            text = gnutls_cli(test, pki.ca, port)
            test.check("gnutls-cli fails with gnutls-serv alike", flaw in text, text)
        print("skipped: gnutls-cli --earlydata, which this version cannot with gnutls-serv either")
        return
    test.check("gnutls-cli --earlydata", "This is a resumed session" in text and
               "0123456789" in text, text)


def with_curl(test, serving):
    """From 8.11 on, and from 8.13 on with OpenSSL: two requests, the second with the first's ticket."""
    if shutil.which("curl") is None:
        return
    curl = ["curl", "--silent", "--show-error", "-v", "--http1.1", "--noproxy", "*", "--cacert",
            serving.ca, "--tls-earlydata", "--header", "Connection: close"]
    done = subprocess.run([*curl, *[f"https://localhost:{serving.port}/a.txt"] * 2],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
    said = done.stderr.decode(errors="replace")
    if "option --tls-earlydata:" in said:
        print("skipped: curl --tls-earlydata, which this version does not have")
        return
    test.check("curl --tls-earlydata: two answers", done.stdout == b"0123456789\n" * 2, done)
    test.check("curl --tls-earlydata: it was accepted",
               re.search(r"Server accepted [1-9]\d* bytes of TLS early data", said), said)


class OwnPki:
    """The development CA of the server, in the place of a Pki."""

    def __init__(self, test, serving):
        self.ca = serving.ca
        self.path = test.path


def with_ward(test, serving):
    client = Client(OwnPki(test, serving), serving.port)
    first = client.facts("-n")
    test.check("ward connect: the first session", first.get("connected"), first)
    done = client.run("-q", "--early-data", client.early)
    test.check("ward connect: GET", done.stdout.startswith(b"HTTP/1.1 200 ") and
               done.stdout.endswith(b"0123456789\n"), done)
    with open(client.early, "wb") as f:
        f.write(QUESTION.replace(b"GET", b"POST"))
    facts = client.ask()
    test.check("ward connect: POST is taken", taken(facts) == len(QUESTION) + 1, facts)
    done = client.run("-q", "--early-data", client.early)
    test.check("ward connect: POST is answered with 425",
               done.stdout.startswith(b"HTTP/1.1 425 Too Early\r\n"), done)
    with open(client.early, "wb") as f:
        f.write(QUESTION.replace(b"Host", b"Early-Data: 1\r\nHost").replace(b"GET", b"DELETE"))
    done = subprocess.run([*client.args, "-q"], input=open(client.early, "rb").read(),
                          stdout=subprocess.PIPE, timeout=60, check=False)
    test.check("a proxy says that it was early: 425", b"HTTP/1.1 425 " in done.stdout, done)


class Recorder:
    """A way to the server that keeps what the client says first."""

    def __init__(self, port):
        self.to, self.first = port, b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            with contextlib.suppress(OSError):
                near = self.listener.accept()[0]
                far = socket.create_connection(("127.0.0.1", self.to))
                self.first = b""
                threading.Thread(target=self._pass, args=(far, near, False), daemon=True).start()
                threading.Thread(target=self._pass, args=(near, far, True), daemon=True).start()

    def _pass(self, source, sink, keeps):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if keeps and not self.first:
                    self.first = data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


def replayed(test, serving):
    recorder = Recorder(serving.port)
    client = Client(OwnPki(test, serving), recorder.port)
    client.facts("-n")
    with open(client.early, "wb") as f:
        f.write(QUESTION.replace(b"/a.txt", b"/a.txt?replayed"))
    facts = client.ask()
    test.check("recorded: taken", taken(facts) == len(QUESTION) + 9, facts)
    recorded = recorder.first
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", serving.port)) as s:
            s.sendall(recorded)
            s.shutdown(socket.SHUT_WR)
            test.check("sent again: answered", s.recv(65536) != b"", "nothing came")
            with contextlib.suppress(OSError):
                while s.recv(65536):
                    continue
    served = serving.log().count("GET /a.txt?replayed")
    test.check("sent again: served once in all", served == 1, serving.log())


def main():
    need("openssl")
    test = Test()
    os.makedirs(test.path("pki"))
    pki = Pki(test.path("pki"))
    session_file_is_needed(test, pki)
    for part in (with_s_server, with_gnutls_serv, with_nginx):
        part(test, pki)
    put_files(test)
    with Serving(test, "--early-data", "--access-log") as serving:
        for part in (with_s_client, with_gnutls_cli, with_curl, with_ward, replayed):
            part(test, serving)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
