#!/usr/bin/env python3
"""`ward cert show` and `ward cert verify`: the same facts as openssl's x509, of files of every form and of a server; all
roots of the system; certificates that are hostile or malformed. It covers src/cli/cert_show.c,
cert_print.c, cert_json.c, cert_verify.c, source.c and input.c.
"""
import base64
import datetime
import json
import os
import re
import subprocess
import sys

from command import Authority, Server, Test, clean_environment, need, tls_context, ward

BUNDLE = "/etc/ssl/certs/ca-certificates.crt"

EXTENSIONS = """
[req]
distinguished_name = empty
[empty]
[all]
basicConstraints = critical,CA:true,pathlen:3
keyUsage = critical,keyCertSign,cRLSign
extendedKeyUsage = serverAuth,1.2.3.4.5
subjectAltName = DNS:a.example,DNS:*.b.example,IP:192.0.2.1,IP:2001:db8::1,email:a@b.example,URI:https://u.example/x,RID:1.2.3
nameConstraints = critical,permitted;DNS:example,excluded;IP:10.0.0.0/255.0.0.0
certificatePolicies = 2.23.140.1.2.1,@policy
authorityInfoAccess = OCSP;URI:http://o.example/,caIssuers;URI:http://c.example/c.der
crlDistributionPoints = point
tlsfeature = status_request
subjectKeyIdentifier = hash
nsComment = "x\\\\y"
1.2.3.4.99 = critical,ASN1:UTF8String:abc
[policy]
policyIdentifier = 1.3.5.8
CPS.1 = http://cps.example/
userNotice.1 = @notice
[notice]
explicitText = "UTF8:hear"
[point]
fullname = URI:http://crl.example/a.crl
reasons = keyCompromise
"""

# What `ward cert show` must say of a certificate with these.
TOLD = {
    "basicConstraints": {"ca": ["true"], "pathLength": ["3"]},
    "keyUsage": {"usage": ["keyCertSign", "cRLSign"]},
    "extKeyUsage": {"purpose": ["serverAuth", "1.2.3.4.5"]},
    "subjectAltName": {"dns": ["a.example", "*.b.example"], "ip": ["192.0.2.1", "2001:db8::1"],
                       "email": ["a@b.example"], "uri": ["https://u.example/x"],
                       "registeredID": ["1.2.3"]},
    "nameConstraints": {"permitted dns": ["example"], "excluded ip": ["10.0.0.0/8"]},
    "certificatePolicies": {"policy": ["domain-validated", "1.3.5.8"],
                            "cps": ["http://cps.example/"], "notice": ["hear"]},
    "authorityInfoAccess": {"ocsp": ["http://o.example/"],
                            "caIssuers": ["http://c.example/c.der"]},
    "cRLDistributionPoints": {"uri": ["http://crl.example/a.crl"], "reason": ["keyCompromise"]},
    "tlsFeature": {"feature": ["status_request"]},
    "netscapeComment": {"text": ["x\\y"]},
    "1.2.3.4.99": {"der": ["0c03616263"]},
}


