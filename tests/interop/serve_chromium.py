#!/usr/bin/env python3
# ctest: serial timeout=240
"""Headless Chromium loads a page from `ward serve`: without a warning where the development CA is in the
NSS database of its home, and not at all where it is not. The page's script and a second request
show that it was really loaded, over TLS 1.3, the ServerHello on the wire that the keys were agreed
on with X25519MLKEM768, and the length of what follows that the certificates were compressed. WARD_SCREENSHOT names a file for a picture of it.
"""
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading

from command import WARD, Test, need, ward
from serving import Serving

PAGE = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>ward</title>
<link rel="icon" href="data:,">
<h1>Served by ward</h1><p id="p">no script has run</p>
<script type="module">
const other = await fetch("data.json").then(r => r.json());
const entry = performance.getEntriesByType("navigation")[0];
document.getElementById("p").textContent =
  `secure=${isSecureContext} sum=${other.a + other.b} protocol=${entry.nextHopProtocol}`;
</script>
"""


def browser():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return name
    print("skipped: chromium is not installed")
    sys.exit(77)


def make_home(test, name, ca=None):
    """A home with an NSS database; the CA is trusted in it for servers."""
    home = test.path(name)
    database = os.path.join(home, ".pki", "nssdb")
    os.makedirs(database)
    subprocess.run(["certutil", "-d", f"sql:{database}", "-N", "--empty-password"], check=True)
    if ca:
        # Exactly what `ward serve` tells people to do.
        subprocess.run([WARD, "ca", "install", "--stores", "nss", ca], check=True,
                       env={**os.environ, "HOME": home})
    return home


def run(home, url, *options):
    """The page as it stands in the end, and what Chromium says of it."""
    env = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": os.path.join(home, "config"),
           "XDG_CACHE_HOME": os.path.join(home, "cache")}
    done = subprocess.run(
        [browser(), "--headless=new", "--disable-gpu", "--no-first-run", "--disable-extensions",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--no-proxy-server", "--window-size=800,600",
         f"--user-data-dir={home}/profile", "--virtual-time-budget=10000",
         "--enable-logging=stderr",
         *(["--no-sandbox"] if os.geteuid() == 0 else []), *options, url],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, timeout=100,
        check=False)
    return done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


# key_share in a ServerHello: X25519MLKEM768, and 1120 bytes.
HYBRID = bytes.fromhex("0033 0464 11ec 0460")


def flight_length(answer):
    """The length of the server's first sealed record: EncryptedExtensions to Finished."""
    at = 0
    while at + 5 <= len(answer):
        length = int.from_bytes(answer[at + 3:at + 5], "big")
        if answer[at] == 23:
            return length
        at += 5 + length
    return 0


def compression(test, serving, tapped):
    """Chromium offers brotli; Python's ssl, where it offers nothing, sees the same without."""
    told = json.loads(ward("connect", f"localhost:{serving.port}", "--cacert", serving.ca,
                           "--json").out)["compression"]
    if told is None or told["algorithm"] != "brotli":
        print("this ward has no brotli: not looked at with Chromium")
        return
    tap = Tap(serving.port)
    with serving.context().wrap_socket(
            socket.create_connection(tap.listener.getsockname()), server_hostname="localhost") as s:
        s.sendall(b"GET / HTTP/1.0\r\n\r\n")
        while s.recv(65536):
            pass
    tap.listener.close()
    plain = flight_length(tap.answers[0])
    packed = max(map(flight_length, tapped))
    saved = told["uncompressed_bytes"] - told["bytes"]
    print(f"the server's flight: {packed} bytes to Chromium, {plain} to Python's ssl")
    test.check("Chromium takes the certificates compressed", packed <= plain - saved + 8 or
               ssl.OPENSSL_VERSION_INFO >= (3, 2), (packed, plain, saved))


class Tap:
    """Passes connections on to a port, and keeps the beginning of each answer."""

    def __init__(self, port):
        self.port = port
        self.answers = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.port))
            answer = bytearray()
            self.answers.append(answer)
            for source, sink, kept in ((client, server, None), (server, client, answer)):
                threading.Thread(target=self.copy, args=(source, sink, kept), daemon=True).start()

    @staticmethod
    def copy(source, sink, kept):
        try:
            while part := source.recv(65536):
                if kept is not None and len(kept) < 4096:
                    kept += part
                sink.sendall(part)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass # the other side has gone


def main():
    need("certutil")
    browser()
    test = Test()
    os.makedirs(test.path("site"))
    for name, data in (("index.html", PAGE), ("data.json", b'{"a": 40, "b": 2}')):
        with open(os.path.join(test.path("site"), name), "wb") as file:
            file.write(data)
    with Serving(test, "--access-log", listen="localhost:0") as serving:
        url = serving.url("/", "localhost")
        trusting = make_home(test, "trusting", serving.ca)
        dom, said = run(trusting, url, "--dump-dom")
        test.check("the page is shown", "Served by ward" in dom, dom)
        test.check("its script ran, in a secure context, over HTTP/1.1",
                   "secure=true sum=42 protocol=http/1.1" in dom, dom)
        test.check("no warning", "ERR_CERT" not in dom + said and "net_error" not in said and
                   "not private" not in dom, dom + said)
        test.check("both requests are in the log", all(
            re.search(rf'"GET {path} HTTP/1.1" 200', serving.log())
            for path in ("/", "/data.json")), serving.log())
        test.check("no handshake failed", "handshake failed" not in serving.log(), serving.log())
        picture = os.environ.get("WARD_SCREENSHOT")
        if picture:
            run(trusting, url, f"--screenshot={picture}")

        tap = Tap(serving.port)
        dom, said = run(trusting, f"https://localhost:{tap.listener.getsockname()[1]}/",
                        "--dump-dom")
        tap.listener.close()
        hellos = [answer for answer in tap.answers if answer]
        test.check("the keys are agreed on with X25519MLKEM768", "sum=42" in dom and hellos and
                   all(HYBRID in answer[:1400] for answer in hellos),
                   [bytes(answer[:1400]).hex() for answer in hellos])

        compression(test, serving, hellos)

        dom, said = run(make_home(test, "doubting"), url, "--dump-dom")
        test.check("without the CA it is refused", "Served by ward" not in dom and
                   "sum=42" not in dom, dom)
        test.check("for the reason that it is not known", "ERR_CERT_AUTHORITY_INVALID" in dom + said or
                   "net_error -202" in said, dom + said)
        test.check("the log says so", re.search(
            r"alert=received:(certificate_unknown|unknown_ca|bad_certificate)", serving.log()) and
            'hint="the client does not trust the certificate' in serving.log(), serving.log())
    sys.exit(test.finish())


if __name__ == "__main__":
    main()
