#!/usr/bin/env python3
"""ward and python3-cryptography: certificates, requests, keys and PKCS#12 of ward's are read there;
encrypted keys in its forms, PKCS#12 in its schemes, PKCS#7, requests, lists and OCSP responses of its
making are read by ward. It covers src/cli/material.c and src/crypto/privkey_encrypted.c, pkcs12.c.
"""
import datetime
import hashlib
import ipaddress
import json
import sys
import warnings

from command import Test, ward
from trips import KINDS, WORD, Chain, make, make_word, text_of

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat, PublicFormat, pkcs7, pkcs12)
    from cryptography.x509 import ocsp
except ImportError:
    print("skipped: python3-cryptography is not installed")
    sys.exit(77)

NOW = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)
DAY = datetime.timedelta(days=1)


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def write(test, name, data):
    with open(test.path(name), "wb") as file:
        file.write(data)
    return test.path(name)


def spki(key):
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def verify(cert, issuer):
    """Whether the issuer's key has signed; raises if not."""
    key, args = issuer.public_key(), (cert.signature, cert.tbs_certificate_bytes)
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(*args, padding.PKCS1v15(), cert.signature_hash_algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(*args, ec.ECDSA(cert.signature_hash_algorithm))
    else:
        key.verify(*args)


# ---- what ward makes ----

def ours(test, c, word):
    chain = [x509.load_pem_x509_certificate(bytes_of(p)) for p in (c.leaf, c.middle, c.root)]
    for cert, issuer in zip(chain, chain[1:]):
        verify(cert, issuer)
    names = chain[0].extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    test.check(f"{c.kind}: names", names.get_values_for_type(x509.DNSName) == [c.name, "localhost"]
               and names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("127.0.0.1")])
    constraints = chain[1].extensions.get_extension_for_class(x509.BasicConstraints)
    test.check(f"{c.kind}: the intermediate is a CA", constraints.critical and constraints.value.ca)
    test.check(f"{c.kind}: key identifiers", all(
        a.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier ==
        b.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        for a, b in zip(chain, chain[1:])))
    request = x509.load_pem_x509_csr(bytes_of(c.csr))
    test.check(f"{c.kind}: the request", request.is_signature_valid and
               spki(request.public_key()) == spki(chain[0].public_key()))

    key = serialization.load_pem_private_key(bytes_of(c.plain_key), None)
    locked, p12 = c.path("locked.der"), c.path("cryptography.p12")
    make(test, "cert", "convert", c.plain_key, "--to", "pkcs8-der", "--encrypt",
         "--new-passphrase-file", word, "--out", locked)
    opened = serialization.load_der_private_key(bytes_of(locked), WORD.encode())
    test.check(f"{c.kind}: the key, and the key encrypted", spki(key.public_key()) ==
               spki(opened.public_key()) == spki(chain[0].public_key()))
    make(test, "cert", "convert", c.chain, c.root, c.plain_key, "--to", "p12", "--name", "www",
         "--new-passphrase-file", word, "--out", p12)
    bundle = pkcs12.load_pkcs12(bytes_of(p12), WORD.encode())
    test.check(f"{c.kind}: PKCS#12", spki(bundle.key.public_key()) == spki(key.public_key()) and
               bundle.cert.certificate == chain[0] and bundle.cert.friendly_name == b"www" and
               {a.certificate for a in bundle.additional_certs} == set(chain[1:]))


# ---- what it makes ----

def keys():
    return {"RSA": rsa.generate_private_key(65537, 2048), "P-256": ec.generate_private_key(ec.SECP256R1()),
            "P-384": ec.generate_private_key(ec.SECP384R1()),
            "P-521": ec.generate_private_key(ec.SECP521R1()),
            "Ed25519": ed25519.Ed25519PrivateKey.generate()}


def digest_for(key):
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA384()


def self_signed(key, name, ca=False):
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(),
                                      NOW - DAY, NOW + 9 * DAY)
    builder = builder.add_extension(x509.BasicConstraints(ca, None), True)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
    if ca:
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        builder = builder.add_extension(usage, True)
    return builder.sign(key, digest_for(key))


