"""What the tests with other implementations share: certificates, processes, ward's own peer.

A driver makes cases with `case`; what fails in one is told with the output of both sides, and the
next one is tried. It ends with sys.exit(finish()).
"""
import contextlib
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

BUILD = os.environ.get("WARD_BUILD_DIR", os.path.join(os.path.dirname(__file__), "../../build/dev"))
PEER = os.path.join(BUILD, "tests/interop/interop_peer")
# Under ASan every value of every dimension is tried once, not with all others.
REDUCED = os.environ.get("WARD_SUITE") == "memory"
SKIPPED = 77
PATIENCE = 30

SUITES = {"TLS_AES_128_GCM_SHA256": "1301", "TLS_AES_256_GCM_SHA384": "1302",
          "TLS_CHACHA20_POLY1305_SHA256": "1303"}
GROUPS = {"x25519": "001d", "secp256r1": "0017", "secp384r1": "0018"}
HYBRIDS = {"X25519MLKEM768": "11ec", "SecP256r1MLKEM768": "11eb", "SecP384r1MLKEM1024": "11ed"}
# The key of a certificate, and the scheme that CertificateVerify then has.
KEYS = {"p256": "ecdsa_secp256r1_sha256", "p384": "ecdsa_secp384r1_sha384",
        "rsa": "rsa_pss_rsae_sha256", "ed25519": "ed25519"}


def need(*programs):
    """Ends the test as skipped when a peer is not installed."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    for program in programs:
        if shutil.which(program) is None:
            print(f"skipped: {program} is not installed")
            sys.exit(SKIPPED)


def matrix(suites=SUITES, groups=GROUPS, keys=KEYS):
    """(suite, group, key) of all that are there; reduced, each of them at least once."""
    if not REDUCED:
        return list(itertools.product(suites, groups, keys))
    longest = max(len(suites), len(groups), len(keys))
    turn = [list(itertools.islice(itertools.cycle(x), longest)) for x in (suites, groups, keys)]
    return list(zip(*turn))


# ---- cases ----

class Failed(Exception):
    """What was seen is not what should be."""


_counts = {"passed": 0, "failed": 0}
_running = []  # processes whose output belongs to the case that runs
_ended = []  # those that the case started itself


@contextlib.contextmanager
def case(name):
    marks = [(p, p.mark()) for p in _running]
    _ended.clear()
    try:
        yield
        _counts["passed"] += 1
    except (Failed, OSError, subprocess.SubprocessError) as fault:
        _counts["failed"] += 1
        print(f"FAILED: {name}: {fault}")
        for process, mark in marks + [(p, 0) for p in _ended]:
            print(f"---- {process.title}\n{process.text(mark)}")
        sys.stdout.flush()


def check(condition, why):
    if not condition:
        raise Failed(why)


def finish():
    print(f"{_counts['passed']} passed, {_counts['failed']} failed")
    return 1 if _counts["failed"] or not _counts["passed"] else 0


# ---- processes ----

class Process:
    """A program that runs beside the test; its two outputs are kept together, line by line."""

    def __init__(self, *argv, cwd=None, env=None, binary=False):
        self.title = " ".join(map(os.path.basename, argv[:2]))
        self.lines = []
        self.changed = threading.Condition()
        self.ended = False
        self.run = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE if binary else subprocess.STDOUT,
                                    cwd=cwd, env=env)
        source = self.run.stderr if binary else self.run.stdout
        self.reader = threading.Thread(target=self._read, args=(source,), daemon=True)
        self.reader.start()

    def _read(self, source):
        for line in source:
            with self.changed:
                self.lines.append(line.decode(errors="replace").rstrip("\r\n"))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def mark(self):
        return len(self.lines)

    def text(self, mark=0):
        return "\n".join(self.lines[mark:][-400:])

    def expect(self, found, mark=0, patience=PATIENCE):
        """The first line from `mark` on for which found(line) is true."""
        deadline = time.monotonic() + patience
        with self.changed:
            while True:
                for line in self.lines[mark:]:
                    if found(line):
                        return line
                mark = len(self.lines)
                left = deadline - time.monotonic()
                if self.ended or left <= 0:
                    why = "ended" if self.ended else "does not say what it should"
                    raise Failed(f"{self.title} {why}")
                self.changed.wait(left)

    def say(self, text):
        try:
            self.run.stdin.write(text.encode())
            self.run.stdin.flush()
        except BrokenPipeError:
            raise Failed(f"{self.title} has ended") from None

    def close_input(self):
        with contextlib.suppress(BrokenPipeError):
            self.run.stdin.close()

    def wait(self, patience=PATIENCE):
        try:
            status = self.run.wait(patience)
        except subprocess.TimeoutExpired:
            self.run.kill()
            raise Failed(f"{self.title} does not end") from None
        self.reader.join(patience)
        return status

    def stop(self):
        self.close_input()
        if self.run.poll() is None:
            self.run.terminate()
        with contextlib.suppress(Failed):
            self.wait(5)
        for stream in (self.run.stdout, self.run.stderr):
            if stream is not None:
                stream.close()


@contextlib.contextmanager
def running(process):
    """Lets it run for a block; its output is told when a case fails."""
    _running.append(process)
    try:
        yield process
    finally:
        _running.remove(process)
        process.stop()
        _ended.append(process)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def server_on_free_port(make):
    """make(port) is a Process that listens there. Another program may take the port first: again."""
    for _ in range(5):
        port = free_port()
        process = make(port)
        if _listens(process, port):
            break
        process.stop()
    else:
        raise SystemExit(f"{process.title} does not listen:\n{process.text()}")
    with running(process):
        yield port


def _listens(process, port):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.run.poll() is None:
        with socket.socket() as s:
            s.settimeout(1)
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.01)
    return False


# ---- ward ----

def ward_client(port, *args):
    """One connection of ward's peer to localhost; what it reports."""
    done = subprocess.run([PEER, "client", "localhost", str(port), *args], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=2 * PATIENCE, check=False)
    return parse_report(done.stdout.decode(), done.stderr.decode())


