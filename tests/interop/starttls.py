#!/usr/bin/env python3
# ctest: plain-only
"""Servers that speak something else than HTTP: those that are asked for TLS first (Postfix, Dovecot,
slapd, vsftpd, PostgreSQL, MariaDB, Prosody), and those that begin with it (Mosquitto, Redis), each from its package, with
`ward connect`. A server that is not installed is named and left out."""
import os
import re
import shutil
import subprocess
import sys

from peers import (BUILD, Process, case, check, finish, free_port, need, running,
                   server_on_free_port, workplace)

WARD = os.environ.get("WARD_BIN", os.path.join(BUILD, "ward"))
KEY = "p256"


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def there(program, what):
    if shutil.which(program):
        return True
    print(f"skipped: {what}: {program} is not installed")
    return False


def ward(pki, target, *args, said=b""):
    return subprocess.run([WARD, "connect", target, "--cacert", pki.ca, "--timeout", "20s", *args],
                          input=said, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                          check=False)


def trusted(pki, target, *args):
    """The facts of a session that must be good, in both versions."""
    done = ward(pki, target, "-n", *args)
    text = done.stdout.decode()
    check(done.returncode == 0 and "trusted" in text, f"{text}{done.stderr.decode()}")
    check(re.search(r"Version +TLS 1\.[23]", text), text)


def talks(pki, target, said, answer, *args):
    """What goes through the session once it stands."""
    done = ward(pki, target, "-q", *args, said=said)
    check(answer in done.stdout, f"{done.stdout}{done.stderr}")


# ---- mail ----

POSTFIX_MAIN = """
compatibility_level = 3.6
queue_directory = {where}/spool
data_directory = {where}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
maillog_file = /dev/stdout
smtpd_tls_cert_file = {chain}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_forbid_unauth_pipelining = no
alias_maps =
"""

POSTFIX_MASTER = """
{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
cleanup unix n - n - 0 cleanup
"""


def postfix_cases(pki, port):
    with case("Postfix: smtp"):
        trusted(pki, f"smtp://localhost:{port}")
    with case("Postfix: what is said over it"):
        talks(pki, f"localhost:{port}", b"EHLO x\r\nQUIT\r\n", b"250-mail.example",
              "--starttls", "smtp")
    with case("Postfix: without STARTTLS it is no TLS server"):
        done = ward(pki, f"localhost:{port}", "-n")
        check(done.returncode == 4 and b"does not speak TLS" in done.stderr, done)


def postfix(pki):
    where = pki.path("postfix")
    for folder in ("spool", "data", "etc"):
        os.makedirs(os.path.join(where, folder))
    shutil.chown(os.path.join(where, "data"), "postfix")
    os.chmod(pki.where, 0o755)

    def start(port):
        write(f"{where}/etc/main.cf", POSTFIX_MAIN.format(where=where, chain=pki.chain(KEY),
                                                          key=pki.key(KEY)))
        write(f"{where}/etc/master.cf", POSTFIX_MASTER.format(port=f"127.0.0.1:{port}"))
        return Process("postfix", "-c", f"{where}/etc", "start-fg")

    with server_on_free_port(start) as port:
        try:
            postfix_cases(pki, port)
        finally:  # all its processes, which hold its output open
            subprocess.run(["postfix", "-c", f"{where}/etc", "stop"], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, timeout=30, check=False)


DOVECOT_23 = """
ssl_cert = <{chain}
ssl_key = <{key}
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={where}/home
}}
mail_location = maildir:{where}/home/mail
"""
DOVECOT_24 = """
ssl_server_cert_file = {chain}
ssl_server_key_file = {key}
passdb static {{
  fields {{
    nopassword = yes
  }}
}}
userdb static {{
  fields {{
    uid = nobody
    gid = nogroup
    home = {where}/home
  }}
}}
mail_driver = maildir
mail_path = {where}/home/mail
"""
DOVECOT = """
base_dir = {where}/run
state_dir = {where}/state
log_path = /dev/stderr
protocols = {protocols}
listen = 127.0.0.1
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
ssl = yes
{services}
"""
DOVECOT_SERVICE = """
service {service} {{
  inet_listener {name} {{
    port = {port}
  }}
}}
"""


