#!/usr/bin/env python3
"""`ward openssl req` beside openssl(1). RSA and Ed25519 sign the same bytes in the same way each time, so
requests that both make are compared byte by byte; certificates but for their serial number and times.
It covers src/cli/openssl/req.c, req_conf.c, req_key.c, req_make.c, req_subject.c, conf.c, conf_name.c,
ext_list.c, ext_names.c, ext_pairs.c, ext_policies.c, ext_values.c, issue.c, text_req.c.

Listed differences: -subj takes OIDs, and is refused with a type that is not known; -subj and files are UTF-8 always; there is no "AU" and no "Internet Widgits Pty Ltd"
where no answer is given; attributes (challengePassword) are left out; of ASN1: SET, BITLIST and classes
of tags other than context are refused, and what stands there is UTF-8.
"""
import os
import re
import sys

from beside_openssl import FORM_OF_35, ours, peer_version, refused, shown, theirs, write
from command import Test, need

CONFIG = r"""
# what people write
HOME = .
base = example.org
[ req ]
default_bits = 3072
default_md = sha384
prompt = no
encrypt_key = no
distinguished_name = dn
req_extensions = v3_req
x509_extensions = v3_self

[dn]
C  = DE
ST = "Free  State"   # a comment
L  = M\
ünchen
0.O = Öl \# Co
1.O = second
OU = one
+OU = two
CN = www.$base
emailAddress = me@${base}

[v3_req]
basicConstraints = CA:FALSE
keyUsage = nonRepudiation, digitalSignature, keyEncipherment
subjectAltName = @alt_names

[v3_self]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always, issuer:always
basicConstraints = critical, CA:true, pathlen:0
subjectAltName = @alt_names

[alt_names]
DNS.1 = $base
DNS.2 = *.$(base)
DNS.3 = $default::base
IP.1 = 192.0.2.1
IP.2 = 2001:db8::1
email.1 = me@example.org
URI.1 = https://u.example/p?q=1,2

[more]
keyUsage=critical,digitalSignature,keyCertSign,cRLSign,encipherOnly,decipherOnly
extendedKeyUsage=serverAuth,clientAuth,codeSigning,emailProtection,timeStamping,OCSPSigning,ipsecIKE,1.2.3.4,anyExtendedKeyUsage
subjectKeyIdentifier=hash
subjectAltName=DNS:a.example,email:copy,RID:1.2.3.4,dirName:dirn,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:upn@x
issuerAltName=DNS:issuer.example
authorityInfoAccess=OCSP;URI:http://o.example/,caIssuers;URI:http://c.example/,1.2.3;DNS:x
subjectInfoAccess=caRepository;URI:http://r.example/
crlDistributionPoints=dp1,URI:http://x/y.crl
freshestCRL=URI:http://d.example/d.crl
certificatePolicies=1.2.3,anyPolicy,@pol,@pol2
policyConstraints=requireExplicitPolicy:3,inhibitPolicyMapping:200
inhibitAnyPolicy=2
nameConstraints=critical,permitted;DNS:a.example,permitted;IP:10.0.0.0/255.0.0.0,permitted;email:x.example,excluded;dirName:dirn,excluded;URI:.b.example,excluded;IP:2001:db8::/ffff:ffff::
tlsfeature=status_request,status_request_v2,99
nsComment="a comment, with a comma"
nsCertType=client,server,email,objsign,reserved,sslCA,emailCA,objCA
noCheck=ignored
1.2.3.4.6=critical,DER:04:05:0102030405
[dirn]
C=DE
O=Oil, Inc
CN=x/y
[dp1]
fullname=URI:http://a/1.crl,URI:ldap://b/2
[pol]
policyIdentifier=1.3.5.8
CPS.1=http://cps.example/
userNotice.1=@n
[pol2]
policyIdentifier=2.23.140.1.2.1
userNotice.1=@n2
[n]
explicitText="hear ye"
organization="Org"
noticeNumbers=1,2,300
[n2]
explicitText=UTF8:tëxt
"""

