#!/usr/bin/env python3
# ctest: serial timeout=180
"""`ward serve` under load: 500 connections at once, clients that send or read a byte a second, clients
that vanish in the middle of a handshake or an answer, and meanwhile wrk with new clients. All of
wrk's are served, the slow ones are ended in time, and afterwards the server is as it was before: no
descriptor and no memory is kept. Under ASan the end of the process finds what leaks.
"""
import os
import random
import resource
import select
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

from command import WARD, Test, need
from serving import Answer, Serving, request

CROWD = 500
SLOW = 40
SECONDS = 12


def status_of(pid, field):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith(field):
                return int(line.split()[1])
    return 0


def descriptors(serving):
    return len(os.listdir(f"/proc/{serving.process.pid}/fd"))


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def client_hello(context):
    """The bytes that a client would send first."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


# ---- the clients ----

class Crowd:
    """Connections that do a request now and then and stay."""

    def __init__(self, serving, count):
        self.all = [serving.connect(60) for _ in range(count)]

    def ask(self, target):
        for tls in self.all:
            tls.sendall(request(target))
        return sum(Answer(tls).status == 200 for tls in self.all)

    def close(self):
        for i, tls in enumerate(self.all):
            if i % 3 == 0:
                reset(tls)
            else:
                tls.close()


class Slow(threading.Thread):
    """One byte a second on each of many sockets: of handshakes, of requests, of answers."""

    def __init__(self, serving):
        super().__init__(daemon=True)
        hello = client_hello(serving.context())
        self.stop = False
        self.ended = set()
        self.handshakes = [(serving.tcp(), hello) for _ in range(SLOW)]
        self.requests = [serving.connect() for _ in range(SLOW)]
        self.readers = []
        for _ in range(SLOW):
            tcp = socket.socket()
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            tcp.settimeout(30)
            tcp.connect(("127.0.0.1", serving.port))
            tls = serving.context().wrap_socket(tcp, server_hostname="localhost")
            tls.sendall(request("/big.bin"))
            self.readers.append(tls)

    def step(self, i):
        head = request("/a.txt")
        for sock, data in self.handshakes:
            self.attempt(sock, lambda s=sock, d=data: s.sendall(d[i:i + 1]))
        for sock in self.requests:
            self.attempt(sock, lambda s=sock: s.sendall(head[i:i + 1]))
        for sock in self.readers:
            self.attempt(sock, lambda s=sock: s.recv(1))

    def attempt(self, sock, act):
        if sock in self.ended:
            return
        try:
            act()
        except OSError:
            self.ended.add(sock)
            return
        if sock not in self.readers and select.select([sock.fileno()], [], [], 0)[0]:
            self.ended.add(sock) # the server has said something, or is gone

    def run(self):
        for i in range(1000):
            if self.stop:
                return
            self.step(i)
            time.sleep(1)

    def count_ended(self, socks):
        return sum(sock in self.ended for sock in socks)

    def close(self):
        self.stop = True
        self.join()
        for sock, _ in self.handshakes:
            sock.close()
        for sock in self.requests + self.readers:
            reset(sock)


class Vanishing(threading.Thread):
    """Clients that are gone in the middle of something, in every way."""

    def __init__(self, serving):
        super().__init__(daemon=True)
        self.serving = serving
        self.stop = False
        self.count = 0

    def run(self):
        context = self.serving.context()
        hello = client_hello(context)
        chance = random.Random(1)
        while not self.stop:
            try:
                self.vanish(context, hello, chance)
            except OSError:
                pass
            self.count += 1

    def vanish(self, context, hello, chance):
        tcp = self.serving.tcp()
        kind = chance.randrange(5)
        if kind == 0:
            tcp.sendall(hello[:chance.randrange(len(hello))])
        elif kind == 1:
            tcp.sendall(hello)
        elif kind == 2:
            tcp.sendall(hello)
            tcp.recv(chance.randrange(1, 500))
        elif kind == 3:
            tcp = context.wrap_socket(tcp, server_hostname="localhost")
            tcp.sendall(request("/big.bin")[:chance.randrange(1, 40)])
        else:
            tcp = context.wrap_socket(tcp, server_hostname="localhost")
            tcp.sendall(request("/big.bin"))
            tcp.recv(1)
        if chance.randrange(2):
            reset(tcp)
        else:
            tcp.close()


class Load:
    """wrk: each request by a new client, or by clients that stay."""

    def __init__(self, serving, seconds, *options):
        self.process = subprocess.Popen(
            ["wrk", "-t", "2", "-c", "20", "-d", f"{seconds}s", "--timeout", "10s", "--latency",
             *options, serving.url("/a.txt", "localhost")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def finish(self):
        out, _ = self.process.communicate(timeout=60)
        self.text = out.decode()
        numbers = [line.split() for line in self.text.splitlines()]
        self.requests = next((int(n[0]) for n in numbers if n[1:3] == ["requests", "in"]), 0)
        return self


# ---- before and after ----

def keeps_freed_memory():
    """ASan does, for a while, to find who still uses it."""
    with open(WARD, "rb") as file:
        return b"__asan_init" in file.read()


def wait_until(what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.1)
    return False


def check_load(test, serving):
    crowd = Crowd(serving, CROWD)
    test.check("500 connections are open at once", descriptors(serving) > CROWD)
    test.check("each is answered", crowd.ask("/a.txt") == CROWD)
    idle = status_of(serving.process.pid, "VmRSS")
    slow, vanishing = Slow(serving), Vanishing(serving)
    slow.start()
    vanishing.start()
    fresh = Load(serving, SECONDS, "-H", "Connection: close")
    kept = Load(serving, SECONDS)
    asked = 0
    while fresh.process.poll() is None or kept.process.poll() is None:
        asked += crowd.ask("/a.txt")
        time.sleep(1)
    for name, load in (("new clients", fresh.finish()), ("clients that stay", kept.finish())):
        print(f"wrk, {name}: {load.requests} requests")
        test.check(f"{name} are served", load.requests > 50, load.text)
        test.check(f"{name}: no errors", "Socket errors" not in load.text and
                   "Non-2xx" not in load.text, load.text)
    test.check("the 500 are still there and answered", asked % CROWD == 0 and asked >= CROWD, asked)
    print(f"{CROWD} connections: {idle} KiB resident; {asked} requests by them meanwhile; "
          f"{vanishing.count} clients vanished")
    test.check("clients have vanished", vanishing.count > 50, vanishing.count)

    # 3 s for a handshake, 3 s for a request, and what a reader must take in 10 s.
    for name, socks in (("handshakes", [s for s, _ in slow.handshakes]),
                        ("requests", slow.requests)):
        test.check(f"slow {name} are ended", wait_until(
            lambda s=socks: slow.count_ended(s) == SLOW), slow.count_ended(socks))
    test.check("slow readers are ended", wait_until(
        lambda: descriptors(serving) < CROWD + SLOW, 30), descriptors(serving))
    slow.close()
    vanishing.stop = True
    vanishing.join()
    crowd.close()


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_read(serving, client):
    """Whether the server has read all that this client has sent, by the kernel's two queues."""
    ports = (serving.port, client.getsockname()[1])
    queued = {}
    with open("/proc/net/tcp", encoding="ascii") as file:
        for line in list(file)[1:]:
            fields = line.split()
            ends = tuple(int(address.split(":")[1], 16) for address in fields[1:3])
            to_send, to_read = (int(n, 16) for n in fields[4].split(":"))
            queued[ends] = to_read if ends == ports else to_send
    return queued.get(ports) == 0 and queued.get(ports[::-1]) == 0


