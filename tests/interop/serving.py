"""What the tests of `ward serve` share: a server with a folder of its own, and raw HTTP over TLS."""
import os
import re
import signal
import socket
import ssl
import subprocess
import time

from command import WARD, clean_environment


class Serving:
    """`ward serve` on a free port of loopback, with a development CA of its own."""

    def __init__(self, test, *options, listen="127.0.0.1:0", site=None, env=None):
        self.test = test
        self.site = site or test.path("site")
        os.makedirs(self.site, exist_ok=True)
        data = test.path("data")
        self.ca = os.path.join(data, "ward", "ca.pem")
        self.log_path = test.path("server.log")
        self.env = clean_environment(XDG_DATA_HOME=data, **(env or {}))
        self.args = [WARD, "serve", self.site, "--listen", listen, *options]

    def __enter__(self):
        self.log_file = open(self.log_path, "wb")
        self.process = subprocess.Popen(self.args, stdin=subprocess.DEVNULL,
                                        stdout=self.log_file, stderr=subprocess.STDOUT,
                                        env=self.env)
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            found = re.search(r"Serving .* at https://\S+:(\d+)/", self.log())
            if found:
                self.port = int(found.group(1))
                return self
            time.sleep(0.02)
        raise RuntimeError("ward serve does not start:\n" + self.log())

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log_file.close()
        # A leak that ASan finds shows here too.
        self.test.check("the server ends well", self.process.returncode == 0, self.log())

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_for_log(self, text, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if text in self.log():
                return True
            time.sleep(0.05)
        return False

    def reload(self, expected="read again: "):
        """Has it read its files again; whether the log says what is expected."""
        before = self.log().count(expected)
        self.process.send_signal(signal.SIGHUP)
        for _ in range(200):
            if self.log().count(expected) > before:
                return True
            time.sleep(0.05)
        return False

    def url(self, path="/", host="127.0.0.1"):
        return f"https://{host}:{self.port}{path}"

    def tcp(self, timeout=30):
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def context(self):
        context = ssl.create_default_context(cafile=self.ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.set_alpn_protocols(["http/1.1"])
        return context

    def connect(self, timeout=30):
        return self.context().wrap_socket(self.tcp(timeout), server_hostname="localhost")


class Answer:
    """One answer of HTTP/1.1, read from a socket."""

    def __init__(self, sock, method="GET"):
        data = b""
        while b"\r\n\r\n" not in data:
            got = sock.recv(1)
            if not got:
                raise EOFError(f"no answer, only {data!r}")
            data += got
        lines = data.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1])
        self.fields = {}
        for line in lines[1:-2]:
            name, _, value = line.partition(":")
            self.fields[name.lower()] = value.strip()
        size = int(self.fields.get("content-length", "0"))
        if method == "HEAD" or self.status in (204, 304) or self.status < 200:
            size = 0
        self.body = b""
        while len(self.body) < size:
            got = sock.recv(min(65536, size - len(self.body)))
            if not got:
                raise EOFError(f"{len(self.body)} of {size} bytes")
            self.body += got

    def __str__(self):
        return f"{self.status} {self.fields} {self.body[:500]!r}"


def request(target="/", *fields, method="GET", version="HTTP/1.1", host="Host: localhost"):
    lines = [f"{method} {target} {version}", *([host] if host else []), *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1")