def their_keys(test, name, key, word):
    """Each form and encryption, and whether ward finds the same key in it."""
    best = BestAvailableEncryption(WORD.encode())
    rows = [("PKCS#8", Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            ("PKCS#8, DER", Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
            ("encrypted PKCS#8", Encoding.PEM, PrivateFormat.PKCS8, best),
            ("encrypted PKCS#8, DER", Encoding.DER, PrivateFormat.PKCS8, best)]
    if name != "Ed25519":
        rows += [("older form", Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
                 ("older form, DER", Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
                 ("older form, encrypted", Encoding.PEM, PrivateFormat.TraditionalOpenSSL, best)]
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for what, encoding, form, encryption in rows:
        path = write(test, "their.key", key.private_bytes(encoding, form, encryption))
        told = ward("key", "show", path, "--public", "--passphrase-file", word)
        test.check(f"a key: {name}, {what}", told.status == 0 and told.out == public, told)


SCHEMES = (("as it likes", None, None), ("3DES and SHA-1", "PBESv1SHA1And3KeyTripleDESCBC", "SHA1"),
           ("AES-256 and SHA-256", "PBESv2SHA256AndAES256CBC", "SHA256"),
           ("3DES with a MAC of SHA-512", "PBESv1SHA1And3KeyTripleDESCBC", "SHA512"))


def their_bundles(test, name, key, word):
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca, cert = self_signed(ca_key, "ca.example", True), self_signed(key, "one.example")
    for what, scheme, digest in SCHEMES:
        encryption = BestAvailableEncryption(WORD.encode())
        if scheme is not None:
            encryption = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(3000).key_cert_algorithm(
                getattr(pkcs12.PBES, scheme)).hmac_hash(getattr(hashes, digest)()).build(WORD.encode())
        path = write(test, "their.p12", pkcs12.serialize_key_and_certificates(
            "näme".encode(), key, cert, [ca], encryption))
        back = ward("cert", "convert", path, "--to", "pem", "--passphrase-file", word)
        wanted = b"".join(c.public_bytes(Encoding.PEM) for c in (cert, ca)) + key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        test.check(f"PKCS#12: {name}, {what}", back.status == 0 and sorted(back.out.split("-----")) ==
                   sorted(wanted.decode().split("-----")), back)
    path = write(test, "open.p12", pkcs12.serialize_key_and_certificates(None, key, cert, None,
                                                                          NoEncryption()))
    back = ward("cert", "convert", path, "--to", "pem", stdin=b"")
    test.check(f"PKCS#12: {name}, without encryption", back.status == 0 and back.out.count("BEGIN") == 2,
               back)
    for encoding in (Encoding.PEM, Encoding.DER):
        path = write(test, "their.p7b", pkcs7.serialize_certificates([cert, ca], encoding))
        back = ward("cert", "convert", path, "--to", "pem")
        test.check(f"PKCS#7: {name}, {encoding}", back.status == 0 and back.out.count("BEGIN") == 2, back)


def show_request(test, path, what):
    """What `ward cert show` says of it, in JSON, and a look at its text."""
    text, shown = ward("cert", "show", path), ward("cert", "show", path, "--json")
    test.check(f"{what}: as text", text.status == 0 and text.out.startswith("Certificate request\n") and
               "CN=r.example" in text.out, text)
    return json.loads(shown.out)["csr"]


def their_request(test, name, key, c):
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "DE"),
                         x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Größe, ward"),
                         x509.NameAttribute(x509.NameOID.COMMON_NAME, "r.example")])
    names = [x509.DNSName("r.example"), x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
             x509.RFC822Name("a@r.example"), x509.UniformResourceIdentifier("https://r.example/x")]
    request = (x509.CertificateSigningRequestBuilder(subject)
               .add_extension(x509.SubjectAlternativeName(names), False)
               .add_extension(x509.BasicConstraints(True, 0), True)
               .add_extension(x509.TLSFeature([x509.TLSFeatureType.status_request]), False)
               .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0"), False)
               .add_attribute(x509.oid.AttributeOID.CHALLENGE_PASSWORD, b"secret")
               .sign(key, digest_for(key)))
    path = write(test, "their.csr", request.public_bytes(Encoding.DER))
    shown = show_request(test, path, f"a request: {name}")
    test.check(f"a request: {name}: shown", shown["subject"] == "CN=r.example,O=Größe\\, ward,C=DE" and
               shown["signature"]["good"] and shown["challenge_password"] and
               shown["spki_sha256"] == hashlib.sha256(spki(key.public_key())).hexdigest() and
               [(e["oid"], e["critical"]) for e in shown["extensions"]] ==
               [(e.oid.dotted_string, e.critical) for e in request.extensions] and
               shown["extensions"][0]["facts"] == {
                   "dns": ["r.example"], "ip": ["2001:db8::1"], "email": ["a@r.example"],
                   "uri": ["https://r.example/x"]}, shown)
    signed = ward("cert", "sign", path, "--ca", c.middle, "--ca-key", c.middle_key)
    test.check(f"a request: {name}", signed.status == 0, signed)
    if signed.status != 0:
        return
    cert = x509.load_pem_x509_certificate(signed.out.encode())
    verify(cert, x509.load_pem_x509_certificate(bytes_of(c.middle)))
    test.check(f"a request: {name}: subject, names and key are kept", cert.subject == subject and
               list(cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value) == names
               and spki(cert.public_key()) == spki(key.public_key()))
    test.check(f"a request: {name}: it does not become a CA by asking", not
               {x509.BasicConstraints.oid.dotted_string, "1.2.3.4"} &
               {e.oid.dotted_string for e in cert.extensions})
    damaged = bytearray(request.public_bytes(Encoding.DER))
    damaged[-1] ^= 1
    path = write(test, "damaged.csr", bytes(damaged))
    shown = show_request(test, path, f"a request: {name}: with a wrong signature")
    test.check(f"a request: {name}: it proves nothing", not shown["signature"]["good"] and
               shown["signature"]["error"] == "CSR_BAD_SIGNATURE", shown)
    signed = ward("cert", "sign", path, "--ca", c.middle, "--ca-key", c.middle_key)
    test.check(f"a request: {name}: with a wrong signature", signed.status == 1 and signed.out == "",
               signed)


def their_revocation(test, c):
    """A list and a response under ward's intermediate."""
    issuer, leaf = (x509.load_pem_x509_certificate(bytes_of(p)) for p in (c.middle, c.leaf))
    key = serialization.load_pem_private_key(bytes_of(c.middle_key), None)
    entry = (x509.RevokedCertificateBuilder(leaf.serial_number, NOW - DAY)
             .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), False)
             .add_extension(x509.InvalidityDate(NOW - 2 * DAY), False).build())
    authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
        issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value)
    for serials in ([], [entry]):
        crl = x509.CertificateRevocationListBuilder(issuer.subject, NOW - DAY, NOW + DAY,
                                                    revoked_certificates=serials)
        crl = crl.add_extension(x509.CRLNumber(2 ** 70), False)
        crl = crl.add_extension(authority, False).sign(key, digest_for(key))
        path = write(test, "their.crl", crl.public_bytes(Encoding.PEM))
        told = ward("cert", "verify", c.chain, "--cacert", c.root, "--crl", path,
                    "--require-revocation", "leaf")
        test.check(f"{c.kind}: a list with {len(serials)} entries", told.status == len(serials) and
                   ("revoked" in told.err) == bool(serials), told)
    shown = ward("cert", "show", path, "--json")
    told = json.loads(shown.out)["crl"]["revoked"]
    test.check(f"{c.kind}: the list is shown", [int(e["serial"], 16) for e in told] ==
               [leaf.serial_number], shown)
    for what, status, time, reason in (("good", ocsp.OCSPCertStatus.GOOD, None, None),
                                       ("revoked", ocsp.OCSPCertStatus.REVOKED, NOW - DAY,
                                        x509.ReasonFlags.superseded)):
        for by in (ocsp.OCSPResponderEncoding.HASH, ocsp.OCSPResponderEncoding.NAME):
            response = ocsp.OCSPResponseBuilder().add_response(
                leaf, issuer, hashes.SHA256(), status, NOW - DAY, NOW + DAY, time,
                reason).responder_id(by, issuer).sign(key, digest_for(key))
            path = write(test, "their.ocsp", response.public_bytes(Encoding.DER))
            told = ward("cert", "verify", c.chain, "--cacert", c.root, "--ocsp", path,
                        "--require-revocation", "leaf")
            test.check(f"{c.kind}: a response, {what}, responder by {by.value}", told.status ==
                       (what == "revoked") and ("superseded" in told.err) == (what == "revoked"), told)


def main():
    warnings.simplefilter("ignore")
    test = Test()
    word = make_word(test)
    chains = [Chain(test, kind) for kind in KINDS]
    for c in chains:
        try:
            ours(test, c, word)
        except Exception as fault: # of the library: it cannot read or verify
            test.check(f"{c.kind}: read by the library", False, repr(fault))
        their_revocation(test, c)
    for name, key in keys().items():
        their_keys(test, name, key, word)
        if name in ("RSA", "P-256", "Ed25519"):
            their_bundles(test, name, key, word)
        their_request(test, name, key, chains[1])
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