def check_no_descriptors(test, serving):
    """When no descriptor is left, new clients wait and no loop spins."""
    pid = serving.process.pid
    busy = []
    for _ in range(2):
        tls = serving.connect()
        tls.sendall(b"GET / HT")
        busy.append(tls)
    # Once that is read, these are not idle, and do not have to make room.
    test.check("the halves are read", wait_until(lambda: all(is_read(serving, t) for t in busy)))
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    taken = {int(fd) for fd in os.listdir(f"/proc/{pid}/fd")}
    first_free = next(fd for fd in range(len(taken) + 1) if fd not in taken)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (first_free, before[1]))
    waiting = [serving.tcp() for _ in range(8)]
    cpu = cpu_seconds(pid)
    time.sleep(1.5)
    cpu = cpu_seconds(pid) - cpu
    test.check("it is in the log", serving.wait_for_log("no descriptors or memory are left"),
               serving.log()[-2000:])
    test.check("no loop spins", cpu < 0.5, cpu)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    for i, tcp in enumerate(waiting):
        tls = serving.context().wrap_socket(tcp, server_hostname="localhost")
        tls.sendall(request("/a.txt"))
        test.check(f"client {i} who waited is served", Answer(tls).status == 200)
        tls.close()
    for tls in busy:
        test.check("who was slow is told so", Answer(tls).status == 408)
        tls.close()


def main():
    need("wrk")
    test = Test()
    os.makedirs(test.path("site"))
    for name, data in (("a.txt", b"x" * 100), ("big.bin", bytes(32 * 1024 * 1024))):
        with open(os.path.join(test.path("site"), name), "wb") as file:
            file.write(data)
    start = time.monotonic()
    with Serving(test, "--handshake-timeout", "3s", "--request-timeout", "3s") as serving:
        # What the first connections bring with them stays: libuv's tables, a first round of the heap.
        Load(serving, 1, "-H", "Connection: close").finish()
        wait_until(lambda: False, 1)
        files, memory = descriptors(serving), status_of(serving.process.pid, "VmRSS")
        check_load(test, serving)
        test.check("no descriptor is kept", wait_until(lambda: descriptors(serving) <= files),
                   f"{descriptors(serving)} instead of {files}")
        after = status_of(serving.process.pid, "VmRSS")
        print(f"resident: {memory} KiB before, {after} KiB after; {files} descriptors")
        if not keeps_freed_memory():
            test.check("memory is given back", after < memory + 16384, f"{memory} to {after} KiB")
        check_no_descriptors(test, serving)
        with serving.connect() as tls:
            tls.sendall(request("/a.txt"))
            test.check("and it serves on", Answer(tls).status == 200)
        test.check("handshakes that failed are in the log",
                   "reason=CLOSED_IN_HANDSHAKE" in serving.log() and
                   "reason=TIMED_OUT" in serving.log())
    print(f"{time.monotonic() - start:.1f} s")
    sys.exit(test.finish())


if __name__ == "__main__":
    main()
