#!/usr/bin/env python3
"""`ward serve` reads its certificate, key and CAs again at SIGHUP: connections that live are not
touched, new ones get what is new, and files that cannot be read change nothing."""
import contextlib
import os
import shutil
import signal
import socket
import ssl
import sys
import time

from command import WARD, Authority, Test, clean_environment, need, ward
from serving import Answer, Serving, request

ALIVE = 50


class Client:
    """A connection that is kept, and asked for a file from time to time."""

    def __init__(self, port, context):
        plain = socket.create_connection(("127.0.0.1", port), 30)
        self.tls = context.wrap_socket(plain, server_hostname="localhost")
        self.serial = self.tls.getpeercert()["serialNumber"]

    def get(self):
        self.tls.sendall(request("/hello.txt"))
        answer = Answer(self.tls)
        return answer.status == 200 and answer.body == b"hello\n"

    def close(self):
        with contextlib.suppress(OSError):
            self.tls.close()


def context_for(*cas, cert=None):
    context = ssl.create_default_context()
    for ca in cas:
        context.load_verify_locations(ca)
    if cert is not None:
        context.load_cert_chain(*cert)
    return context


def install(test, cert, key):
    """As a program that renews certificates does: each file is replaced in one step."""
    for source, name in ((cert, "server.pem"), (key, "server-key.pem")):
        shutil.copy(source, test.path(name + ".new"))
        os.replace(test.path(name + ".new"), test.path(name))


def serial_of(port, context):
    client = Client(port, context)
    try:
        return client.serial if client.get() else None
    finally:
        client.close()


def certificates(test, ca):
    os.mkdir(test.path("site"))
    with open(test.path("site/hello.txt"), "w", encoding="ascii") as file:
        file.write("hello\n")
    install(test, *ca.leaf("first"))
    context = context_for(ca.cert)
    with Serving(test, "--cert", test.path("server.pem"), "--key",
                 test.path("server-key.pem")) as server:
        alive = [Client(server.port, context) for _ in range(ALIVE)]
        first = alive[0].serial
        test.check("all get a file before", all(client.get() for client in alive))
        install(test, *ca.leaf("second"))
        test.check("nothing is read before it is told to",
                   serial_of(server.port, context) == first)
        test.check("it says that it has read", server.reload(
            "read again: new connections get the certificate for localhost"), server.log())
        second = serial_of(server.port, context)
        test.check("new connections see the new certificate", second not in (None, first))
        test.check("all get a file afterwards", all(client.get() for client in alive))
        for name, harm in (
                ("no certificate", lambda: os.unlink(test.path("server.pem"))),
                ("no PEM", lambda: overwrite(test.path("server.pem"), "nonsense")),
                ("another's key", lambda: shutil.copy(ca.leaf("third")[1],
                                                      test.path("server-key.pem")))):
            install(test, *ca.leaf("fourth"))
            harm()
            test.check(f"{name}: it says that it goes on with the old",
                       server.reload("not read again"), server.log())
            test.check(f"{name}: the old one is served",
                       serial_of(server.port, context) == second)
        made = ward("cert", "new", "localhost", "--force", "--cert", test.path("server.pem"),
                    "--key", test.path("server-key.pem"))
        test.check("ward cert new renews the files", made.status == 0, made)
        test.check("it reads them", server.reload("read again: "), server.log())
        own = context_for(test.path("server.pem"))
        third = serial_of(server.port, own)
        test.check("and serves what it has read", third not in (None, first, second))
        test.check("all get a file at the end", all(client.get() for client in alive))
        test.check("no handshake has failed", "handshake failed" not in server.log(), server.log())
        for client in alive:
            client.close()


def tickets(test, ca):
    """What was resumable before is afterwards, if the certificate is the same."""
    context = context_for(ca.cert)
    context.maximum_version = ssl.TLSVersion.TLSv1_3
    cert, key = ca.leaf("tickets")
    with Serving(test, "--cert", cert, "--key", key) as server:
        first = Client(server.port, context)
        test.check("a file", first.get())
        session = first.tls.session
        first.close()
        test.check("it reads again", server.reload("read again: "), server.log())
        plain = socket.create_connection(("127.0.0.1", server.port), 30)
        with context.wrap_socket(plain, server_hostname="localhost", session=session) as tls:
            test.check("the session is resumed", tls.session_reused)


def clients(test, ca):
    """A new list of CAs and the same rules: who may enter is another."""
    os.mkdir(test.path("other"))
    other = Authority(test.path("other"), "Other CA")
    cert, key = ca.leaf("server")
    mine = ca.leaf("mine", usage="clientAuth", names="DNS:a.example")
    theirs = other.leaf("theirs", usage="clientAuth", names="DNS:a.example")
    shutil.copy(ca.cert, test.path("clients.pem"))

    def enters(who):
        try:
            return serial_of(server.port, context_for(ca.cert, cert=who)) is not None
        except (OSError, EOFError):
            return False

    with Serving(test, "--cert", cert, "--key", key, "--client-ca", test.path("clients.pem"),
                 "--allow", "dns:a.example") as server:
        test.check("the client of the first CA enters", enters(mine), server.log())
        test.check("that of the second does not", not enters(theirs))
        alive = Client(server.port, context_for(ca.cert, cert=mine))
        shutil.copy(other.cert, test.path("clients.pem"))
        test.check("it reads the CAs again", server.reload("read again: "), server.log())
        test.check("now the client of the second enters", enters(theirs), server.log())
        test.check("and that of the first does not", not enters(mine))
        test.check("but who was in stays in", alive.get())
        alive.close()


def start_in_terminal(test, ignores_hangup):
    """`ward serve` as the leader of a session of its own; its pid and the terminal."""
    log = os.open(test.path("terminal.log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    pid, terminal = os.forkpty()
    if pid == 0:
        if ignores_hangup:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.execve(WARD, [WARD, "serve", test.path("site"), "--listen", "127.0.0.1:0"],
                  clean_environment(XDG_DATA_HOME=test.path("data")))
    os.close(log)
    wait_for(test, "terminal.log", "Serving ")
    return pid, terminal


def wait_for(test, name, text):
    for _ in range(400):
        with open(test.path(name), encoding="utf-8", errors="replace") as file:
            if text in file.read():
                return True
        time.sleep(0.05)
    return False


def ended(pid):
    """Its exit status; None if it goes on for two seconds."""
    for _ in range(40):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done == pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    return None


def terminals(test, _):
    pid, terminal = start_in_terminal(test, False)
    os.kill(pid, signal.SIGHUP)
    test.check("in a terminal: it reads again", wait_for(test, "terminal.log", "read again: "))
    os.close(terminal)
    test.check("it ends with its terminal", ended(pid) == 0)
    pid, terminal = start_in_terminal(test, True)
    os.close(terminal)
    os.kill(pid, signal.SIGHUP)
    test.check("under nohup: it reads again", wait_for(test, "terminal.log", "read again: "))
    test.check("it lives on without its terminal", ended(pid) is None)
    os.kill(pid, signal.SIGTERM)
    test.check("and ends when it is told to", ended(pid) == 0)


def overwrite(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def main():
    need("openssl")
    test = Test()
    os.mkdir(test.path("ca"))
    ca = Authority(test.path("ca"))
    for part in (certificates, tickets, clients, terminals):
        part(test, ca)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