def dovecot(pki):
    where = pki.path("dovecot")
    os.makedirs(where)
    version = subprocess.run(["dovecot", "--version"], stdout=subprocess.PIPE, timeout=30,
                             check=True).stdout.decode()
    new = not version.startswith("2.3.")
    ports = {"imap": free_port(), "pop3": free_port(), "lmtp": free_port()}
    services = {"imap": "imap-login", "pop3": "pop3-login", "lmtp": "lmtp"}
    if os.path.exists("/usr/lib/dovecot/managesieve-login"):
        ports["sieve"] = free_port()
        services["sieve"] = "managesieve-login"
    config = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n" if new else ""
    config += DOVECOT.format(where=where, protocols=" ".join(ports), services="".join(
        DOVECOT_SERVICE.format(service=services[name], name=name, port=port)
        for name, port in ports.items()))
    config += (DOVECOT_24 if new else DOVECOT_23).format(where=where, chain=pki.chain(KEY),
                                                         key=pki.key(KEY))
    path = write(f"{where}/dovecot.conf", config)
    with running(Process("dovecot", "-F", "-c", path)) as server:
        server.expect(lambda line: "starting up" in line)
        for name, port in ports.items():
            with case(f"Dovecot: {name}"):
                trusted(pki, f"{name}://localhost:{port}")
        with case("Dovecot: what is said over it"):
            talks(pki, f"imap://localhost:{ports['imap']}", b"a CAPABILITY\r\nb LOGOUT\r\n",
                  b"a OK")


# ---- directories, files, databases ----

def slapd(pki):
    where = pki.path("slapd")
    config = write(f"{where}/slapd.conf", f"""
pidfile {where}/pid
TLSCACertificateFile {pki.ca}
TLSCertificateFile {pki.chain(KEY)}
TLSCertificateKeyFile {pki.key(KEY)}
""")

    def start(port):
        return Process("slapd", "-h", f"ldap://127.0.0.1:{port}", "-f", config, "-d", "0")

    with server_on_free_port(start) as port, case("slapd: ldap"):
        trusted(pki, f"ldap://localhost:{port}")


def vsftpd(pki):
    where = pki.path("vsftpd")
    os.makedirs(f"{where}/empty")

    def start(port):
        config = write(f"{where}/vsftpd.conf", f"""
listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
secure_chroot_dir={where}/empty
ssl_enable=YES
rsa_cert_file={pki.chain("rsa")}
rsa_private_key_file={pki.key("rsa")}
require_ssl_reuse=NO
seccomp_sandbox=NO
""")
        return Process("vsftpd", config)

    with server_on_free_port(start) as port, case("vsftpd: ftp"):
        trusted(pki, f"ftp://localhost:{port}")


