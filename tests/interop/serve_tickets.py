#!/usr/bin/env python3
"""`ward serve --ticket-keys`: servers that share a file of keys resume each other's sessions, in both
versions, with Python's ssl and openssl s_client; `ward key tickets` makes the file and rotates it."""
# ctest: timeout=120
import os
import re
import shutil
import ssl
import subprocess
import sys

from command import WARD, Authority, Test, need, ward
from serving import Answer, Serving, request

VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


class Part:
    """A part of the test with a folder of its own for the server's log."""

    def __init__(self, test, name):
        self.test, self.folder = test, test.path(name)
        os.makedirs(self.folder, exist_ok=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def check(self, *args):
        self.test.check(*args)


def make(test, name, *args):
    done = ward("key", "tickets", *args, test.path(name))
    test.check(f"ward key tickets {name}", done.status == 0 and name in done.out, done)
    return test.path(name)


def server(test, ca, name, keys):
    return Serving(Part(test, name), "--cert", ca[0], "--key", ca[1], "--ticket-keys", keys,
                   site=test.path("site"))


def context_for(authority, version):
    context = ssl.create_default_context(cafile=authority.cert)
    context.minimum_version = context.maximum_version = version
    return context


def visit(where, context, session=None):
    """Gets a page; the session, and whether it was one that had been before."""
    with context.wrap_socket(where.tcp(), server_hostname="localhost", session=session) as tls:
        tls.sendall(request("/"))
        if Answer(tls).status != 200:
            raise RuntimeError("no page")
        return tls.session, tls.session_reused


def fleet(test, authority, leaf):
    keys = make(test, "fleet.keys")
    test.check("nobody else may read the file", os.stat(keys).st_mode & 0o7777 == 0o600)
    other = make(test, "other.keys")
    with server(test, leaf, "a", keys) as a, server(test, leaf, "b", keys) as b, \
            server(test, leaf, "c", other) as c:
        for version in VERSIONS:
            context = context_for(authority, version)
            first, reused = visit(a, context)
            test.check(f"{version.name}: the first is whole", not reused)
            test.check(f"{version.name}: it goes on at the second server",
                       visit(b, context, first)[1])
            test.check(f"{version.name}: it does not where the keys are others",
                       not visit(c, context, first)[1])
        contexts = [context_for(authority, version) for version in VERSIONS]
        before = [visit(a, context)[0] for context in contexts]
        make(test, "fleet.keys")
        test.check("the first server reads the keys that were rotated", a.reload(), a.log())
        for context, old in zip(contexts, before):
            fresh = visit(a, context)[0]
            test.check("a ticket of the new key goes on at a server that has not read it yet",
                       visit(b, context, fresh)[1])
            test.check("one of before the rotation goes on", visit(a, context, old)[1])
        test.check("the second reads them", b.reload(), b.log())
        for context, old in zip(contexts, before):
            test.check("and what was before goes on there, too", visit(b, context, old)[1])
        for turn in range(3):
            session = visit(a, contexts[1])[0]
            make(test, "fleet.keys")
            test.check(f"rotation {turn}: both read", a.reload() and b.reload())
            test.check(f"rotation {turn}: a session goes on", visit(b, contexts[1], session)[1])
        test.check("what was before five rotations goes on still", visit(b, contexts[1],
                                                                         before[1])[1])
        damaged(test, a, contexts[1])


def damaged(test, a, context):
    """What cannot be read changes nothing."""
    session = visit(a, context)[0]
    path = test.path("fleet.keys")
    shutil.copy(path, path + ".good")
    for what, harm in (("open to others", lambda: os.chmod(path, 0o640)),
                       ("cut off", lambda: os.truncate(path, 60)),
                       ("gone", lambda: os.unlink(path))):
        shutil.copy(path + ".good", path)
        os.chmod(path, 0o600)
        harm()
        test.check(f"{what}: it says that it goes on with what it had",
                   a.reload("not read again"), a.log())
        test.check(f"{what}: and does", visit(a, context, session)[1])
    test.check("it says which mode is wrong", "its mode is 0640" in a.log(), a.log())


def with_s_client(test, authority, leaf):
    keys, session = make(test, "third.keys", "--lifetime", "2h"), test.path("session.pem")
    command = ["openssl", "s_client", "-CAfile", authority.cert, "-servername", "localhost"]
    for option in ("-tls1_2", "-tls1_3"):
        with server(test, leaf, "d", keys) as d, server(test, leaf, "e", keys) as e:
            for where, args, words in ((d, ["-sess_out", session], "New, TLSv1."),
                                       (e, ["-sess_in", session], "Reused, TLSv1.")):
                done = subprocess.run([*command, option, "-connect", f"127.0.0.1:{where.port}",
                                       "-ign_eof", *args], stdout=subprocess.PIPE,
                                      input=request("/", "Connection: close"),
                                      stderr=subprocess.STDOUT, timeout=30, check=False)
                text = done.stdout.decode(errors="replace")
                test.check(f"s_client {option}: {words}", words in text, text)
            test.check("the lifetime is that of the file",
                       re.search(r"lifetime hint: 7200 ", text) or option == "-tls1_2", text)


def refused(test, leaf):
    serve = [WARD, "serve", test.path("site"), "--listen", "127.0.0.1:0", "--cert", leaf[0],
             "--key", leaf[1]]
    readable = make(test, "readable.keys")
    os.chmod(readable, 0o644)
    with open(test.path("nonsense.keys"), "w", encoding="ascii") as file:
        os.chmod(file.name, 0o600)
        file.write("nonsense")
    for args, words in ((["--ticket-keys", readable], ["mode is 0644", "chmod 600"]),
                        (["--ticket-keys", test.path("none.keys")], ["No such file"]),
                        (["--ticket-keys", test.path("nonsense.keys")], ["malformed"]),
                        (["--ticket-keys", readable, "--early-data"], ["exclude each other"])):
        done = subprocess.run([*serve, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=20, check=False)
        test.check(f"ward serve {args}", done.returncode == 2 and
                   all(word in done.stderr.decode() for word in words), done.stderr)
    for args, words in (([readable], ["mode is 0644"]), ([test.path("nonsense.keys")], ["malformed"]),
                        (["/nowhere/x"], ["No such file"]), ([], ["a file is missing"]),
                        (["x", "y"], ["more than one file"]),
                        (["--lifetime", "8d", test.path("new")], ["at most 7d"]),
                        (["--lifetime", "1d", test.path("third.keys")], ["has its --lifetime"])):
        done = ward("key", "tickets", *args)
        test.check(f"ward key tickets {args}", done.status == 2 and
                   all(word in done.err for word in words), done)
    test.check("what is refused is not made", not os.path.exists(test.path("new")))


def main():
    need("openssl")
    test = Test()
    for name in ("ca", "site"):
        os.mkdir(test.path(name))
    authority = Authority(test.path("ca"))
    leaf = authority.leaf("server")
    fleet(test, authority, leaf)
    with_s_client(test, authority, leaf)
    refused(test, leaf)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