PROMPTS = """
[req]
distinguished_name = dn
[dn]
countryName = Country
countryName_default = FR
countryName_min = 2
countryName_max = 2
0.organizationName = Organization
commonName = Name
commonName_max = 64
emailAddress = Mail
"""


# 3.0 says so on standard error.
VERIFIED = b"Certificate request self-signature verify OK\n"


def same_request(test, what, *args, stdin=b""):
    """Both make the same bytes."""
    mine = ours(test, "req", "-new", *args, "-outform", "DER", stdin=stdin)
    other = theirs(test, "req", "-new", "-utf8", *args, "-outform", "DER", stdin=stdin)
    test.check(f"same request: {what}", mine.out == other.out and mine.status == other.status == 0 and
               mine.out != b"", f"ward: {mine}\nopenssl: {other}")


def same_certificate(test, what, *args):
    mine = ours(test, "req", "-x509", *args, "-out", "mine.pem")
    other = theirs(test, "req", "-x509", "-utf8", *args, "-out", "other.pem")
    test.check(f"same certificate: {what}",
               mine.status == other.status == 0 and shown(test, "mine.pem") == shown(test, "other.pem"),
               f"ward: {mine}\n{shown(test, 'mine.pem')}\nopenssl: {other}\n"
               f"{shown(test, 'other.pem')}")


def test_requests(test):
    for what, args in (
            ("a name", ["-subj", "/CN=example.org"]),
            ("several parts", ["-subj", "/C=DE/ST=Bayern/L=München/O=Öl/OU=x/CN=a/emailAddress=a@b.c"]),
            ("escapes", ["-subj", r"/O=a\/b\+c\\d/CN=x"]),
            ("parts that are joined", ["-subj", "/O=a/OU=b+CN=c"]),
            ("long names of types", ["-subj", "/organizationName=a/commonName=b/DC=example"]),
            ("one extension", ["-subj", "/CN=a", "-addext", "subjectAltName=DNS:a.example,IP:::1"]),
            ("several", ["-subj", "/CN=a", "-addext", "subjectAltName = DNS:a.example",
                         "-addext", "keyUsage=critical,digitalSignature", "-addext",
                         "extendedKeyUsage=serverAuth", "-addext", "tlsfeature=status_request"]),
            ("a sha512", ["-subj", "/CN=a", "-sha512"]),
            ("v3_req of no file", ["-subj", "/CN=a", "-reqexts", "v3_req"]),
            ("a file", ["-config", "req.cnf"]),
            ("a file's other extensions", ["-config", "req.cnf", "-reqexts", "more"]),
            ("a file, another subject", ["-config", "req.cnf", "-subj", "/CN=other"]),
            ("a file, another hash", ["-config", "req.cnf", "-sha256"])):
        same_request(test, what, "-key", "rsa.pem", *args)
    if peer_version(test) >= (3, 2): # before, it takes the one or the other
        same_request(test, "a file's with one more", "-key", "rsa.pem", "-config", "req.cnf",
                     "-addext", "inhibitAnyPolicy=1")
    for args in (["-subj", "/CN=a"], ["-config", "req.cnf", "-sha256"]):
        same_request(test, f"Ed25519: {args}", "-key", "ed.pem", *args)
    same_request(test, "asked for", "-key", "rsa.pem", "-config", "ask.cnf",
                 stdin=b"DE\nOil Inc\nname.example\nme@x.example\n")
    same_request(test, "asked for: defaults and dots", "-key", "rsa.pem", "-config", "ask.cnf",
                 stdin=b"\n.\nname.example\n\n")
    same_request(test, "asked for: once more", "-key", "rsa.pem", "-config", "ask.cnf",
                 stdin=b"DEU\nDE\nOil Inc\nname.example\n\n")
    same_request(test, "asked for by no file", "-key", "rsa.pem",
                 stdin=b"DE\nBayern\nHof\nOil Inc\nUnit\nname.example\nme@x.example\n\n\n")
    same_request(test, "-batch", "-key", "rsa.pem", "-config", "ask.cnf", "-batch")
    same_request(test, "an encrypted key", "-key", "locked.pem", "-passin", "pass:secret", "-subj",
                 "/CN=a")