def openssl(*args, data=None):
    done = subprocess.run(["openssl", *args], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise SystemExit(f"openssl {' '.join(args)}: {done.stderr.decode()}")
    return done.stdout


def make(test, name, *args):
    openssl("req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-keyout", test.path(name + ".key"), "-out", test.path(name), "-days", "9", *args)
    return test.path(name)


def show(*args, **more):
    result = ward("cert", "show", "--json", *args, **more)
    return result, json.loads(result.out) if result.out else {"certificates": []}


def openssl_facts(pem):
    """What openssl says of one certificate, in ward's words."""
    text = openssl("x509", "-noout", "-subject", "-issuer", "-serial", "-startdate", "-enddate",
                   "-fingerprint", "-sha256", "-nameopt", "RFC2253,-esc_msb,utf8", data=pem).decode()
    said = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    said = {k.lower(): v for k, v in said.items()}

    def time(value):
        parsed = datetime.datetime.strptime(value, "%b %d %H:%M:%S %Y GMT")
        return parsed.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")

    pub = openssl("pkey", "-pubin", "-outform", "DER",
                  data=openssl("x509", "-noout", "-pubkey", data=pem))
    return {
        "serial": said["serial"].lower().lstrip("0") or "0",
        "not_before": time(said["notbefore"]),
        "not_after": time(said["notafter"]),
        "sha256": said["sha256 fingerprint"].replace(":", "").lower(),
        "spki_sha256": openssl("dgst", "-sha256", "-binary", data=pub).hex(),
    }, said


def compare(test, what, cert, pem):
    facts, said = openssl_facts(pem)
    told = {name: cert[name] for name in facts}
    told["serial"] = told["serial"].lstrip("0") or "0"
    test.check(f"{what}: the facts of openssl: {facts} {told}", facts == told)
    return said


def test_all_extensions(test):
    with open(test.path("all.cnf"), "w", encoding="utf-8") as file:
        file.write(EXTENSIONS)
    path = make(test, "all.pem", "-subj", "/C=DE/O=a,b/CN=every extension", "-config",
                test.path("all.cnf"), "-extensions", "all")
    result, told = show(path)
    test.check("every extension: status 0", result.status == 0 and result.err == "", result)
    cert = told["certificates"][0]
    with open(path, "rb") as file:
        said = compare(test, "every extension", cert, file.read())
    test.check("subject as in RFC 4514", cert["subject"] == said["subject"] ==
               "CN=every extension,O=a\\,b,C=DE", result)
    test.check("issuer as in RFC 4514", cert["issuer"] == said["issuer"], result)
    test.check("path length, version, CA", (cert["path_length"], cert["version"], cert["ca"]) ==
               (3, 3, True), result)
    sha1 = openssl("x509", "-in", path, "-noout", "-fingerprint", "-sha1").decode()
    test.check("SHA-1", sha1.split("=")[1].strip().replace(":", "").lower() == cert["sha1"], result)
    extensions = {e["name"]: e for e in cert["extensions"]}
    for name, facts in TOLD.items():
        test.check(f"{name}: {extensions.get(name)}", extensions[name]["facts"] == facts)
    critical = {name for name, e in extensions.items() if e["critical"]}
    test.check(f"critical ones: {critical}", critical == {"basicConstraints", "keyUsage",
                                                          "nameConstraints", "1.2.3.4.99"})
    text = ward("cert", "show", path)
    pin = base64.b64encode(bytes.fromhex(cert["spki_sha256"])).decode()
    for part in ("Certificate 1 of 1", f"sha256//{pin}", "CN=every extension,O=a\\,b,C=DE",
                 " days left", "basicConstraints 2.5.29.19, critical", cert["sha1"],
                 "*.b.example", "10.0.0.0/8", "status_request", "0c03616263", "P-256"):
        test.check(f"the text has {part}", part in text.out, text)
    test.check("the text: no colour, narrow lines, status 0", "\x1b" not in text.out and
               all(len(line) <= 100 for line in text.out.splitlines()) and text.status == 0, text)
    test.check("colour where it is asked for",
               "\x1b[1m" in ward("cert", "show", path, "--color=always").out)


def test_forms(test):
    first, second = make(test, "1.pem", "-subj", "/CN=one"), make(test, "2.pem", "-subj", "/CN=two")
    with open(first, "rb") as file:
        one = file.read()
    with open(second, "rb") as file:
        two = file.read()
    with open(first + ".key", "rb") as file:
        key = file.read()
    der = openssl("x509", "-outform", "DER", data=one)
    der2 = openssl("x509", "-outform", "DER", data=two)
    damaged = b"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
    for what, data, names, status in (
            ("PEM", one, ["one"], 0),
            ("PEM, lines of CR LF", one.replace(b"\n", b"\r\n"), ["one"], 0),
            ("PEM with text around", b"Dear all,\n\n" + one + b"hello\n" + two + b"bye", ["one", "two"], 0),
            ("PEM behind a key", key + one, ["one"], 0),
            ("DER", der, ["one"], 0),
            ("DER, one behind the other", der + der2, ["one", "two"], 0),
            ("DER with a rest", der + b"0", ["one"], 2),
            ("DER cut short", der[:-1], [], 2),
            ("a key alone", key, [], 2),
            ("nothing", b"", [], 2),
            ("text", b"hello\n", [], 2),
            ("a malformed one between two", one + damaged + two, ["one", "two"], 2),
            ("the second block has no end", one + two[:-30], ["one"], 2),
            ("a thousand", 1000 * one, 1000 * ["one"], 0)):
        with open(test.path("in"), "wb") as file:
            file.write(data)
        for way, result, told in (("file", *show(test.path("in"))),
                                  ("standard input", *show("-", stdin=data))):
            found = [c["common_name"] for c in told["certificates"]]
            test.check(f"{what} from {way}: {found[:5]}", found == names and
                       result.status == status and (result.err == "") == (status == 0) and
                       (status == 0 or "\nhint: " in result.err), result)
    pem = ward("cert", "show", "-", "--pem", stdin=b"text\n" + one + two)
    test.check("--pem: the certificates and nothing else", pem.out.encode() == one + two, pem)
    _, told = show("-", "--pem", stdin=der)
    test.check("--json --pem", told["certificates"][0]["pem"].encode() == one)
    for args, wanted in ((["/"], "directory"), (["missing.pem"], "HOST:443"),
                         (["./missing.pem"], "No such file"), ([], "nothing to show"),
                         (["a", "b"], "more than one"), (["--color=x", "a"], "auto"),
                         (["--timeout=x", "a"], "5s"), (["--servername=ä", "a"], "xn--")):
        result = ward("cert", "show", *args)
        test.check(f"refused: {args}", result.status == 2 and wanted in result.err and
                   "\nhint: " in result.err and result.out == "", result)
    many = ward("cert", "show", "-", stdin=(9 << 20) * b"a")
    test.check("more than it reads", many.status == 2 and "more than" in many.err, many)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([os.environ.get("WARD_BIN", "ward"), "cert", "show", first],
                              stdout=full, stderr=subprocess.PIPE, check=False)
    test.check("a full disk", done.returncode == 3 and b"cannot be written" in done.stderr)


def test_hostile(test):
    hostile = "\x1b[31mred\u202ereversed"
    path = make(test, "hostile.pem", "-utf8", "-subj", f"/CN={hostile}")
    for args in ([], ["--json"]):
        result = ward("cert", "show", path, *args)
        test.check(f"nothing that harms a terminal: {args}", result.status == 0 and
                   "\x1b" not in result.out and "\u202e" not in result.out and
                   "\\1B" in result.out and "E2" in result.out, result)


def test_bundle(test):
    if not os.path.exists(BUNDLE):
        print(f"skipped: there is no {BUNDLE}")
        return
    with open(BUNDLE, encoding="ascii") as file:
        pems = re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n",
                          file.read(), re.S)
    result, told = show(BUNDLE)
    test.check("the system's roots: all are shown", result.status == 0 and
               len(told["certificates"]) == len(pems) and told["malformed"] == 0, result)
    for i, (cert, pem) in enumerate(zip(told["certificates"], pems)):
        if i % 4 == 0:          # each takes openssl five starts
            compare(test, f"root {i}", cert, pem.encode())
        for extension in cert["extensions"]:
            test.check(f"root {i}: {extension}", "malformed" not in extension["facts"])
    text = ward("cert", "show", BUNDLE)
    test.check("the system's roots as text", text.status == 0 and
               text.out.count("\nCertificate ") == len(pems) - 1, text)


