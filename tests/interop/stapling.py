#!/usr/bin/env python3
"""Stapled OCSP responses in TLS 1.2 and 1.3: `ward connect` with openssl s_server, gnutls-serv and
nginx; `ward serve --ocsp` with openssl s_client, gnutls-cli and curl. Timestamps of logs with
openssl's -serverinfo. It covers facts_print.c, facts_json.c and facts.c of what stands beside a leaf.
"""
import base64
import json
import os
import shutil
import subprocess
import sys

from command import Test, need, openssl_server, ward
from peers import Process, server_on_free_port
from revocation import Ca, output
from serving import Serving

VERSIONS = {"-tls1_2": "TLS 1.2", "-tls1_3": "TLS 1.3"}


def respond(ca, cert, name, *args):
    """A response of `openssl ocsp` about a certificate."""
    text, ok = output(["openssl", "ocsp", "-index", "index", "-CA", "ca.pem", "-rsigner", "ca.pem",
                       "-rkey", "ca-key.pem", "-issuer", "ca.pem", "-cert", cert, "-respout", name,
                       *(args or ("-ndays", "2"))], ca.folder)
    if not ok:
        raise RuntimeError(text)


def prepare(ca):
    ca.issue("good")
    ca.issue("bad")
    ca.issue("plain", "plain")
    ca.run("ca", "-config", "ca.cnf", "-revoke", "bad.pem", "-crl_reason", "keyCompromise")
    respond(ca, "good.pem", "good.der")
    respond(ca, "plain.pem", "plain.der")
    respond(ca, "bad.pem", "revoked.der")
    with open(ca.path("good.der"), "rb") as file:
        response = bytearray(file.read())
    response[len(response) // 3] ^= 1  # in what is signed
    with open(ca.path("spoilt.der"), "wb") as file:
        file.write(response)


def connect(ca, port, *args):
    return ward("connect", f"127.0.0.1:{port}", "--servername", "leaf.example", "--cacert",
                ca.path("ca.pem"), *args)


def test_openssl_server(test, ca):
    for option, version in VERSIONS.items():
        for cert, response, status, words in (
                ("good", "good.der", 0, "OCSP         good as of "),
                ("plain", "plain.der", 0, "OCSP         good as of "),
                ("plain", None, 0, "trusted"),
                ("good", None, 1, "promises an OCSP response, and none came"),
                ("bad", "revoked.der", 1, "keyCompromise"),
                ("good", "plain.der", 1, "about another certificate"),
                ("good", "spoilt.der", 1, "OCSP"),
                ("plain", "revoked.der", 1, "about another certificate")):
            more = () if response is None else ("-status_file", ca.path(response))
            with openssl_server(ca.path(cert + ".pem"), ca.path(cert + "-key.pem"), option,
                                *more) as port:
                r = connect(ca, port)
                test.check(f"s_server {version}, {cert}, {response}", r.status == status and
                           words in r.out + r.err, r)
    with openssl_server(ca.path("good.pem"), ca.path("good-key.pem"), "-status_file",
                        ca.path("good.der")) as port:
        r = connect(ca, port, "--json", "--require-revocation", "leaf")
        told = json.loads(r.out)["ocsp"]
        test.check("s_server: JSON", told["status"] == "good" and told["responder"] ==
                   "CN=Revoking CA" and told["next_update"] > told["this_update"], r)
    with openssl_server(ca.path("bad.pem"), ca.path("bad-key.pem"), "-status_file",
                        ca.path("revoked.der")) as port:
        r = connect(ca, port, "--json")
        test.check("s_server: the alert", json.loads(r.out)["error"]["alert"] ==
                   "bad_certificate_status_response", r)
        r = connect(ca, port, "-k")
        test.check("s_server: revoked and insecure", r.status == 1 and
                   "OCSP         revoked" in r.out, r)


def test_gnutls_server(test, ca):
    for name, version in (("VERS-TLS1.2", "TLS 1.2"), ("VERS-TLS1.3", "TLS 1.3")):
        def serve(port, name=name):
            return Process("gnutls-serv", "--echo", "--port", str(port), "--x509certfile",
                           ca.path("good.pem"), "--x509keyfile", ca.path("good-key.pem"),
                           "--ocsp-response", ca.path("good.der"), "--priority",
                           f"NORMAL:-VERS-ALL:+{name}")
        with server_on_free_port(serve) as port:
            r = connect(ca, port)
            test.check(f"gnutls-serv {version}", r.status == 0 and "good as of" in r.out and
                       version in r.out, r)


NGINX = """
daemon off; master_process off; pid {where}/nginx.pid; error_log stderr;
events {{ }}
http {{
	access_log off; client_body_temp_path {where}; proxy_temp_path {where};
	fastcgi_temp_path {where}; uwsgi_temp_path {where}; scgi_temp_path {where};
	server {{
		listen 127.0.0.1:{port} ssl;
		ssl_protocols {protocol};
		ssl_certificate {where}/good.pem; ssl_certificate_key {where}/good-key.pem;
		ssl_stapling on; ssl_stapling_file {where}/good.der;
	}}
}}
"""


def test_nginx(test, ca):
    for protocol in ("TLSv1.2", "TLSv1.3"):
        def serve(port, protocol=protocol):
            with open(ca.path("nginx.conf"), "w", encoding="ascii") as file:
                file.write(NGINX.format(where=ca.folder, port=port, protocol=protocol))
            return Process("nginx", "-p", ca.folder, "-c", ca.path("nginx.conf"))
        with server_on_free_port(serve) as port:
            r = connect(ca, port)
            test.check(f"nginx {protocol}", r.status == 0 and "good as of" in r.out, r)


# ---- ward's server ----

def test_server(test, ca):
    # curl wants the issuer in the chain, though it has it as a root.
    with open(ca.path("chain.pem"), "w", encoding="ascii") as file:
        for name in ("good.pem", "ca.pem"):
            with open(ca.path(name), encoding="ascii") as part:
                file.write(part.read())
    with Serving(test, "--cert", ca.path("chain.pem"), "--key", ca.path("good-key.pem"), "--ocsp",
                 ca.path("good.der")) as server:
        for option, version in VERSIONS.items():
            text, _ = output(["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                              "-status", option, "-CAfile", "ca.pem", "-servername",
                              "leaf.example"], ca.folder, stdin=subprocess.DEVNULL)
            test.check(f"s_client -status {version}", "OCSP Response Status: successful" in text and
                       "Cert Status: good" in text and "Verify return code: 0" in text, text)
            text, _ = output(["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                              option, "-CAfile", "ca.pem"], ca.folder, stdin=subprocess.DEVNULL)
            test.check(f"s_client {version}: not asked, not sent",
                       "OCSP response" not in text and "Verify return code: 0" in text, text)
        if shutil.which("gnutls-cli"):
            for name in ("VERS-TLS1.2", "VERS-TLS1.3"):
                text, ok = output(["gnutls-cli", "--x509cafile", "ca.pem", "--port",
                                   str(server.port), "127.0.0.1", "--sni-hostname", "leaf.example",
                                   "--verify-hostname", "leaf.example", "--priority",
                                   f"NORMAL:-VERS-ALL:+{name}"], ca.folder,
                                  stdin=subprocess.DEVNULL)
                test.check(f"gnutls-cli {name}", ok and "OCSP status request" in text, text)
        if shutil.which("curl"):
            for limit in ("1.2", "1.3"):
                text, ok = output(["curl", "-sS", "--cert-status", "--tls-max", limit, "--cacert",
                                   "ca.pem", "--resolve", f"leaf.example:{server.port}:127.0.0.1",
                                   f"https://leaf.example:{server.port}/"], ca.folder)
                test.check(f"curl --cert-status, TLS {limit}", ok, text)
        r = connect(ca, server.port, "--require-revocation", "leaf")
        test.check("ward connect", r.status == 0 and "good as of" in r.out, r)
    with Serving(test, "--cert", ca.path("plain.pem"), "--key", ca.path("plain-key.pem")) as server:
        if shutil.which("curl"):
            text, ok = output(["curl", "-sS", "--cert-status", "--cacert", "ca.pem", "--resolve",
                               f"leaf.example:{server.port}:127.0.0.1",
                               f"https://leaf.example:{server.port}/"], ca.folder)
            test.check("curl --cert-status, nothing stapled", not ok, text)


def test_server_refuses(test, ca):
    for response, words in (("revoked.der", "about another certificate"),
                            ("good.pem", "malformed"), ("none", "No such file")):
        r = ward("serve", ca.folder, "--listen", "127.0.0.1:0", "--cert", ca.path("good.pem"),
                 "--key", ca.path("good-key.pem"), "--ocsp", ca.path(response))
        test.check(f"ward serve --ocsp {response}", r.status == 2 and words in r.err and
                   ca.path(response) in r.err, r)
    r = ward("serve", ca.folder, "--listen", "127.0.0.1:0", "--cert", ca.path("bad.pem"), "--key",
             ca.path("bad-key.pem"), "--ocsp", ca.path("revoked.der"))
    test.check("ward serve: revoked", r.status == 2 and "revoked" in r.err, r)
    r = ward("serve", ca.folder, "--ocsp", ca.path("good.der"))
    test.check("ward serve --ocsp alone", r.status == 2 and "--cert" in r.err, r)


def test_timestamps(test, ca):
    """s_server sends what a -serverinfo file has for the extension."""
    log, moment = bytes(range(32)), 1700000000
    sct = b"\0" + log + (moment * 1000).to_bytes(8, "big") + b"\0\0" + b"\4\3\0\2\x30\0"
    body = (len(sct) + 2).to_bytes(2, "big") + len(sct).to_bytes(2, "big") + sct
    # Version 2 of the format: the context (client hello, TLS 1.2's and 1.3's answers) comes first.
    context = (0x80 | 0x100 | 0x1000).to_bytes(4, "big")
    data = context + (18).to_bytes(2, "big") + len(body).to_bytes(2, "big") + body
    with open(ca.path("scts.pem"), "w", encoding="ascii") as file:
        file.write("-----BEGIN SERVERINFOV2 FOR SCT-----\n" +
                   base64.encodebytes(data).decode() + "-----END SERVERINFOV2 FOR SCT-----\n")
    for option, version in VERSIONS.items():
        with openssl_server(ca.path("plain.pem"), ca.path("plain-key.pem"), option, "-serverinfo",
                            ca.path("scts.pem")) as port:
            r = connect(ca, port)
            test.check(f"timestamps, {version}", r.status == 0 and
                       "Timestamps   1 of transparency logs" in r.out, r)
            r = connect(ca, port, "--json")
            test.check(f"timestamps as JSON, {version}", json.loads(r.out)["scts"] ==
                       [{"log": log.hex(), "time": "2023-11-14T22:13:20Z"}], r)


def test_new_staple(test, ca):
    """The response is read again at SIGHUP: a new one is stapled, and one that is not good is not."""
    staple = ca.path("staple.der")

    def put(name):
        shutil.copy(ca.path(name), staple + ".new")
        os.replace(staple + ".new", staple)

    def stapled():
        r = connect(ca, server.port, "--json")
        return json.loads(r.out)["ocsp"].get("next_update") if r.out else None

    put("good.der")
    respond(ca, "good.pem", "longer.der", "-ndays", "5")
    with Serving(test, "--cert", ca.path("good.pem"), "--key", ca.path("good-key.pem"), "--ocsp",
                 staple) as server:
        first = stapled()
        put("longer.der")
        test.check("SIGHUP: nothing new before", stapled() == first and first)
        test.check("SIGHUP: it reads again", server.reload("read again: "), server.log())
        second = stapled()
        test.check("SIGHUP: the new response is stapled", second not in (None, first), second)
        put("plain.der")
        test.check("SIGHUP: one about another certificate is not taken",
                   server.reload("not read again"), server.log())
        test.check("SIGHUP: the one of before goes on", stapled() == second)


def timestamp(log, moment):
    """One as a log gives it (RFC 6962, 3.2); nobody here knows the log's key."""
    return b"\0" + log + (moment * 1000).to_bytes(8, "big") + b"\0\0" + b"\4\3\0\2\x30\0"


def test_served_timestamps(test, ca):
    """A timestamp by itself, a list of them, and a folder, as nginx and Apache take them."""
    logs = [bytes([n]) * 32 for n in range(1, 6)]
    scts = [timestamp(log, 1700000000 + n) for n, log in enumerate(logs)]
    listed = b"".join(len(sct).to_bytes(2, "big") + sct for sct in scts[1:3])
    os.mkdir(ca.path("scts"))
    for name, data in (("one.sct", scts[0]), ("list.bin", len(listed).to_bytes(2, "big") + listed),
                       ("scts/b.sct", scts[4]), ("scts/a.sct", scts[3]), ("scts/README", b"x"),
                       ("bad.sct", scts[0][:-1]), ("long.sct", scts[0] + b"x"),
                       ("v2.sct", b"\1" + scts[0][1:])):
        with open(ca.path(name), "wb") as file:
            file.write(data)
    os.mkdir(ca.path("empty"))
    with open(ca.path("logs.cnf"), "w", encoding="ascii") as file:
        file.write("enabled_logs=\n")  # none is known: the timestamps are shown, not judged
    args = ["--cert", ca.path("plain.pem"), "--key", ca.path("plain-key.pem")]
    with Serving(test, *args, "--sct", ca.path("one.sct"), "--sct", ca.path("list.bin"), "--sct",
                 ca.path("scts")) as server:
        r = connect(ca, server.port, "--json")
        test.check("ward connect sees all, in their order",
                   [sct["log"] for sct in json.loads(r.out)["scts"]] == [log.hex() for log in logs],
                   r)
        for option, version in VERSIONS.items():
            text, _ = output(["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-ct",
                              "-ctlogfile", "logs.cnf", option, "-CAfile", "ca.pem",
                              "-servername", "leaf.example"], ca.folder, stdin=subprocess.DEVNULL)
            test.check(f"s_client -ct {version}", "SCTs present (5)" in text and
                       text.count("SCT validation status: unknown log") == 5 and
                       all(":".join([f"{n:02x}"] * 16) in text for n in range(1, 6)), text)
            text, _ = output(["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                              option, "-CAfile", "ca.pem"], ca.folder, stdin=subprocess.DEVNULL)
            test.check(f"s_client {version}: not asked, not sent", "Verify return code: 0" in text,
                       text)
        with open(ca.path("scts/c.sct"), "wb") as file:
            file.write(timestamp(b"c" * 32, 1700000009))
        test.check("timestamps: it reads again", server.reload("read again: "), server.log())
        r = connect(ca, server.port, "--json")
        test.check("timestamps: the new one is there", len(json.loads(r.out)["scts"]) == 6, r)
    for name, words in (("bad.sct", "no timestamp"), ("long.sct", "no timestamp"),
                        ("v2.sct", "no timestamp"), ("none.sct", "No such file"),
                        ("empty", "no file in it ends in .sct"), ("plain.pem", "no timestamp")):
        r = ward("serve", ca.folder, "--listen", "127.0.0.1:0", *args, "--sct", ca.path(name))
        test.check(f"ward serve --sct {name}", r.status == 2 and words in r.err and
                   ca.path(name) in r.err, r)
    r = ward("serve", ca.folder, "--sct", ca.path("one.sct"))
    test.check("ward serve --sct alone", r.status == 2 and "--cert" in r.err, r)


def main():
    need("openssl")
    test = Test()
    folder = test.path("ca")
    os.mkdir(folder)
    ca = Ca(folder, ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"))
    prepare(ca)
    test_openssl_server(test, ca)
    if shutil.which("gnutls-serv"):
        test_gnutls_server(test, ca)
    if shutil.which("nginx"):
        test_nginx(test, ca)
    test_server(test, ca)
    test_server_refuses(test, ca)
    test_timestamps(test, ca)
    test_new_staple(test, ca)
    test_served_timestamps(test, ca)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