def test_new_keys(test):
    for what, args, key in (
            ("rsa", ["-newkey", "rsa:3072"], "RSA Private-Key|Private-Key: \\(3072"),
            ("ec", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"], "secp384r1"),
            ("ec of a file", ["-newkey", "ec:params.pem"], "prime256v1"),
            ("ed25519", ["-newkey", "ed25519"], "ED25519"),
            ("rsa, by -pkeyopt", ["-newkey", "rsa", "-pkeyopt", "rsa_keygen_bits:2048"], "2048 bit")):
        made = ours(test, "req", *args, "-nodes", "-keyout", "new.key", "-subj", "/CN=a", "-out",
                    "new.csr")
        told = theirs(test, "pkey", "-in", "new.key", "-noout", "-text").out.decode()
        fits = theirs(test, "req", "-in", "new.csr", "-noout", "-pubkey", "-verify")
        fits.out = fits.out.replace(VERIFIED, b"")
        public = theirs(test, "pkey", "-in", "new.key", "-pubout")
        test.check(f"a new key: {what}", made.status == 0 and re.search(key, told) is not None and
                   fits.out == public.out and fits.status == 0, f"{made}\n{told}\n{fits}")
        mode = os.stat(test.path("new.key")).st_mode & 0o777
        test.check(f"a new key is for its owner alone: {mode:o}", mode == 0o600)
    locked = ours(test, "req", "-newkey", "rsa:2048", "-keyout", "l.key", "-passout", "pass:wörd",
                  "-subj", "/CN=a", "-out", "l.csr")
    reads = theirs(test, "pkey", "-in", "l.key", "-passin", "pass:wörd", "-noout")
    with open(test.path("l.key"), encoding="ascii") as file:
        test.check("a new key is encrypted unless -nodes is given", locked.status == 0 and
                   reads.status == 0 and "ENCRYPTED" in file.read(), f"{locked}\n{reads}")
    plain = ours(test, "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a", "-out", "d.csr")
    test.check("a new key goes to privkey.pem", plain.status == 0 and
               os.path.exists(test.path("privkey.pem")), plain)


def test_certificates(test):
    for what, args in (
            ("the defaults", ["-subj", "/CN=localhost", "-days", "365"]),
            ("with a name", ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]),
            ("one of the file replaced", ["-subj", "/CN=a", "-extensions", "v3_ca", "-addext",
                                          "keyUsage=keyCertSign,cRLSign"]),
            ("a file", ["-config", "req.cnf", "-days", "3"]),
            ("a file's other extensions", ["-config", "req.cnf", "-extensions", "more"]),
            ("a serial number", ["-subj", "/CN=a", "-set_serial", "4660"])):
        same_certificate(test, what, "-key", "rsa.pem", *args)
    for number, wanted in (("4660", "1234"), ("0xABCDEF0123456789abcdef", "ABCDEF0123456789ABCDEF"),
                           ("123456789012345678901234567890", "018EE90FF6C373E0EE4E3F0AD2"),
                           ("1", "01")):
        ours(test, "req", "-x509", "-key", "rsa.pem", "-subj", "/CN=a", "-set_serial", number, "-out",
             "s.pem")
        told = theirs(test, "x509", "-in", "s.pem", "-noout", "-serial").out.decode()
        test.check(f"serial number {number}", told == f"serial={wanted}\n", told)
    ours(test, "req", "-x509", "-key", "rsa.pem", "-subj", "/CN=a", "-not_before", "20200102030405Z",
         "-not_after", "491231235959Z", "-out", "t.pem")
    told = theirs(test, "x509", "-in", "t.pem", "-noout", "-dates").out.decode()
    test.check("times", told == "notBefore=Jan  2 03:04:05 2020 GMT\n"
               "notAfter=Dec 31 23:59:59 2049 GMT\n", told)


