#!/usr/bin/env python3
# ctest: serial plain-only timeout=300
"""`ward ca install` and `uninstall`, in a home and a tree of system files of the test's own: what Chromium,
curl, openssl, certutil and Java's client say of a certificate that `ward ca issue` has made, before,
between and after. It covers src/ca/install.c, store_system.c, store_nss.c, store_java.c and
src/cli/ca_install.c. The machine's own stores are never written: a test that dies half-way must not leave
a CA that this machine trusts; that they stay as they are is checked.
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys

from command import WARD, Authority, Test, clean_environment, need, openssl, ward_server
import serve_chromium

JAVA = """
import java.net.URL;
public class Client {
    public static void main(String[] args) throws Exception {
        System.out.write(new URL(args[0]).openStream().readAllBytes());
        System.out.flush();
    }
}
"""

PAGE = b"<!doctype html><title>ward</title><h1>Served by ward</h1>"
REAL = ("/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/certs/java/cacerts",
        "/usr/local/share/ca-certificates")


def state_of(path):
    """A digest of a file, or the names in a folder."""
    if os.path.isdir(path):
        return sorted(os.listdir(path))
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def output(*args, env=None):
    done = subprocess.run(args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=100, env=env, check=False)
    return done.returncode == 0, done.stdout.decode(errors="replace")


class Machine:
    """A home, and a tree with the files of a system that trusts one other CA."""

    def __init__(self, test):
        self.test = test
        self.home, self.root = test.path("home"), test.path("root")
        self.firefox = os.path.join(self.home, ".mozilla/firefox/a.default")
        self.snap = os.path.join(self.home, "snap/firefox/common/.mozilla/firefox/b.default")
        self.chromium = os.path.join(self.home, ".pki/nssdb") # which ward makes here
        self.jvm = self.below("usr/lib/jvm/other/lib/security/cacerts")
        for path in (self.firefox, self.snap, self.below("etc/ssl/certs/java"),
                     self.below("usr/local/share/ca-certificates"), os.path.dirname(self.jvm),
                     self.below("usr/share/ca-certificates/x"), self.below("usr/lib/jvm/linked/lib/security")):
            os.makedirs(path)
        for path in (self.firefox, self.snap):
            subprocess.run(["certutil", "-N", "--empty-password", "-d", "sql:" + path], check=True)
        self.other = Authority(test.folder, "Another CA")
        shutil.copy(self.other.cert, self.below("usr/share/ca-certificates/x/other.crt"))
        with open(self.below("etc/ca-certificates.conf"), "w", encoding="ascii") as file:
            file.write("x/other.crt\n")
        self.bundle, self.cacerts = (self.below("etc/ssl/certs/" + name) for name in
                                     ("ca-certificates.crt", "java/cacerts"))
        shutil.copy(self.other.cert, self.bundle)
        self.env = clean_environment(HOME=self.home, TRUST_STORES="")
        for name in ("XDG_DATA_HOME", "JAVA_HOME", "WARD_CA_DIR"):
            self.env.pop(name, None)
        if has_keytool():
            self.keytool("-importcert", "-noprompt", "-alias", "other", "-file", self.other.cert)
            shutil.copy(self.cacerts, self.jvm)
            # Another JDK with the same store, and one whose store is outside of the tree.
            os.symlink(self.cacerts, self.below("usr/lib/jvm/linked/lib/security/cacerts"))
            self.outside = test.path("outside")
            shutil.copy(self.cacerts, self.outside)
            os.makedirs(self.below("usr/lib/jvm/outside/lib/security"))
            os.symlink(self.outside, self.below("usr/lib/jvm/outside/lib/security/cacerts"))

    def below(self, path):
        return os.path.join(self.root, path)

    def keytool(self, *args):
        return output("keytool", *args, "-keystore", self.cacerts, "-storepass", "changeit")

    def ca(self, verb, *args, env=None, root=True, **user):
        more = ("--store-root", self.root) if root and verb in ("install", "uninstall") else ()
        done = subprocess.run([WARD, "ca", verb, *more, *args], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=200,
                              env={**self.env, **(env or {})}, check=False, **user)
        done.out, done.err = done.stdout.decode(), done.stderr.decode()
        return done

    def told(self, verb, *args, **more):
        """Status, and the stores with what came of each."""
        done = self.ca(verb, "--json", *args, **more)
        told = json.loads(done.out) if done.out else self.test.check(f"{verb} {args}: JSON", False, done.err)
        self.test.check(f"{verb} {args}: status in JSON", told["exit_status"] == done.returncode, told)
        places = [s["place"] if s["store"] == "nss" else os.path.dirname(s["place"] or "")
                  for s in told["stores"]]
        return done.returncode, [(s["store"], os.path.basename(place or ""), s["outcome"])
                                 for s, place in zip(told["stores"], places)], done

    def says(self, what, verb, status, outcome, *args, **more):
        """Checks that all stores, or those that are named, have come to this: all that are here."""
        code, stores, done = self.told(verb, *args, **more)
        here = [s for s in stores if has_keytool() or s != ("java", "", "absent")]
        self.test.check(what, code == status and here and {s[2] for s in here} == {outcome},
                        (code, stores, done.err))
        return stores


def has_keytool():
    return shutil.which("keytool") is not None


# ---- who trusts it ----

def judge_by_files(test, m, when, trusted, leaf):
    for name, path in (("the bundle", ("-CAfile", m.bundle)),
                       ("the folder", ("-CApath", m.below("etc/ssl/certs")))):
        ok, out = output("openssl", "verify", "-no-CAfile", "-no-CApath", *path, "-untrusted", leaf, leaf)
        test.check(f"{when}: openssl by {name}", ok == trusted, out)
    ok, out = output(WARD, "cert", "verify", leaf, "--hostname", "localhost",
                     env={**m.env, "SSL_CERT_FILE": m.bundle})
    test.check(f"{when}: ward by the bundle", ok == trusted, out)
    for path in (m.firefox, m.snap, m.chromium):
        if not os.path.exists(path):
            test.check(f"{when}: there is no {path}", not trusted)
            continue
        _, out = output("certutil", "-L", "-d", "sql:" + path)
        test.check(f"{when}: trusted in {path}", ("C,," in out) == trusted, out)
        name = next((line.split()[0] for line in out.splitlines() if "C,," in line), "none")
        ok, out = output("certutil", "-V", "-u", "L", "-n", name, "-d", "sql:" + path)
        test.check(f"{when}: certutil says that it is a CA for servers in {path}",
                   (ok and "is valid" in out) == trusted, out)


def judge_by_clients(test, m, when, trusted, leaf):
    with ward_server(test.path("site"), "--cert", leaf, "--key", test.path("leaf-key.pem"),
                     env=m.env) as port:
        url = f"https://localhost:{port}/"
        ok, out = output("curl", "--silent", "--show-error", "--noproxy", "*", "--cacert", m.bundle, url,
                         env=m.env)
        test.check(f"{when}: curl", ok == trusted and ("Served by ward" in out) == trusted, out)
        if shutil.which("javac"):
            ok, out = output("java", "-XX:TieredStopAtLevel=1", "-cp", test.folder,
                             "-Djavax.net.ssl.trustStore=" + m.cacerts,
                             "-Djavax.net.ssl.trustStorePassword=changeit", "Client", url)
            test.check(f"{when}: Java's client", ok == trusted and ("Served by ward" in out) == trusted and
                       (trusted or "unable to find valid certification path" in out), out)
        # Before, its home is another, which is installed into once Chromium has its own database there.
        dom, said = serve_chromium.run(m.home if when != "before" else test.path("home2"), url,
                                       "--dump-dom")
        test.check(f"{when}: Chromium shows the page", ("Served by ward" in dom) == trusted, dom + said)
        test.check(f"{when}: Chromium's warning", trusted != (
            "ERR_CERT_AUTHORITY_INVALID" in dom + said or "net_error -202" in said), dom + said)


def test_own_database(test, m):
    """The database that Chromium made when it was first started."""
    home, leaf = test.path("home2"), test.path("leaf.pem")
    root = os.path.join(m.home, ".local/share/ward/ca/root.pem")
    m.says("into Chromium's own database", "install", 0, "done", "--stores", "nss", root, env={"HOME": home})
    with ward_server(test.path("site"), "--cert", leaf, "--key", test.path("leaf-key.pem"),
                     env=m.env) as port:
        dom, said = serve_chromium.run(home, f"https://localhost:{port}/", "--dump-dom")
        test.check("Chromium heeds its own database", "Served by ward" in dom, dom + said)
    m.says("and out of it", "uninstall", 0, "done", "--stores", "nss", root, env={"HOME": home})


def java_holds(m):
    return m.keytool("-list")[1].count("trustedCertEntry")


# ---- the whole way ----

def test_life(test, m):
    made = m.ca("init")
    test.check("init", made.returncode == 0, made.err)
    leaf = test.path("leaf.pem")
    made = m.ca("issue", "localhost", "127.0.0.1", "--out", leaf, "--key-out", test.path("leaf-key.pem"))
    test.check("issue", made.returncode == 0, made.err)
    judge_by_files(test, m, "before", False, leaf)
    judge_by_clients(test, m, "before", False, leaf)
    stores = m.says("install", "install", 0, "done")
    wanted = {("system", "ca-certificates", "done"), ("nss", "nssdb", "done"), ("nss", "a.default", "done"),
              ("nss", "b.default", "done")}
    if has_keytool():
        wanted |= {("java", "java", "done"), ("java", "security", "done")}
        test.check("Java's stores hold one more", java_holds(m) == 2, m.keytool("-list"))
    else:
        print("skipped: keytool is not installed")
        wanted |= {("java", "", "absent")}
    test.check("each store once", set(stores) >= wanted and len(stores) == len(wanted), stores)
    judge_by_files(test, m, "installed", True, leaf)
    judge_by_clients(test, m, "installed", True, leaf)
    before = [state_of(p) for p in (m.bundle, m.cacerts, m.chromium + "/cert9.db")]
    m.says("install again", "install", 0, "no-change")
    test.check("which changes nothing", before == [state_of(p) for p in (
        m.bundle, m.cacerts, m.chromium + "/cert9.db")])
    m.says("uninstall", "uninstall", 0, "done")
    judge_by_files(test, m, "uninstalled", False, leaf)
    judge_by_clients(test, m, "uninstalled", False, leaf)
    m.says("uninstall again", "uninstall", 0, "no-change")
    test.check("no link is left behind", not [name for name in os.listdir(m.below("etc/ssl/certs"))
                                              if not os.path.exists(m.below("etc/ssl/certs/" + name))])
    with open(m.bundle, "rb") as bundle, open(m.other.cert, "rb") as other:
        test.check("the other CA is as it was", bundle.read() == other.read() and
                   (not has_keytool() or java_holds(m) == 1))


def test_words(test, m):
    """What people read, and what the stores say that they have under another name."""
    done = m.ca("install", "--stores", "system")
    test.check("in words", done.returncode == 0 and done.out.startswith("system  ") and
               done.out.endswith(".crt: installed\n") and done.err == "", (done.out, done.err))
    done = m.ca("uninstall", env={"TRUST_STORES": "system"})
    test.check("TRUST_STORES", done.returncode == 0 and done.out.endswith(": removed\n") and
               done.out.count("\n") == 1, (done.out, done.err))
    root = os.path.join(m.home, ".local/share/ward/ca/root.pem")
    subprocess.run(["certutil", "-A", "-d", "sql:" + m.firefox, "-n", "a name of two", "-t", "CT,C,C", "-i",
                    root], check=True)
    stores = m.told("install", "--stores", "nss")[1]
    test.check("it is in a database under another name",
               ("nss", "a.default", "no-change") in stores, stores)
    stores = m.told("uninstall", "--stores", "nss")[1]
    test.check("and goes by that, too", ("nss", "a.default", "done") in stores, stores)
    _, out = output("certutil", "-L", "-d", "sql:" + m.firefox)
    test.check("it has gone", "two" not in out, out)
    if has_keytool():
        m.keytool("-importcert", "-noprompt", "-alias", "debian:x.pem", "-file", root)
        stores = m.told("install", "--stores", "java")[1]
        test.check("Java has it under another name", ("java", "java", "no-change") in stores, stores)
        m.says("and it goes by that, too", "uninstall", 0, "done", "--stores", "java")
        test.check("what is outside of the tree stays", state_of(m.outside) == m.was_outside)


def test_half_done(test, m):
    """The file is there and the bundle has not been made; and the other way about."""
    m.says("install", "install", 0, "done", "--stores", "system")
    shutil.copy(m.other.cert, m.bundle)
    m.says("an update that failed is made up for", "install", 0, "done", "--stores", "system")
    folder = m.below("usr/local/share/ca-certificates")
    for name in os.listdir(folder):
        os.rename(os.path.join(folder, name), os.path.join(folder, "by-hand.crt"))
    code, stores, done = m.told("uninstall", "--stores", "system")
    test.check("it is trusted by a file of another name", code == 1 and stores[0][2] == "failed" and
               "by another file" in done.err and "\nhint: " in done.err, (stores, done.err))
    os.unlink(os.path.join(folder, "by-hand.crt"))
    m.says("which has gone", "uninstall", 0, "done", "--stores", "system")


def test_development(test, m):
    """The development CA of `ward serve`, which is made when it starts."""
    with ward_server(test.path("site"), env=m.env):
        pass
    m.says("the development CA", "install", 0, "done", "--development", "--stores", "nss,system")
    _, out = output("certutil", "-L", "-d", "sql:" + m.chromium)
    test.check("is trusted", out.count("C,,") == 1, out)
    m.says("and is taken out", "uninstall", 0, "done", "--development", "--stores", "nss,system")


# ---- what goes wrong ----

def test_missing(test, m):
    tools = test.path("tools")
    os.mkdir(tools)
    for name in ("openssl", "sh"):
        os.symlink(shutil.which(name), os.path.join(tools, name))
    done = m.ca("install", "--stores", "nss", env={"PATH": tools})
    test.check("certutil is missing", done.returncode == 1 and "certutil is not installed" in done.err and
               "\nhint: " in done.err and "libnss3-tools" in done.err, (done.out, done.err))
    with open(os.path.join(tools, "certutil"), "w", encoding="ascii") as file:
        file.write("#!/bin/sh\necho 'the database is locked; $(touch evil)'\necho more\nexit 3\n")
    os.chmod(os.path.join(tools, "certutil"), 0o755)
    done = m.ca("install", "--stores", "nss", env={"PATH": tools})
    test.check("what certutil says is told", done.returncode == 1 and
               "the database is locked; $(touch evil)\nhint: " in done.err, done.err)
    empty = test.path("empty")
    os.mkdir(empty)
    root = os.path.join(m.home, ".local/share/ward/ca/root.pem")
    done = m.ca("install", "--store-root", empty, root, env={"HOME": empty, "PATH": tools}, root=False)
    test.check("no store at all", done.returncode == 1 and "there is no trust store here" in done.err and
               done.out.count("none is here") == 3, (done.out, done.err))
    done = m.ca("uninstall", "--store-root", empty, root, env={"HOME": empty, "PATH": tools}, root=False)
    test.check("nothing to take it out of", done.returncode == 0, (done.out, done.err))
    os.makedirs(os.path.join(empty, "etc/pki/ca-trust/source/anchors"))
    done = m.ca("install", "--store-root", empty, "--stores", "system", root, root=False)
    test.check("another distribution's tree", done.returncode == 1 and "\nhint: " in done.err and
               not os.listdir(os.path.join(empty, "etc/pki/ca-trust/source/anchors")), done.err)


def test_rights(test, m):
    if os.geteuid() == 0:
        os.chown(m.snap, 65534, 65534)
        code, stores, done = m.told("install", "--stores", "nss")
        test.check("root leaves another user's database alone", code == 0 and
                   ("nss", "b.default", "skipped") in stores, stores)
        os.chown(m.snap, 0, 0)
        m.ca("uninstall", "--stores", "nss")
    # Where root may do all, somebody else has a look.
    user = {"user": 65534, "group": 65534, "extra_groups": ()} if os.geteuid() == 0 else {}
    os.chmod(test.folder, 0o755)
    root = test.path("root.pem")
    shutil.copy(os.path.join(m.home, ".local/share/ward/ca/root.pem"), root)
    os.chmod(root, 0o644)
    for path in (m.below("usr/local/share/ca-certificates"), m.cacerts, m.jvm):
        if os.path.exists(path):
            os.chmod(path, 0o555)
    try:
        done = m.ca("install", root, "--stores", "system,java", env={"HOME": test.path("empty")}, **user)
    except PermissionError:
        print("skipped: nobody may run the command from here")
        return
    lines = [line for line in done.err.splitlines() if "this user may not write it" in line]
    test.check("what belongs to root", done.returncode == 1 and len(lines) == (3 if has_keytool() else 1) and
               f"hint: sudo ward ca install --stores system,java --store-root {m.root} {root}\n" in done.err,
               (done.out, done.err))


def test_refused(test, m):
    leaf, _ = m.other.leaf("plain")
    with open(test.path("two.pem"), "wb") as file:
        for path in (m.other.cert, leaf):
            with open(path, "rb") as part:
                file.write(part.read())
    for what, args, words in (
            ("a certificate that is no CA's", (leaf,), "not one CA's certificate"),
            ("two certificates", (test.path("two.pem"),), "not one CA's certificate"),
            ("no certificate", (test.path("leaf-key.pem"),), "no certificate"),
            ("no such file", ("/nowhere",), "No such file"),
            ("a store that is none", ("--stores", "windows"), "windows"),
            ("no store", ("--stores", ""), "stores"),
            ("two CAs", ("--development", leaf), "more than one CA"),
            ("two files", (leaf, leaf), "more than one"),
            ("no CA", ("--dir", "/nowhere"), "/nowhere")):
        done = m.ca("install", *args)
        test.check(f"refused: {what}", done.returncode == 2 and words in done.err and
                   "\nhint: " in done.err and done.out == "", (done.out, done.err))
    done = m.ca("install", "--store-root", "/nowhere", root=False)
    test.check("refused: no such tree", done.returncode == 2 and "/nowhere" in done.err, done.err)
    done = m.ca("install", env={"TRUST_STORES": "x"})
    test.check("refused: TRUST_STORES", done.returncode == 2 and "TRUST_STORES" in done.err, done.err)


def main():
    need("certutil", "curl", "openssl", "update-ca-certificates")
    serve_chromium.browser()
    if not shutil.which("javac"):
        print("skipped: no JDK is installed, so Java's client is not asked")
    test = Test()
    before = [state_of(path) for path in REAL]
    os.mkdir(test.path("site"))
    with open(test.path("site/index.html"), "wb") as file:
        file.write(PAGE)
    with open(test.path("Client.java"), "w", encoding="ascii") as file:
        file.write(JAVA)
    if shutil.which("javac"):
        subprocess.run(["javac", "-nowarn", "-d", test.folder, test.path("Client.java")], check=True,
                       stderr=subprocess.DEVNULL)
    m = Machine(test)
    m.was_outside = state_of(m.outside) if has_keytool() else None
    test_life(test, m)
    for part in (test_own_database, test_words, test_half_done, test_development, test_missing, test_rights, test_refused):
        part(test, m)
    test.check("the machine's own stores are as they were", before == [state_of(path) for path in REAL])
    return test.finish()


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    sys.exit(main())