def ward_client_beside(port, *args):
    """The same as a process that runs beside the test; report_of gives what it reports."""
    return Process(PEER, "client", "localhost", str(port), *args)


def report_of(client):
    client.wait()
    return parse_report(client.text())


def parse_report(line, other=""):
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        raise Failed(f"ward's peer reports nothing: {line}\n{other}") from None


class WardServer(Process):
    """ward's peer as a server: one report for each connection."""

    def __init__(self, *args):
        super().__init__(PEER, "server", *args)
        self.port = int(self.expect(lambda line: line.startswith("port ")).split()[1])
        self.reports = self.mark()

    def report(self):
        """That of the next connection."""
        with self.changed:
            self.changed.wait_for(lambda: self.mark() > self.reports or self.ended, PATIENCE)
        if self.mark() <= self.reports:
            raise Failed("ward's server says nothing of the connection")
        self.reports += 1
        return parse_report(self.lines[self.reports - 1], self.text())

    def stop(self):
        self.close_input()  # it then gives back all it has, which the leak checker looks at
        with contextlib.suppress(Failed):
            if self.wait(10) != 0:
                _counts["failed"] += 1
                print(f"FAILED: ward's server ended with status {self.run.returncode}\n"
                      f"{self.text()}")
        super().stop()


@contextlib.contextmanager
def ward_server(*args):
    server = WardServer(*args)
    with running(server):
        yield server


def agreed(report, suite=None, group=None, key=None, **fields):
    """Checks a report: all went well, and this is what was negotiated."""
    expected = {"ok": True, "version": "TLSv1.3", "verdict": "", **fields}
    if suite is not None:
        expected["cipher"] = suite
    if group is not None:
        expected["group"] = group
    if key is not None:
        expected["signature"] = KEYS[key]
    for name, value in expected.items():
        check(report.get(name) == value, f"{name} is {report.get(name)!r}, not {value!r}: {report}")


# ---- certificates ----

def openssl(*args):
    done = subprocess.run(["openssl", *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=60, check=False)
    if done.returncode != 0:
        raise SystemExit(f"openssl {' '.join(args)}:\n{done.stdout.decode()}")
    return done.stdout.decode()


NEW_KEY = {
    "p256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "rsa": ["rsa:2048"],
    "ed25519": ["ed25519"],
}


class Pki:
    """A root, an intermediate, and a leaf of each kind of key: KEY.example and localhost."""

    def __init__(self, where):
        self.where = where
        self._certificate("root", "p256", None, "critical,CA:true")
        self._certificate("middle", "p256", "root", "critical,CA:true,pathlen:0")
        self._certificate("stranger", "p256", None, "critical,CA:true")
        for key in [*KEYS, "client"]:
            self._certificate(key, "p256" if key == "client" else key, "middle",
                              "critical,CA:false")
            self._join(f"{key}.chain", f"{key}.crt", "middle.crt")
            self._join(f"{key}.pem", f"{key}.crt", "middle.crt", f"{key}.key")
        self.ca = self.path("root.crt")

    def path(self, name):
        return os.path.join(self.where, name)

    def _certificate(self, name, kind, issuer, constraints):
        args = ["req", "-x509", "-nodes", "-newkey", *NEW_KEY[kind], "-days", "2", "-keyout",
                self.path(f"{name}.key"), "-out", self.path(f"{name}.crt"), "-subj",
                f"/CN={name}", "-addext", f"basicConstraints={constraints}"]
        if issuer is not None:
            args += ["-CA", self.path(f"{issuer}.crt"), "-CAkey", self.path(f"{issuer}.key")]
        if "CA:true" in constraints:
            args += ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
        else:
            args += ["-addext", f"subjectAltName=DNS:{name}.example,DNS:localhost,IP:127.0.0.1",
                     "-addext", "keyUsage=critical,digitalSignature",
                     "-addext", "extendedKeyUsage=serverAuth,clientAuth"]
        openssl(*args)

    def _join(self, name, *parts):
        with open(self.path(name), "wb") as out:
            for part in parts:
                with open(self.path(part), "rb") as file:
                    out.write(file.read())

    def chain(self, key):
        return self.path(f"{key}.chain")

    def key(self, key):
        return self.path(f"{key}.key")

    def identity(self, key):
        """For ward's peer: chain and key in one file."""
        return ["--identity", self.path(f"{key}.pem")]

    def identities(self):
        return [word for key in KEYS for word in self.identity(key)]


@contextlib.contextmanager
def workplace():
    """A folder that is gone afterwards, and certificates in it."""
    with tempfile.TemporaryDirectory(prefix="ward-interop-") as where:
        yield Pki(where)
