#!/usr/bin/env python3
"""`ward cert verify`: the paths that were tried, all that is wrong and its remedies, the intermediate
that is missing found in other files, among what is trusted and where certificates say it is, and the
chain written as it should be sent, which openssl then verifies. It covers src/cli/cert_verify.c,
judgement.c, judgement_print.c, judgement_json.c and http_get.c.
"""
import json
import re
import subprocess
import sys

from command import Server, Test, clean_environment, need, openssl, openssl_ca, tls_context, ward

CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n"
LEAF = "basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n"


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, *parts):
    with open(path, "wb") as file:
        file.write(b"".join(parts))
    return path


class Pki:
    """Keys of their names, and certificates that openssl signs with them."""

    def __init__(self, test):
        self.test = test

    def key(self, name):
        path = self.test.path(name + ".key")
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)
        return path

    def issue(self, file, subject, issuer, extensions, dates=None, issuer_file=None):
        """A certificate in FILE.pem for SUBJECT.key, signed with ISSUER.key; for 30 days, or between dates."""
        path = self.test.path
        extensions += "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid:always\n"
        write(path("ext"), extensions.encode())
        openssl("req", "-new", "-key", path(subject + ".key"), "-subj", f"/CN={subject}", "-out",
                path("csr"))
        if dates is not None:
            openssl_ca(self.test.folder, path("csr"), path(file + ".pem"), extensions, dates, "-cert",
                       path(issuer + ".pem"), "-keyfile", path(issuer + ".key"))
            return path(file + ".pem")
        signer = ["-signkey", path(subject + ".key")] if subject == issuer else \
            ["-CA", path((issuer_file or issuer) + ".pem"), "-CAkey", path(issuer + ".key"),
             "-set_serial", str(abs(hash(file)))]
        openssl("x509", "-req", "-in", path("csr"), "-days", "30", "-extfile", path("ext"), "-out",
                path(file + ".pem"), *signer)
        return path(file + ".pem")


class Web:
    """A server of plain HTTP: what stands under each path."""

    def __init__(self):
        self.pages = {}
        self.asked = []
        self.server = Server(self.answer)

    def answer(self, connection):
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(4096)
            if not part:
                return
            head += part
        path = head.split(b" ")[1].decode()
        self.asked.append(path)
        if path in self.pages:
            body = self.pages[path]
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        else:
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


def der(path):
    return subprocess.run(["openssl", "x509", "-in", path, "-outform", "DER"], check=True,
                          stdout=subprocess.PIPE).stdout


def verify(test, what, status, *args, **more):
    """The text and the document, whose exit statuses are the same."""
    text = ward("cert", "verify", *args, **more)
    result = ward("cert", "verify", "--json", "--force", *args, **more)
    told = json.loads(result.out) if result.out else {}
    test.check(f"{what}: status {status}", text.status == result.status == status ==
               told.get("exit_status"), f"{text}\n{result}")
    test.check(f"{what}: narrow and without control characters",
               re.search("[\x00-\x09\x0b-\x1f]", text.out) is None, text)
    return text, told


