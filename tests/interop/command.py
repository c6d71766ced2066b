"""What the tests of the `ward` command share: running it, certificates made by openssl, servers.

A test makes a Test, calls its check methods, and ends with sys.exit(test.finish()).
"""
import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

WARD = os.environ.get("WARD_BIN", os.path.join(os.path.dirname(__file__), "../../build/ward"))
SKIPPED = 77


def need(*programs):
    """Ends the test as skipped when a peer is not installed."""
    for program in programs:
        if shutil.which(program) is None:
            print(f"skipped: {program} is not installed")
            sys.exit(SKIPPED)


class Result:
    def __init__(self, done):
        self.status = done.returncode
        self.raw = done.stdout
        self.out = done.stdout.decode(errors="replace")
        self.err = done.stderr.decode(errors="replace")

    def __str__(self):
        return f"status {self.status}\n-- stdout\n{self.out[:4000]}\n-- stderr\n{self.err[:4000]}"


def clean_environment(**more):
    env = {k: v for k, v in os.environ.items()
           if k not in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "NO_COLOR")}
    env.update(more)
    return env


def ward(*args, stdin=None, env=None, timeout=60):
    """Runs the command; stdin: bytes for a pipe, a file, or None for /dev/null."""
    source = {"stdin": subprocess.DEVNULL}
    if isinstance(stdin, bytes):
        source = {"input": stdin}
    elif stdin is not None:
        source = {"stdin": stdin}
    return Result(subprocess.run([WARD, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 env=env or clean_environment(), timeout=timeout, check=False,
                                 **source))


class Test:
    def __init__(self):
        self.failures = 0
        self.checks = 0
        self.folder = tempfile.mkdtemp(prefix="ward-test-")

    def path(self, name):
        return os.path.join(self.folder, name)

    def check(self, what, good, result=None):
        self.checks += 1
        if not good:
            self.failures += 1
            print(f"FAILED: {what}")
            if result is not None:
                print(result)

    def finish(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        print(f"{self.checks} checks, {self.failures} failed")
        return 1 if self.failures or not self.checks else 0


# ---- certificates ----

def openssl(*args, **options):
    subprocess.run(["openssl", *args], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, **options)


def openssl_ca(folder, request, out, extensions, dates, *signer):
    """Signs a request between two dates, YYYYMMDDHHMMSSZ, which `openssl x509` cannot everywhere."""
    state = tempfile.mkdtemp(dir=folder)
    config = os.path.join(state, "config")
    with open(config, "w", encoding="utf-8") as file:
        file.write("[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=index\nserial=serial\n"
                   "default_md=sha256\npolicy=p\nunique_subject=no\n[p]\n"
                   f"commonName=optional\norganizationName=optional\n[ext]\n{extensions}")
    with open(os.path.join(state, "index"), "w", encoding="ascii"):
        pass
    openssl("ca", "-batch", "-notext", "-utf8", "-preserveDN", "-config", config, "-extensions", "ext",
            "-rand_serial", "-startdate", dates[0], "-enddate", dates[1], *signer, "-in", request,
            "-out", out, cwd=state)


class Authority:
    """A CA of openssl's making, and leaves that it signs."""

    def __init__(self, folder, name="Test CA"):
        self.folder = folder
        self.cert = os.path.join(folder, "ca.pem")
        self.key = os.path.join(folder, "ca-key.pem")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", self.key, "-out", self.cert, "-days", "30", "-subj", f"/CN={name}",
                "-addext", "basicConstraints=critical,CA:TRUE",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def _request(self, base, subject):
        openssl("req", "-utf8", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", base + "-key.pem", "-out", base + ".csr", "-subj", subject)

    def leaf(self, name, subject="/CN=leaf", names="DNS:localhost,IP:127.0.0.1,IP:::1",
             usage="serverAuth", dates=("20200101000000Z", "20990101000000Z"), self_signed=False):
        """Gives the paths of a certificate and its key. dates: YYYYMMDDHHMMSSZ."""
        base = os.path.join(self.folder, name)
        self._request(base, subject)
        extensions = (f"subjectAltName={names}\nextendedKeyUsage={usage}\n"
                      "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n")
        signer = ["-selfsign", "-keyfile", base + "-key.pem"] if self_signed else \
            ["-cert", self.cert, "-keyfile", self.key]
        openssl_ca(self.folder, base + ".csr", base + ".pem", extensions, dates, *signer)
        return base + ".pem", base + "-key.pem"


# ---- servers ----

@contextlib.contextmanager
def openssl_server(cert, key, *args):
    """`openssl s_server` on a free port of 127.0.0.1, which is given."""
    server = subprocess.Popen(["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", cert,
                               "-key", key, *args], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        port = None
        for line in server.stdout:
            found = re.match(rb"ACCEPT .*:(\d+)", line)
            if found:
                port = int(found.group(1))
                break
        if port is None:
            raise RuntimeError("openssl s_server does not start")
        threading.Thread(target=server.stdout.read, daemon=True).start()
        yield port
    finally:
        server.kill()
        server.wait()


class Server:
    """Runs `serve(connection)` in a thread for each connection to a free port of loopback."""

    def __init__(self, serve, context=None, address="127.0.0.1"):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.bind((address, 0))
        self.socket.listen(16)
        self.port = self.socket.getsockname()[1]
        self.serve = serve
        self.context = context
        self.errors = []

    def _handle(self, connection):
        try:
            with connection:
                if self.context is None:
                    self.serve(connection)
                else:
                    with self.context.wrap_socket(connection, server_side=True) as tls:
                        self.serve(tls)
        except OSError as error:
            self.errors.append(error)

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *args):
        self.socket.close()


def tls_context(cert, key, alpn=None, client_ca=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    if alpn:
        context.set_alpn_protocols(alpn)
    if client_ca:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def read_all(connection):
    """All until the peer's close_notify."""
    parts = []
    while True:
        part = connection.recv(65536)
        if not part:
            return b"".join(parts)
        parts.append(part)


def say_goodbye(tls):
    """close_notify, whatever the peer does then."""
    with contextlib.suppress(OSError):
        tls.unwrap()


@contextlib.contextmanager
def ward_server(folder, *args, env=None):
    """`ward serve` on a free port, which is given."""
    server = subprocess.Popen([WARD, "serve", folder, "--listen", "127.0.0.1:0", *args],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, env=env or clean_environment())
    try:
        found = None
        for line in server.stdout:
            found = re.search(rb"https://[^ /]*:(\d+)/", line)
            if found:
                break
        if found is None:
            raise RuntimeError("ward serve does not start")
        threading.Thread(target=server.stdout.read, daemon=True).start()
        yield int(found.group(1))
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            raise
