#!/usr/bin/env python3
"""`ward openssl x509` beside openssl(1): every certificate of the machine's roots and a set with all
extensions that OpenSSL makes, with each thing that can be shown. It covers src/cli/openssl/x509.c,
x509_print.c, text_cert.c, text_ext.c, text_ext_more.c, text_name.c, text_values.c and
src/crypto/oid_name.c.

ward does as OpenSSL 3.5. What 3.0 does otherwise is listed in `same`: names have blanks and quotation
marks unless -nameopt says how, othername has two colons, blank lines stand elsewhere, and a name that
is not the certificate's is no failure. Listed differences from both: characters that could harm a
terminal are escaped, and keys on curves that ward does not use are not shown.
"""
import os
import re
import sys

from beside_openssl import FORM_OF_35, ours, peer_version, refused, theirs
from command import Test, need

ROOTS = "/etc/ssl/certs/ca-certificates.crt"

EXTENSIONS = """
[req]
distinguished_name=dn
[dn]
[all]
basicConstraints=critical,CA:TRUE,pathlen:3
keyUsage=critical,digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment,keyAgreement,keyCertSign,cRLSign,encipherOnly,decipherOnly
extendedKeyUsage=serverAuth,clientAuth,codeSigning,emailProtection,timeStamping,OCSPSigning,ipsecIKE,msCodeInd,1.2.3.4,anyExtendedKeyUsage
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid:always,issuer:always
subjectAltName=@alt
issuerAltName=DNS:issuer.example
authorityInfoAccess=OCSP;URI:http://o.example/,caIssuers;URI:http://c.example/,1.2.3;DNS:x
subjectInfoAccess=caRepository;URI:http://r.example/
crlDistributionPoints=dp1,dp2,dp3,URI:http://x/y.crl
freshestCRL=URI:http://d.example/d.crl,URI:http://d.example/e.crl,dp2,dp3,dp4,dp1
certificatePolicies=1.2.3,anyPolicy,@pol,@pol2
policyMappings=1.2.3:1.2.4,1.2.5:anyPolicy
policyConstraints=requireExplicitPolicy:3,inhibitPolicyMapping:1
inhibitAnyPolicy=2
nameConstraints=critical,permitted;DNS:a.example,permitted;IP:10.0.0.0/255.0.0.0,permitted;email:x.example,excluded;dirName:dirn,excluded;URI:.b.example,excluded;IP:2001:db8::/ffff:ffff::
tlsfeature=status_request,status_request_v2,99
nsComment="a comment"
nsCertType=client,server,email,objsign,reserved,sslCA,emailCA,objCA
1.3.6.1.5.5.7.48.1.5=ASN1:NULL
1.2.3.4.5=ASN1:UTF8String:hello
1.2.3.4.6=DER:0405
2.5.29.16=ASN1:SEQUENCE:pkup
[pkup]
a=IMPLICIT:0,GENERALIZEDTIME:20200101000000Z
b=IMPLICIT:1,GENERALIZEDTIME:20300101000000Z
[alt]
DNS.1=*.example.org
email.1=a@b.example
URI.1=https://u.example/p
IP.1=192.0.2.1
IP.2=2001:db8::5
RID.1=1.2.3.4
dirName.1=dirn
otherName.1=1.3.6.1.4.1.311.20.2.3;UTF8:upn@x
otherName.2=1.2.3;UTF8:zz
[dirn]
C=DE
O=Öl, Inc
CN=x/y
[dp1]
fullname=URI:http://a/1.crl,URI:ldap://b/2
reasons=keyCompromise,CACompromise
CRLissuer=dirName:dirn
[dp2]
relativename=rel
[dp3]
CRLissuer=dirName:dirn
[dp4]
fullname=URI:http://a/4.crl
reasons=keyCompromise
[rel]
CN=relly
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

SHOWN = [["-text"], ["-subject"], ["-issuer"], ["-serial"], ["-dates"], ["-startdate"],
         ["-enddate"], ["-fingerprint"], ["-fingerprint", "-sha256"], ["-fingerprint", "-md5"],
         ["-pubkey"], ["-modulus"], ["-hash"], ["-subject_hash"], ["-issuer_hash"], ["-email"],
         ["-ocsp_uri"], ["-ext", "subjectAltName,keyUsage,basicConstraints"],
         ["-subject", "-nameopt", "RFC2253"], ["-issuer", "-nameopt", "oneline"],
         ["-subject", "-nameopt", "multiline"], ["-subject", "-nameopt", "compat"],
         ["-dates", "-dateopt", "iso_8601"], ["-checkhost", "a.example.org"],
         ["-checkip", "192.0.2.1"], ["-checkemail", "a@b.example"], ["-checkend", "86400"],
         ["-checkend", "4000000000"]]


def same(mine, other, old):
    """Whether two outputs are the same, but for what is listed above."""
    if not old:
        return mine == other
    other = other.replace(b"othername: UPN::", b"othername: UPN:")
    other = re.sub(rb"(othername: [0-9.]+)::", rb"\1:", other)
    other = re.sub(rb"(\S)( {16}(?:Reasons|CRL Issuer):)", rb"\1\n\2", other)
    return re.sub(rb"\n\n+", b"\n", mine) == re.sub(rb"\n\n+", b"\n", other)


def compare(test, name, args, stdin, old):
    form = FORM_OF_35 if old and "-nameopt" not in args else []
    mine = ours(test, "x509", *args, stdin=stdin)
    other = theirs(test, "x509", *args, *form, stdin=stdin)
    if old and b" does NOT match certificate\n" in other.out:
        other.status = 1
    test.check(f"{name}: x509 {' '.join(args)}",
               same(mine.out, other.out, old) and mine.status == other.status,
               f"ward: {mine}\nopenssl: {other}")


def test_roots(test, old):
    with open(ROOTS, encoding="ascii") as file:
        certs = re.findall(r"-----BEGIN.*?-----END CERTIFICATE-----\n", file.read(), re.S)
    for at, cert in enumerate(certs):
        # All of each, and of one in 24 each single thing besides.
        for args in SHOWN if at % 24 == 0 else SHOWN[:1]:
            compare(test, f"root {at}", ["-noout", *args], cert.encode(), old)
    test.check("there are roots", len(certs) > 50)


def make(test, name, *args):
    path = test.path("ext.cnf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(EXTENSIONS)
    theirs(test, "req", "-x509", "-nodes", "-keyout", test.path("made.key"), "-out",
           test.path(name), "-utf8", "-days", "30", "-config", path, *args)
    with open(test.path(name), "rb") as file:
        return file.read()


def test_made(test, old):
    ec = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
    all_of_them = make(test, "all.pem", *ec, "-subj",
                       '/C=DE/O=\u00dcn\u00efcode, Ltd/CN=a"b\\\\c=d/emailAddress=m@x.example',
                       "-extensions", "all")
    made = {
        "all extensions": all_of_them,
        "Ed25519": make(test, "ed.pem", "-newkey", "ed25519", "-subj", "/CN=e"),
        "P-384, a small serial": make(test, "p384.pem", "-newkey", "ec", "-pkeyopt",
                                      "ec_paramgen_curve:P-384", "-subj", "/CN=e",
                                      "-set_serial", "5"),
        "RSA-PSS": make(test, "pss.pem", "-newkey", "rsa:2048", "-subj", "/CN=p", "-sigopt",
                        "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"),
        "parts of two": make(test, "two.pem", *ec, "-multivalue-rdn", "-subj",
                             "/O=x+OU=y/CN= z "),
    }
    for name, cert in made.items():
        for args in SHOWN:
            compare(test, name, ["-noout", *args], cert, old)
    for args in ([], ["-outform", "DER"], ["-text"]):
        compare(test, "the certificate itself", args, all_of_them, old)
    der = theirs(test, "x509", "-outform", "DER", stdin=all_of_them).out
    test.check("DER comes in", ours(test, "x509", "-inform", "DER", stdin=der).out == all_of_them)
    ours(test, "x509", "-in", "all.pem", "-outform", "DER", "-out", "all.der")
    with open(test.path("all.der"), "rb") as file:
        test.check("DER goes out, into a file", file.read() == der)
    two = ours(test, "x509", "-noout", "-serial", stdin=all_of_them + made["Ed25519"])
    test.check("of two certificates the first is shown, and it is said that there are more",
               two.out == ours(test, "x509", "-noout", "-serial", stdin=all_of_them).out and
               "first of 2" in two.err, two)


def test_refusals(test):
    refused(test, ["x509", "-purpose", "-in", "all.pem"], "-purpose")
    refused(test, ["x509", "-nameopt", "pretty", "-in", "all.pem"], "RFC2253")
    refused(test, ["x509", "-in", "all.pem", "-checkend", "soon"], "seconds")
    refused(test, ["x509", "-noout", "-text"], "", stdin=b"no certificate")
    hostile = theirs(test, "req", "-x509", "-nodes", "-newkey", "ed25519", "-keyout", "/dev/null",
                     "-utf8", "-subj", "/CN=a\u202eb\x1b[31mc").out
    shown = ours(test, "x509", "-noout", "-subject", stdin=hostile)
    test.check("nothing reaches the terminal that could harm it",
               b"\\E2\\80\\AE" in shown.out and b"\x1b" not in shown.out, shown)


def main():
    need("openssl")
    test = Test()
    old = peer_version(test) < (3, 2)
    if os.path.exists(ROOTS):
        test_roots(test, old)
    test_made(test, old)
    test_refusals(test)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
