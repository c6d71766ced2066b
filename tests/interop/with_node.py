#!/usr/bin/env python3
"""ward and Node.js: its server with tls.connect, its client with tls.createServer."""
import contextlib
import json
import os
import sys

from peers import (GROUPS, KEYS, SUITES, Process, agreed, case, check, finish, matrix, need, running,
                   ward_client, ward_server, workplace)

# Two programs for node: each line of JSON on its standard input is a connection to make; or it is a
# server that echoes. Both say in JSON, line by line, what they saw.
CLIENT = """
const tls = require("tls");
const readline = require("readline");
readline.createInterface({ input: process.stdin }).on("line", (line) => {
	const options = JSON.parse(line);
	const said = { got: "" };
	const socket = tls.connect({ host: "127.0.0.1", minVersion: "TLSv1.3", ...options }, () => {
		said.authorized = socket.authorized;
		said.cipher = socket.getCipher().standardName;
		said.alpn = socket.alpnProtocol || "";
		said.subject = socket.getPeerCertificate().subject.CN;
		socket.write("hello\\n");
	});
	socket.setEncoding("utf8");
	socket.on("data", (data) => {
		said.got += data;
		if (said.got.endsWith("\\n")) socket.end();
	});
	socket.on("error", (error) => { said.error = String(error); });
	socket.on("close", () => console.log(JSON.stringify(said)));
});
"""
SERVER = """
const tls = require("tls");
const server = tls.createServer({ minVersion: "TLSv1.3", ...JSON.parse(process.argv[1]) }, (s) => {
	s.on("error", (error) => console.log(String(error)));
	s.pipe(s);
});
server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
"""
CURVES = {"x25519": "X25519", "secp256r1": "P-256", "secp384r1": "P-384"}


def text_of(path):
    with open(path, encoding="ascii") as file:
        return file.read()


# ---- ward's server ----

class NodeClient:
    def __init__(self, pki, process):
        self.pki, self.process = pki, process

    def connect(self, server, **options):
        """Says hello, and gives what node saw."""
        mark = self.process.mark()
        self.process.say(json.dumps({"port": server.port, "ca": text_of(self.pki.ca),
                                     "servername": "localhost", **options}) + "\n")
        return json.loads(self.process.expect(lambda line: line.startswith("{"), mark))

    def hello(self, server, **options):
        said = self.connect(server, **options)
        check(said.get("authorized") and said["got"] == "hello\n" and "error" not in said, said)
        return said


def server_matrix(pki, node):
    with ward_server(*pki.identities(), "echo") as server:
        for suite, group, key in matrix():
            with case(f"server: {suite}, {group}, {key}"):
                name = f"{key}.example"
                said = node.hello(server, ciphers=suite, ecdhCurve=CURVES[group], servername=name)
                check(said["cipher"] == suite and said["subject"] == key, said)
                agreed(server.report(), suite, group, key, server_name=name, retry=False)


def server_more(pki, node):
    for group in GROUPS:
        with ward_server(*pki.identities(), "--groups", GROUPS[group], "--cookie", "--alpn",
                         "h2,http/1.1", "echo") as server:
            with case(f"server: HelloRetryRequest for {group}, with a cookie; ALPN"):
                first = "X25519" if group != "x25519" else "P-256"
                said = node.hello(server, ecdhCurve=f"{first}:{CURVES[group]}",
                                  ALPNProtocols=["x", "http/1.1"])
                check(said["alpn"] == "http/1.1", said)
                agreed(server.report(), group=group, retry=True, alpn="http/1.1")
    with ward_server(*pki.identities(), "update", "echo") as server, case("server: KeyUpdate"):
        node.hello(server)
        agreed(server.report(), updates_out=1)
    with ward_server(*pki.identities(), "--ca", pki.ca, "--verify", "required", "echo") as server:
        for key in ["client", *KEYS]:
            with case(f"server: client certificate {key}"):
                node.hello(server, cert=text_of(pki.chain(key)), key=text_of(pki.key(key)))
                agreed(server.report(), subject=f"CN={key}")
        with case("server: no client certificate"):
            said = node.connect(server)
            check("certificate required" in said.get("error", ""), said)
            check(server.report()["reason"] == "CERTIFICATE_REQUIRED", "reason")
    with ward_server(*pki.identities(), "echo") as server, case("server: TLS 1.2"):
        node.hello(server, minVersion="TLSv1.2", maxVersion="TLSv1.2")
        agreed(server.report(), version="TLSv1.2")


# ---- ward's client ----

@contextlib.contextmanager
def node_server(pki, key, **options):
    setup = json.dumps({"cert": text_of(pki.chain(key)), "key": text_of(pki.key(key)), **options})
    with running(Process("node", "-e", SERVER, setup)) as server:
        yield server.expect(lambda line: line.startswith("port ")).split()[1]


def client_matrix(pki):
    for key in KEYS:
        with node_server(pki, key) as port:
            for suite, group, kind in matrix():
                if kind != key:
                    continue
                with case(f"client: {suite}, {group}, {key}"):
                    agreed(ward_client(port, "--ca", pki.ca, "--suites", SUITES[suite], "--groups",
                                       GROUPS[group], "--name", f"{key}.example", "say:hello",
                                       "expect:hello", "shut", "receive"),
                           suite, group, key, retry=False)


def client_more(pki):
    with node_server(pki, "rsa", ecdhCurve="P-384", ALPNProtocols=["h2", "http/1.1"],
                     requestCert=True, rejectUnauthorized=True, ca=text_of(pki.ca)) as port:
        with case("client: HelloRetryRequest, ALPN, certificate"):
            agreed(ward_client(port, "--ca", pki.ca, "--alpn", "x,http/1.1",
                               *pki.identity("ed25519"), "say:hello", "expect:hello", "shut",
                               "receive"), group="secp384r1", retry=True, alpn="http/1.1")


def main():
    need("node", "openssl")
    os.environ.pop("NODE_OPTIONS", None)
    with workplace() as pki:
        with running(Process("node", "-e", CLIENT)) as process:
            node = NodeClient(pki, process)
            server_matrix(pki, node)
            server_more(pki, node)
        client_matrix(pki)
        client_more(pki)
    return finish()


if __name__ == "__main__":
    sys.exit(main())