def openssl_takes(test, what, root, chain):
    """Whether openssl verifies a chain by itself: leaf, and the rest as untrusted."""
    done = subprocess.run(["openssl", "verify", "-CAfile", root, "-untrusted", chain, chain],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    test.check(f"{what}: openssl verifies the written chain: {done.stdout}", done.returncode == 0)


def names(document, *path):
    for step in path:
        document = document[step]
    return [c.get("common_name", c.get("subject")) for c in document]


def make(test, web):
    pki = Pki(test)
    for name in ("Root", "Inter", "Second", "localhost", "Old"):
        pki.key(name)
    where = f"http://127.0.0.1:{web.server.port}"
    pki.issue("Root", "Root", "Root", CA)
    pki.issue("Old", "Old", "Old", CA)
    pki.issue("Inter", "Inter", "Root", CA)
    pki.issue("cross", "Inter", "Old", CA)
    pki.issue("Second", "Second", "Inter", CA + f"authorityInfoAccess=caIssuers;URI:{where}/inter.cer\n")
    pki.issue("leaf", "localhost", "Second", LEAF +
              f"authorityInfoAccess=OCSP;URI:{where}/no,caIssuers;URI:ldap://127.0.0.1/x,"
              f"caIssuers;URI:{where}/gone.cer,caIssuers;URI:{where}/second.cer\n")
    web.pages["/second.cer"] = der(test.path("Second.pem"))
    web.pages["/inter.cer"] = der(test.path("Inter.pem"))


def test_missing(test, web):
    path = test.path
    leaf, root = path("leaf.pem"), path("Root.pem")
    trust = ["--cacert", root]
    text, told = verify(test, "alone", 1, leaf, *trust)
    test.check("alone: what would help", "--aia" in text.err and "--write-chain" in text.err and
               "to put it right: add the certificate of its issuer" in text.out and
               f"http://127.0.0.1:{web.server.port}/gone.cer" in text.out and
               "paths that lead nowhere" in text.out, text)
    test.check("alone: findings", [f["reason"] for f in told["findings"]] == ["CERT_UNKNOWN_ISSUER"]
               and told["findings"][0]["certificate"] == {"subject": "CN=localhost", "from": "chain",
                                                          "place": 0} and
               told["attempts"][0]["ended"]["reason"] == "CERT_UNKNOWN_ISSUER" and
               told["repair"] is None and told["fetched"] == [], told)
    test.check("alone: nothing was fetched", web.asked == [])
    others = ["--untrusted", path("Second.pem"), "--untrusted", path("Inter.pem")]
    text, told = verify(test, "with other files", 0, leaf, *trust, *others)
    test.check("with other files: what is missing", '"Second" is missing' in text.out and
               '"Inter" is missing: it is in a file of --untrusted' in text.out and
               "--write-chain FILE" in text.out and text.err == "", text)
    test.check("with other files: the repair", names(told, "repair", "chain") ==
               ["localhost", "Second", "Inter"] and told["repair"]["missing"] == 2 and
               told["repair"]["needed"] is True and told["repair"]["written"] is None, told)
    chain = path("fixed.pem")
    text, told = verify(test, "fetched", 0, leaf, *trust, "--aia", "--write-chain", chain)
    test.check("fetched: told", "it was fetched" in text.out and f"written: {chain}, 3" in text.out and
               "gone.cer: what was asked for over HTTP did not come: the answer is 404" in text.out,
               text)
    test.check("fetched: asked for what is needed, each once", web.asked[:3] ==
               ["/gone.cer", "/second.cer", "/inter.cer"] and len(web.asked) == 6, web.asked)
    test.check("fetched: in JSON", [f["url"].rsplit("/", 1)[1] for f in told["fetched"]] ==
               ["x", "gone.cer", "second.cer", "inter.cer"] and
               [f["error"] is None for f in told["fetched"]] == [False, False, True, True] and
               [c["from"] for c in told["repair"]["chain"]] == ["chain", "aia", "aia"] and
               told["repair"]["written"] == chain, told)
    test.check("the written chain: leaf first, no root", read(chain) ==
               read(leaf) + read(path("Second.pem")) + read(path("Inter.pem")))
    openssl_takes(test, "fetched", root, chain)
    text, told = verify(test, "the written chain", 0, chain, *trust)
    test.check("the written chain: nothing to repair", told["repair"]["needed"] is False and
               "as it should be" not in text.out, text)
    text, told = verify(test, "the intermediates are trusted", 0, leaf, "--cacert",
                        write(path("all.pem"), read(path("Second.pem"))))
    test.check("the intermediates are trusted: told", "among what is trusted here" in text.out, text)
    result = ward("cert", "verify", leaf, *trust, "--aia", "--write-chain", chain)
    test.check("a file that is there is not replaced", result.status == 2 and "--force" in result.err,
               result)


def test_wrong_content(test, web):
    leaf, trust = test.path("leaf.pem"), ["--cacert", test.path("Root.pem")]
    good = dict(web.pages)
    for what, page, cause in (("no certificate", b"hello", "no certificate"),
                              ("a stranger's", der(test.path("Old.pem")), "did not come"),
                              ("far too much", b"0" * 100000, "more than 65536 bytes")):
        web.pages["/second.cer"] = page
        text, told = verify(test, what, 1, leaf, *trust, "--aia", "--write-chain", test.path("none"))
        test.check(f"{what}: told", cause in text.out and "nothing is written" in text.out and
                   told["repair"] is None, text)
    web.pages = good


def test_order(test):
    path = test.path
    parts = [read(path(n + ".pem")) for n in ("leaf", "Second", "Inter", "Root", "Old")]
    leaf, second, inter, root, old = parts
    trust = ["--cacert", path("Root.pem")]
    for what, given, surplus, in_order in (
            ("as it should be", [leaf, second, inter], 0, True),
            ("with its root", [leaf, second, inter, root], 1, True),
            ("out of order", [leaf, inter, second], 0, False),
            ("the root before the rest", [leaf, root, inter, second], 1, False),
            ("with strangers and twins", [leaf, old, second, inter, second, leaf], 3, True)):
        chain, fixed = write(path("chain.pem"), *given), path(what.replace(" ", "-"))
        text, told = verify(test, what, 0, chain, *trust, "--write-chain", fixed)
        repair = told["repair"]
        test.check(f"{what}: the repair", (repair["surplus"], repair["in_order"], repair["missing"],
                   repair["needed"]) == (surplus, in_order, 0, surplus > 0 or not in_order), text)
        test.check(f"{what}: written", read(fixed) == leaf + second + inter)
        openssl_takes(test, what, path("Root.pem"), fixed)
    fixed = path("front.pem")
    chain = write(path("chain.pem"), inter, second, leaf)
    text, told = verify(test, "the leaf comes last", 1, chain, *trust, "--hostname", "localhost",
                        "--write-chain", fixed)
    test.check("the leaf comes last: told", told["repair"]["leaf"] == 2 and
               "put the leaf in front" in text.err and
               "the leaf is certificate 2, and should be the first" in text.out, text)
    test.check("the leaf comes last: written", read(fixed) == leaf + second + inter)


def test_paths(test):
    path = test.path
    pki = Pki(test)
    pki.issue("expired", "Inter", "Root", CA, ("20200101000000Z", "20200201000000Z"))
    leaf, second, inter, cross, expired = (read(path(n + ".pem")) for n in
                                           ("leaf", "Second", "Inter", "cross", "expired"))
    trust = ["--cacert", path("Root.pem")]
    chain = write(path("crossed.pem"), leaf, second, cross, expired, inter)
    text, told = verify(test, "cross-signed", 0, chain, *trust)
    ended = {(a["ended"]["reason"], a["ended"]["certificate"]["place"]) for a in told["attempts"]}
    test.check("cross-signed: the paths before the good one",
               ended <= {("CERT_UNKNOWN_ISSUER", 2), ("CERT_EXPIRED", 3)} and len(ended) >= 1 and
               '"localhost" <- "Second" <- "Inter"' in text.out, text)
    chain = write(path("crossed.pem"), leaf, second, expired)
    text, told = verify(test, "all that is wrong", 1, chain, *trust, "--hostname", "other.example",
                        "--purpose", "client")
    found = {(f["reason"], f["certificate"]["place"]): f["remedy"] for f in told["findings"]}
    test.check("all that is wrong: findings", set(found) ==
               {("CERT_EXPIRED", 2), ("CERT_EXT_KEY_USAGE", 0), ("CERT_NAME_MISMATCH", 0)} and
               all(found.values()) and told["error"]["reason"] == "CERT_EXPIRED" and
               told["failed_cert"] == 2, text)
    test.check("all that is wrong: as text", text.out.count("to put it right: ") == 3 and
               "certificate 2: a certificate has expired: " in text.out, text)


def test_server(test, web):
    context = tls_context(test.path("leaf.pem"), test.path("localhost.key"))
    with Server(lambda tls: tls.recv(1), context) as server:
        name = f"localhost:{server.port}"
        text, _ = verify(test, "a server that lacks its intermediates", 1, name, "--cacert",
                         test.path("Root.pem"))
        test.check("it is told of --aia", "--aia" in text.err, text)
        fixed = test.path("server.pem")
        verify(test, "the same, fetched", 0, name, "--cacert", test.path("Root.pem"), "--aia",
               "--write-chain", fixed)
        openssl_takes(test, "the same, fetched", test.path("Root.pem"), fixed)
    web.asked.clear()


def test_refused(test):
    leaf = test.path("leaf.pem")
    for args, wanted in ((["--untrusted", "/nowhere"], "No such file"),
                         (["--untrusted", test.path("Root.key")], "no certificate"),
                         (32 * ["--untrusted", leaf], "too many"),
                         (["--write-chain", "/nowhere/chain.pem", "--cacert", leaf], "cannot be written")):
        result = ward("cert", "verify", leaf, *args, env=clean_environment())
        test.check(f"refused: {args[:2]}", result.status == 2 and wanted in result.err and
                   "\nhint: " in result.err, result)


def main():
    need("openssl")
    test, web = Test(), Web()
    with web.server:
        make(test, web)
        test_missing(test, web)
        test_wrong_content(test, web)
        test_order(test)
        test_paths(test)
        test_server(test, web)
        test_refused(test)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