def test_server(test):
    path = make(test, "server.pem", "-subj", "/CN=server", "-addext",
                "subjectAltName=DNS:localhost")
    server = subprocess.Popen([os.environ.get("WARD_BIN", "ward"), "serve", test.folder,
                               "--listen", "localhost:0", "--cert", path, "--key", path + ".key"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        port = re.search(r":(\d+)", server.stdout.readline()).group(1)
        for name in (f"localhost:{port}", f"https://localhost:{port}/"):
            result, told = show(name)
            test.check(f"a server that nobody trusts: {name}", result.status == 0 and
                       [c["common_name"] for c in told["certificates"]] == ["server"] and
                       told["server"] is True, result)
        pem = ward("cert", "show", f"127.0.0.1:{port}", "--pem", "--servername", "localhost")
        with open(path, encoding="ascii") as file:
            test.check("its chain as PEM", pem.out == file.read(), pem)
    finally:
        server.terminate()
        server.wait()
    result = ward("cert", "show", f"localhost:{port}")
    test.check("no server", result.status == 3 and "nothing listens" in result.err, result)


def judge(test, what, args, status, cause="", **more):
    """Runs verify as text and as JSON; gives the document."""
    text = ward("cert", "verify", *args, **more)
    good = status == 0
    test.check(f"{what}: status {status}", text.status == status, text)
    test.check(f"{what}: the verdict", text.out.startswith("verified: " if good else "REFUSED: "),
               text)
    test.check(f"{what}: cause and remedy: {cause}",
               text.err == "" if good else re.fullmatch(r"ward cert verify: .*\nhint: .+\n", text.err)
               is not None and cause in text.err, text)
    result = ward("cert", "verify", "--json", *args, **more)
    told = json.loads(result.out)
    test.check(f"{what}: JSON", result.status == told["exit_status"] == status and
               told["verified"] is good and (told["error"] is None) == good and
               told["schema"] == 1 and cause in str(told["error"]), result)
    return told


def test_verify(test):
    ca = Authority(test.folder)
    leaf, key = ca.leaf("leaf")
    client, _ = ca.leaf("client", usage="clientAuth")
    old, _ = ca.leaf("old", dates=("20200101000000Z", "20210101000000Z"))
    with open(leaf, "rb") as file:
        pem = file.read()
    with open(ca.cert, "rb") as file:
        root = file.read()
    trust = ["--cacert", ca.cert]
    told = judge(test, "a good chain", [leaf, *trust], 0)
    test.check("its path", [c["common_name"] for c in told["path"]] == ["leaf", "Test CA"] and
               told["hostname"] is None and told["signatures_checked"] == 1 and
               told["failed_cert"] is None, told)
    os.mkdir(test.path("roots"))
    with open(os.path.join(test.path("roots"), "root.pem"), "wb") as file:
        file.write(root)
    judge(test, "with its root in the file, and a folder of CAs",
          ["-", "--cacert", test.path("roots")], 0, stdin=pem + root)
    judge(test, "for its name", [leaf, *trust, "--hostname", "localhost"], 0)
    judge(test, "for its address", [leaf, *trust, "--hostname=127.0.0.1"], 0)
    told = judge(test, "for another name", [leaf, *trust, "--hostname", "example.org"], 1,
                 "not for example.org")
    test.check("who is at fault", told["failed_cert"] == 0 and
               told["error"]["reason"] == "CERT_NAME_MISMATCH" and told["path"] == [], told)
    judge(test, "a CA that nobody trusts", [leaf], 1, "issuer",
          env=clean_environment(SSL_CERT_FILE=client))
    judge(test, "as a client's", [leaf, *trust, "--purpose", "client"], 1, "extended key usage")
    judge(test, "a client's as a client's", [client, *trust, "--purpose", "client"], 0)
    judge(test, "a client's as a server's", [client, *trust], 1, "extended key usage")
    judge(test, "expired", [old, *trust], 1, "has expired")
    now = datetime.datetime.now(datetime.timezone.utc)
    then = (now + datetime.timedelta(days=40)).strftime("%Y-%m-%d")
    told = judge(test, "when the CA has expired", [leaf, *trust, "--at", then], 1, "has expired")
    test.check("the time in JSON", told["time"] == then + "T00:00:00Z", told)
    judge(test, "by the rules of the web", [leaf, *trust, "--policy", "web"], 1, "policy asks")
    changed = bytearray(openssl("x509", "-outform", "DER", data=pem))
    changed[-1] ^= 1
    judge(test, "with a wrong signature", ["-", *trust], 1, "signature", stdin=bytes(changed))
    for args, wanted in (([], "nothing to verify"), (["a", "b"], "more than one"),
                         ([leaf, "--at", "tomorrow"], "2026-01-02T03:04:05Z"),
                         ([leaf, "--purpose", "x"], "server or client"),
                         ([leaf, "--policy", "x"], "rfc5280"), ([leaf, "--hostname", "ä"], "xn--"),
                         ([leaf, "--timeout", "x"], "5s"), ([leaf, "--color", "x"], "auto"),
                         ([leaf, "--cacert", "/nowhere"], "No such file"),
                         ([leaf, *(32 * ["--cacert=x"])], "too many"),
                         ([key], "no certificate"), (["/nowhere"], "No such file")):
        result = ward("cert", "verify", *args)
        test.check(f"refused: {args}", result.status == 2 and wanted in result.err and
                   "\nhint: " in result.err and result.out == "", result)
    damaged = b"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
    result = ward("cert", "verify", "-", *trust, stdin=damaged + pem)
    test.check("a chain with a malformed certificate is not judged", result.status == 2 and
               result.out == "", result)
    with Server(lambda tls: tls.recv(1), tls_context(leaf, key)) as server:
        judge(test, "a server", [f"localhost:{server.port}", *trust], 0)
        judge(test, "a server by another name", [f"localhost:{server.port}", *trust,
                                                 "--hostname", "example.org"], 1, "another name")
        judge(test, "a server that is not trusted", [f"localhost:{server.port}"], 1, "issuer",
              env=clean_environment(SSL_CERT_FILE=client))


def main():
    need("openssl")
    test = Test()
    test_all_extensions(test)
    test_forms(test)
    test_hostile(test)
    test_bundle(test)
    test_server(test)
    test_verify(test)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