def test_issuing(test):
    """-x509 for a request that is there, by itself or by a CA."""
    theirs(test, "req", "-x509", "-key", "rsa.pem", "-subj", "/CN=ca", "-out", "ca.pem", "-days", "9")
    theirs(test, "req", "-new", "-key", "ed.pem", "-subj", "/CN=leaf", "-addext",
           "subjectAltName=DNS:leaf.example", "-out", "leaf.csr")
    for copied in ("none", "copy"):
        made = ours(test, "req", "-x509", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "rsa.pem",
                    "-config", "none.cnf", "-copy_extensions", copied, "-out", "leaf.pem")
        good = theirs(test, "verify", "-CAfile", "ca.pem", "leaf.pem")
        told = theirs(test, "x509", "-in", "leaf.pem", "-noout", "-text").out.decode()
        test.check(f"by a CA, -copy_extensions {copied}", made.status == 0 and good.status == 0 and
                   ("DNS:leaf.example" in told) == (copied == "copy") and
                   "Authority Key Identifier" in told, f"{made}\n{good}\n{told}")
    other = ours(test, "req", "-x509", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ed.pem")
    test.check("by another's key", other.status == 1 and other.out == b"", other)


def test_shown(test):
    for args in (["-noout", "-text"], ["-text"], ["-noout", "-subject"], ["-noout", "-pubkey"],
                 ["-noout", "-modulus"], ["-noout", "-verify"], [], ["-outform", "DER"],
                 ["-noout", "-subject", "-text", "-modulus", "-pubkey"]):
        for name in ("full.csr", "plain.csr", "challenge.csr"):
            form = FORM_OF_35 if "-text" in args or "-subject" in args else []
            mine = ours(test, "req", "-in", name, *args)
            other = theirs(test, "req", "-in", name, *args, *form)
            test.check(f"shown alike: {name} {args}",
                       re.sub(rb"\n\n+", b"\n", mine.out.replace(VERIFIED, b"")) ==
                       re.sub(rb"\n\n+", b"\n", other.out.replace(b"UPN::", b"UPN:")
                              .replace(VERIFIED, b"")) and
                       mine.status == other.status, f"ward: {mine}\nopenssl: {other}")
    said = ours(test, "req", "-in", "full.csr", "-noout", "-verify")
    test.check("-verify: OK", said.out == VERIFIED and said.err == "", said)
    with open(test.path("full.der"), "rb") as file:
        broken = bytearray(file.read())
    broken[-1] ^= 1
    told = ours(test, "req", "-noout", "-verify", "-inform", "DER", stdin=bytes(broken))
    test.check("-verify: not OK", told.status == 1 and "verify failure" in told.err, told)


ASN1_GOOD = ("UTF8String:hello", "UTF8:a,b:c", "INTEGER:-129", "INTEGER:0x00ff", "INTEGER:127", "INTEGER:128", "INT:0",
             "INTEGER:-9223372036854775808", "INTEGER:0x8000000000000000ffff", "INTEGER:0xabc", "ENUM:5",
             "BOOLEAN:TRUE", "BOOL:no", "NULL", "NULL:", "OID:serverAuth", "OBJECT:1.2.3.4", "UTCTIME:260101000000Z",
             "GENTIME:20260101000000Z", "FORMAT:HEX,OCT:01:02ff", "OCTETSTRING:abc", "FORMAT:HEX,BITSTR:ff00",
             "BITSTR:abc", "IA5:a@b", "VISIBLE:x y", "PRINTABLE:a b", "NUMERIC:12 3", "T61:abc", "GENSTR:x", "BMP:abc",
             "UNIV:ab", "FORMAT:UTF8,UTF8:\u5b66", "FORMAT:UTF8,BMP:\u5b66", "EXPLICIT:0,INTEGER:5", "EXP:3C,UTF8:x",
             "IMPLICIT:0,INTEGER:5", "IMP:1,SEQWRAP,NULL", "EXPLICIT:2,IMPLICIT:1,OCT:x", "OCTWRAP,UTF8:hey",
             "SEQWRAP,INTEGER:1", "SETWRAP,NULL", "BITWRAP,NULL", "SEQWRAP,OCTWRAP,EXP:2,NULL", "SEQUENCE:asn1_seq",
             "EXP:1,SEQ:asn1_seq")
ASN1_BAD = ("SEQUENCE:none", "BOOLEAN:maybe", "NULL:x", "INTEGER:", "INTEGER:0x", "INTEGER:5x", "INT: 5", "", "FOO:x",
            "PRINTABLE:a@b", "NUMERIC:x", "UTCTIME:2026", "GENTIME:260101000000Z", "OID:nonsense", "FORMAT:HEX,OCT:1",
            "FORMAT:HEX,OCT:xx", "EXPLICIT:x,NULL", "FORMAT:HEX", "EXPLICIT:1")


def asn1_values(test, tool, section):
    """What stands in the extensions of a request, by their OIDs; nothing where none was made."""
    path = test.path("asn1.csr")
    if os.path.exists(path):
        os.remove(path)
    tool(test, "req", "-new", "-key", "rsa.pem", "-config", "asn1.cnf", "-reqexts", section, "-out", "asn1.csr")
    if not os.path.exists(path):
        return {}
    shown = theirs(test, "asn1parse", "-in", "asn1.csr").out.decode(errors="replace")
    return dict(re.findall(r":(1\.2\.3\.\d+)\n.*\[HEX DUMP\]:(\w+)", shown))


def test_asn1(test):
    """Values by ASN1: are the same bytes as openssl's."""
    lines = ["[req]", "distinguished_name = dn", "prompt = no", "utf8 = yes", "[dn]", "CN = a", "[asn1_seq]",
             "one = INTEGER:1", "two = UTF8:x", "three = SEQUENCE:asn1_in", "[asn1_in]", "b = BOOLEAN:TRUE",
             "[circle]", "again = SEQUENCE:circle"]
    for i, text in enumerate(ASN1_GOOD):  # not all in one: there is a limit
        lines += ([f"[good{i // 24}]"] if i % 24 == 0 else []) + [f"1.2.3.{i} = ASN1:{text}"]
    for i, text in enumerate(ASN1_BAD):
        lines += [f"[bad{i}]", f"1.2.3.{i} = ASN1:{text}"]
    write(test, "asn1.cnf", "\n".join(lines) + "\n")
    mine, other = ({**asn1_values(test, tool, "good0"), **asn1_values(test, tool, "good1")} for tool in (ours, theirs))
    for i, text in enumerate(ASN1_GOOD):
        pair = mine.get(f"1.2.3.{i}"), other.get(f"1.2.3.{i}")
        test.check(f"ASN1:{text}: {pair}", pair[0] is not None and pair[0] == pair[1])
    for i, text in enumerate(ASN1_BAD):
        test.check(f"ASN1:{text}: refused", asn1_values(test, ours, f"bad{i}") == {} ==
                   asn1_values(test, theirs, f"bad{i}"))


def test_refused(test):
    for args, wanted in (
            (["-new", "-key", "rsa.pem", "-subj", "CN=a"], "give it as /C=DE"),
            (["-new", "-key", "rsa.pem", "-subj", "/CN"], "has no value"),
            (["-new", "-key", "rsa.pem", "-subj", "/XX=a"], "is no attribute"),
            (["-new", "-key", "rsa.pem", "-subj", "/C=DEU"], "it must have 2"),
            (["-new", "-key", "rsa.pem", "-subj", "/CN=a", "-addext", "subjectAltName=a.example"],
             "needs a kind in front"),
            (["-new", "-key", "rsa.pem", "-subj", "/CN=a", "-addext", "subjectAltName=IP:1.2.3"],
             "is no IP address"),
            (["-new", "-key", "rsa.pem", "-subj", "/CN=a", "-addext", "subjectAltName=@names"],
             "there is no section [names]"),
            (["-new", "-key", "rsa.pem", "-subj", "/CN=a", "-addext", "noSuch=1"], "is no extension"),
            (["-new", "-key", "rsa.pem", "-subj", "/CN=a", "-addext", "keyUsage=sign"],
             'there is no "sign"'),
            (["-new", "-key", "rsa.pem", "-subj", "/CN=a", "-addext", "1.2.3.4=ASN1:SET:x"],
             "SET is not supported; give the bytes"),
            (["-new", "-key", "rsa.pem", "-subj", "/CN=a", "-addext", "1.2.3.4=abc"],
             "as DER:hex, or as ASN1:type:value"),
            (["-new", "-key", "rsa.pem", "-subj", "/CN=a", "-config", "asn1.cnf", "-addext",
              "1.2.3.4=ASN1:SEQUENCE:circle"], "more than 16"),
            (["-new", "-key", "rsa.pem", "-subj", "/CN=a", "-addext", "keyUsage=cRLSign", "-addext",
              "keyUsage=cRLSign"], "is there twice"),
            (["-new", "-key", "rsa.pem", "-subj", "/CN=a", "-addext", "authorityKeyIdentifier=keyid"],
             "a request has no issuer yet"),
            (["-new", "-key", "rsa.pem", "-config", "bad.cnf"], "bad.cnf:3: there is no value for $x"),
            (["-new", "-key", "rsa.pem", "-config", "none.cnf"], "names no section"),
            (["-new", "-key", "rsa.pem"], "there is no answer"),
            (["-new", "-newkey", "rsa:1024", "-nodes"], "give 2048 to 8192"),
            (["-newkey", "ec", "-nodes"], "-pkeyopt ec_paramgen_curve:P-256"),
            (["-newkey", "dsa:x", "-nodes"], "give rsa:2048"),
            (["-new", "-key", "missing.pem"], "missing.pem"),
            (["-sha1", "-new"], "SHA-1 is broken"),
            (["-x509", "-x509v1"], "certificates are of version 3"),
            (["-in", "full.csr", "-subj", "/CN=other"], "make another")):
        refused(test, ["req", *args], wanted)
    kept = ours(test, "req", "-new", "-key", "missing.pem", "-subj", "/CN=a", "-out", "full.csr")
    test.check("what fails leaves the file", kept.status == 1 and
               theirs(test, "req", "-in", "full.csr", "-noout").status == 0, kept)


def main():
    need("openssl")
    test = Test()
    write(test, "req.cnf", CONFIG)
    write(test, "ask.cnf", PROMPTS)
    write(test, "none.cnf", "[req]\nprompt = no\n")
    write(test, "challenge.cnf", "[req]\nprompt = no\ndistinguished_name = dn\nattributes = a\n"
          "[dn]\nCN = a\n[a]\nchallengePassword = secret\nunstructuredName = a name\n")
    write(test, "bad.cnf", "[req]\n# $x\ny = $x\n")
    theirs(test, "genpkey", "-algorithm", "RSA", "-out", "rsa.pem")
    theirs(test, "genpkey", "-algorithm", "ED25519", "-out", "ed.pem")
    theirs(test, "pkey", "-in", "rsa.pem", "-aes256", "-passout", "pass:secret", "-out", "locked.pem")
    theirs(test, "ecparam", "-name", "prime256v1", "-out", "params.pem")
    theirs(test, "req", "-new", "-key", "rsa.pem", "-utf8", "-config", "req.cnf", "-reqexts", "more",
           "-out", "full.csr")
    theirs(test, "req", "-in", "full.csr", "-outform", "DER", "-out", "full.der")
    theirs(test, "req", "-new", "-key", "ed.pem", "-subj", "/CN=a", "-out", "plain.csr")
    theirs(test, "req", "-new", "-key", "rsa.pem", "-config", "challenge.cnf", "-out",
           "challenge.csr")
    test_requests(test)
    test_new_keys(test)
    test_certificates(test)
    test_issuing(test)
    test_shown(test)
    test_asn1(test)
    test_refused(test)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