def postgres(pki):
    programs = sorted(os.path.join(folder, version, "bin") for folder in ["/usr/lib/postgresql"]
                      if os.path.isdir(folder) for version in os.listdir(folder))
    programs = [p for p in programs if os.path.exists(os.path.join(p, "postgres"))]
    if not programs:
        print("skipped: PostgreSQL is not installed")
        return
    where = pki.path("postgres")
    os.makedirs(where)
    os.chmod(pki.where, 0o755)
    shutil.chown(where, "postgres")
    user = [] if os.geteuid() != 0 else ["runuser", "-u", "postgres", "--"]
    subprocess.run([*user, f"{programs[-1]}/initdb", "-D", f"{where}/data", "-N"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    for name, source in (("server.crt", pki.chain(KEY)), ("server.key", pki.key(KEY))):
        shutil.copy(source, f"{where}/data/{name}")
        shutil.chown(f"{where}/data/{name}", "postgres")
        os.chmod(f"{where}/data/{name}", 0o600)

    def start(port):
        return Process(*user, f"{programs[-1]}/postgres", "-D", f"{where}/data", "-p", str(port),
                       "-h", "127.0.0.1", "-k", "", "-c", "ssl=on")

    with server_on_free_port(start) as port, case("PostgreSQL: postgres"):
        trusted(pki, f"postgres://localhost:{port}")


def mariadb(pki):
    where = pki.path("mariadb")
    os.makedirs(f"{where}/data")
    user = [] if os.geteuid() != 0 else ["--user=root"]

    def start(port):
        return Process("mariadbd", "--no-defaults", *user, f"--datadir={where}/data",
                       "--skip-grant-tables", "--innodb-fast-shutdown=2", f"--port={port}",
                       "--bind-address=127.0.0.1", f"--socket={where}/socket",
                       f"--pid-file={where}/pid", f"--ssl-cert={pki.chain(KEY)}",
                       f"--ssl-key={pki.key(KEY)}", f"--ssl-ca={pki.ca}")

    with server_on_free_port(start) as port:
        with case("MariaDB: mysql"):
            trusted(pki, f"mysql://localhost:{port}")
        with case("MariaDB: another port of it is none of PostgreSQL"):
            done = ward(pki, f"postgres://localhost:{port}", "-n")
            check(done.returncode != 0 and b"hint:" in done.stderr, done)


# ---- messages ----

PROSODY = """
run_as_root = true
daemonize = false
data_path = "{where}/data"
pidfile = "{where}/pid"
log = {{ {{ levels = {{ min = "info" }}, to = "console" }} }}
use_libevent = false
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {ports[0]} }}
s2s_ports = {{ {ports[1]} }}
modules_enabled = {{ "tls", "saslauth", "dialback", "disco" }}
modules_disabled = {{ "posix" }}
c2s_require_encryption = true
s2s_require_encryption = true
authentication = "internal_hashed"
ssl = {{ certificate = "{chain}", key = "{key}" }}
VirtualHost "localhost"
"""


def prosody(pki):
    where = pki.path("prosody")
    os.makedirs(f"{where}/data")
    ports = [0, 0]

    def start(port):
        ports[:] = [port, free_port()]
        config = write(f"{where}/prosody.cfg.lua", PROSODY.format(
            where=where, ports=ports, chain=pki.chain(KEY), key=pki.key(KEY)))
        return Process("prosody", "--config", config, "-F")

    with server_on_free_port(start):
        with case("Prosody: xmpp"):
            trusted(pki, f"xmpp://localhost:{ports[0]}")
        with case("Prosody: what is said over it"):
            talks(pki, f"xmpp://localhost:{ports[0]}",
                  b"<stream:stream xmlns='jabber:client' version='1.0' to='localhost' "
                  b"xmlns:stream='http://etherx.jabber.org/streams'>", b"<mechanism>SCRAM-SHA-1")
        with case("Prosody: xmpp-server"):
            trusted(pki, f"localhost:{ports[1]}", "--starttls", "xmpp-server")
        with case("Prosody: it serves no such name"):
            done = ward(pki, f"xmpp://localhost:{ports[0]}", "-n", "--servername", "other.example")
            check(done.returncode != 0 and b"hint:" in done.stderr, done)


# ---- TLS from the first byte on ----

def redis(pki):
    def start(port):
        return Process("redis-server", "--port", "0", "--tls-port", str(port), "--bind",
                       "127.0.0.1", "--tls-cert-file", pki.chain(KEY), "--tls-key-file",
                       pki.key(KEY), "--tls-ca-cert-file", pki.ca, "--tls-auth-clients", "no",
                       "--save", "")

    with server_on_free_port(start) as port, case("Redis"):
        trusted(pki, f"rediss://localhost:{port}")
        talks(pki, f"rediss://localhost:{port}", b"PING\r\nQUIT\r\n", b"+PONG")


def mosquitto(pki):
    def start(port):
        config = write(pki.path("mosquitto/mosquitto.conf"), f"""
listener {port} 127.0.0.1
cafile {pki.ca}
certfile {pki.chain(KEY)}
keyfile {pki.key(KEY)}
require_certificate true
use_identity_as_username true
user root
""")
        return Process("mosquitto", "-c", config)

    connect = b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01x\xe0\x00"
    with server_on_free_port(start) as port:
        with case("Mosquitto, with a client certificate"):
            talks(pki, f"mqtts://localhost:{port}", connect, b"\x20\x02\x00\x00", "--cert",
                  pki.chain("client"), "--key", pki.key("client"))
        with case("Mosquitto, without one"):
            done = ward(pki, f"mqtts://localhost:{port}", "-q", said=connect)
            check(done.returncode == 4, done)


def main():
    need("openssl")
    parts = [("postfix", "Postfix", postfix), ("dovecot", "Dovecot", dovecot),
             ("slapd", "LDAP", slapd), ("vsftpd", "FTP", vsftpd), ("redis-server", "Redis", redis),
             ("mosquitto", "MQTT", mosquitto), ("mariadbd", "MySQL", mariadb),
             ("prosody", "XMPP", prosody)]
    with workplace() as pki:
        for program, what, part in parts:
            if there(program, what):
                part(pki)
        postgres(pki)
    return finish()


if __name__ == "__main__":
    sys.exit(main())
