#!/usr/bin/env python3
"""ward's client with nginx: every suite, group and key, client certificates, 100 MiB of a file."""
import contextlib
import hashlib
import os
import sys

from peers import (GROUPS, KEYS, REDUCED, SUITES, Process, agreed, case, check, finish, matrix, need,
                   server_on_free_port, ward_client, workplace)

BULK = (4 if REDUCED else 100) << 20
CURVES = {"x25519": "X25519", "secp256r1": "prime256v1", "secp384r1": "secp384r1"}

CONFIG = """
daemon off;
master_process off;
pid {where}/nginx.pid;
error_log stderr info;
events {{ }}
http {{
	access_log off;
	client_body_temp_path {where};
	proxy_temp_path {where};
	fastcgi_temp_path {where};
	uwsgi_temp_path {where};
	scgi_temp_path {where};
	ssl_protocols TLSv1.3;
	ssl_session_tickets on;
	ssl_client_certificate {ca};
	ssl_verify_depth 3;
	root {where}/www;
	sendfile on;
{servers}
}}
"""

SERVER = """
	server {{
		listen 127.0.0.1:{port} ssl;
		server_name {name};
		ssl_certificate {chain};
		ssl_certificate_key {key};
		{more}
		location = /who {{ return 200 "$ssl_cipher $ssl_curve $ssl_server_name\\n"; }}
		location = /me {{ return 200 "$ssl_client_s_dn\\n"; }}
	}}
"""


@contextlib.contextmanager
def nginx(pki, *more):
    """A server of each key's name on one port, with these lines of configuration."""
    def start(port):
        servers = "".join(SERVER.format(port=port, name=f"{key}.example", chain=pki.chain(key),
                                        key=pki.key(key), more="\n".join(more)) for key in KEYS)
        path = pki.path("nginx.conf")
        with open(path, "w", encoding="ascii") as file:
            file.write(CONFIG.format(where=pki.where, ca=pki.ca, servers=servers))
        return Process("nginx", "-p", pki.where, "-c", path)

    with server_on_free_port(start) as port:
        yield port


def digest_of(text):
    return hashlib.sha256(text.encode()).hexdigest()


def client_matrix(pki):
    with nginx(pki) as port:
        for suite, group, key in matrix():
            with case(f"{suite}, {group}, {key}"):
                name = f"{key}.example"
                agreed(ward_client(port, "--ca", pki.ca, "--suites", SUITES[suite], "--groups",
                                   GROUPS[group], "--name", name, "get:/who", "receive"),
                       suite, group, key, retry=False,
                       received=digest_of(f"{suite} {CURVES[group]} {name}\n"))


def client_more(pki):
    for group, curve in CURVES.items():
        with nginx(pki, f"ssl_ecdh_curve {curve};") as port:
            with case(f"HelloRetryRequest for {group}"):
                agreed(ward_client(port, "--ca", pki.ca, "--key-shares", "0", "get:/who",
                                   "receive"), group=group, retry=True)
    with nginx(pki, "ssl_verify_client on;") as port:
        for key in ["client", *KEYS]:
            with case(f"client certificate {key}"):
                agreed(ward_client(port, "--ca", pki.ca, *pki.identity(key), "get:/me", "receive"),
                       received=digest_of(f"CN={key}\n"))
        with case("no client certificate: nginx says so by HTTP"):
            report = ward_client(port, "--ca", pki.ca, "get:/me")
            check("400 Bad Request" in report["step"] and not report["ok"], report)
    with nginx(pki) as port, case("KeyUpdate before a request"):
        agreed(ward_client(port, "--ca", pki.ca, "update", "get:/who", "receive"), updates_out=1)


def bulk(pki):
    os.mkdir(pki.path("www"))
    block, digest = os.urandom(1 << 20), hashlib.sha256()
    with open(pki.path("www/file"), "wb") as file:
        for _ in range(BULK >> 20):
            file.write(block)
            digest.update(block)
            block = block[1:] + block[:1]
    with nginx(pki) as port, case(f"a file of {BULK} bytes"):
        agreed(ward_client(port, "--ca", pki.ca, "get:/file", "receive"), received_bytes=BULK,
               received=digest.hexdigest())


def main():
    need("nginx", "openssl")
    with workplace() as pki:
        for part in (client_matrix, client_more, bulk):
            part(pki)
    return finish()


if __name__ == "__main__":
    sys.exit(main())
