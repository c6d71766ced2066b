#!/usr/bin/env python3
"""`ward cert show --json` beside python3-cryptography, field by field: every root of the system, and a
certificate with all that the library can write. Without it: beside what openssl lists. It covers
src/x509/describe.c, describe_other.c and tell.c.
"""
import datetime
import ipaddress
import json
import os
import re
import subprocess
import sys
import warnings

from command import Test, need, ward

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtensionOID as E
except ImportError:
    x509 = None

BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
USAGES = (("digital_signature", "digitalSignature"), ("content_commitment", "nonRepudiation"),
          ("key_encipherment", "keyEncipherment"), ("data_encipherment", "dataEncipherment"),
          ("key_agreement", "keyAgreement"), ("key_cert_sign", "keyCertSign"),
          ("crl_sign", "cRLSign"))
PURPOSES = {"1.3.6.1.5.5.7.3.1": "serverAuth", "1.3.6.1.5.5.7.3.2": "clientAuth",
            "1.3.6.1.5.5.7.3.3": "codeSigning", "1.3.6.1.5.5.7.3.4": "emailProtection",
            "1.3.6.1.5.5.7.3.8": "timeStamping", "1.3.6.1.5.5.7.3.9": "OCSPSigning",
            "2.5.29.37.0": "anyExtendedKeyUsage"}
METHODS = {"1.3.6.1.5.5.7.48.1": "ocsp", "1.3.6.1.5.5.7.48.2": "caIssuers",
           "1.3.6.1.5.5.7.48.5": "caRepository"}
POLICIES = {"2.5.29.32.0": "anyPolicy", "2.23.140.1.1": "extended-validated",
            "2.23.140.1.2.1": "domain-validated", "2.23.140.1.2.2": "organization-validated",
            "2.23.140.1.2.3": "individual-validated"}


def add(facts, name, value):
    facts.setdefault(name, []).append(value)


def add_name(facts, prefix, name):
    """One GeneralName in ward's words."""
    if isinstance(name, x509.OtherName):
        add(facts, f"{prefix}other {name.type_id.dotted_string}", name.value.hex())
    elif isinstance(name, x509.DirectoryName):
        add(facts, prefix + "directory", name.value.rfc4514_string())
    elif isinstance(name, x509.RegisteredID):
        add(facts, prefix + "registeredID", name.value.dotted_string)
    else:
        kind = {x509.DNSName: "dns", x509.RFC822Name: "email", x509.IPAddress: "ip",
                x509.UniformResourceIdentifier: "uri"}[type(name)]
        add(facts, prefix + kind, str(name.value))


def points(facts, value):
    for point in value:
        for name in point.full_name or ():
            add_name(facts, "", name)
        for reason in ("keyCompromise", "cACompromise"):
            if point.reasons and reason in {r.value for r in point.reasons}:
                add(facts, "reason", reason)
        for name in point.crl_issuer or ():
            add_name(facts, "cRLIssuer ", name)


def policies(facts, value):
    for policy in value:
        oid = policy.policy_identifier.dotted_string
        add(facts, "policy", POLICIES.get(oid, oid))
        for qualifier in policy.policy_qualifiers or ():
            if isinstance(qualifier, str):
                add(facts, "cps", qualifier)
                continue
            if qualifier.notice_reference:
                add(facts, "noticeOrganization", qualifier.notice_reference.organization)
                for number in qualifier.notice_reference.notice_numbers:
                    add(facts, "noticeNumber", str(number))
            if qualifier.explicit_text is not None:
                add(facts, "notice", qualifier.explicit_text)


def constraints(facts, value):
    for prefix, names in (("permitted ", value.permitted_subtrees), ("excluded ", value.excluded_subtrees)):
        for name in names or ():
            add_name(facts, prefix, name)


def facts_of(extension):
    """The facts that ward should tell; None where they are not compared."""
    value, facts = extension.value, {}
    if isinstance(value, x509.BasicConstraints):
        add(facts, "ca", str(value.ca).lower())
        if value.path_length is not None:
            add(facts, "pathLength", str(value.path_length))
    elif isinstance(value, x509.KeyUsage):
        for name, told in USAGES:
            if getattr(value, name):
                add(facts, "usage", told)
        for name, told in (("encipher_only", "encipherOnly"), ("decipher_only", "decipherOnly")):
            if value.key_agreement and getattr(value, name):
                add(facts, "usage", told)
    elif isinstance(value, x509.ExtendedKeyUsage):
        for oid in value:
            add(facts, "purpose", PURPOSES.get(oid.dotted_string, oid.dotted_string))
    elif isinstance(value, (x509.SubjectAlternativeName, x509.IssuerAlternativeName)):
        for name in value:
            add_name(facts, "", name)
    elif isinstance(value, x509.SubjectKeyIdentifier):
        add(facts, "keyIdentifier", value.digest.hex())
    elif isinstance(value, x509.AuthorityKeyIdentifier):
        if value.key_identifier is not None:
            add(facts, "keyIdentifier", value.key_identifier.hex())
        for name in value.authority_cert_issuer or ():
            add_name(facts, "issuer ", name)
        if value.authority_cert_serial_number is not None:
            number = value.authority_cert_serial_number
            add(facts, "serial", number.to_bytes(number.bit_length() // 8 + 1, "big").hex())
    elif isinstance(value, (x509.CRLDistributionPoints, x509.FreshestCRL)):
        points(facts, value)
    elif isinstance(value, x509.CertificatePolicies):
        policies(facts, value)
    elif isinstance(value, (x509.AuthorityInformationAccess, x509.SubjectInformationAccess)):
        for item in value:
            oid = item.access_method.dotted_string
            place = item.access_location.value
            add(facts, METHODS.get(oid, oid), place if isinstance(place, str) else
                place.rfc4514_string())
    elif isinstance(value, x509.NameConstraints):
        constraints(facts, value)
    elif isinstance(value, x509.TLSFeature):
        for feature in value:
            add(facts, "feature", feature.name)
    elif isinstance(value, x509.PolicyConstraints):
        if value.require_explicit_policy is not None:
            add(facts, "requireExplicitPolicy", str(value.require_explicit_policy))
        if value.inhibit_policy_mapping is not None:
            add(facts, "inhibitPolicyMapping", str(value.inhibit_policy_mapping))
    elif isinstance(value, x509.InhibitAnyPolicy):
        add(facts, "skipCerts", str(value.skip_certs))
    elif isinstance(value, x509.OCSPNoCheck):
        add(facts, "value", "present")
    elif type(value).__name__ == "PrivateKeyUsagePeriod":       # from version 45 on
        for name, time in (("notBefore", value.not_before), ("notAfter", value.not_after)):
            if time is not None:
                add(facts, name, time.strftime("%Y-%m-%dT%H:%M:%SZ"))
    elif type(value).__name__ == "MSCertificateTemplate":       # from version 41 on
        add(facts, "template", value.template_id.dotted_string)
        for name, number in (("majorVersion", value.major_version), ("minorVersion", value.minor_version)):
            if number is not None:
                add(facts, name, str(number))
    elif isinstance(value, x509.UnrecognizedExtension):
        return None
    else:
        raise SystemExit(f"nobody compares {extension}")
    return facts


def validity(cert):
    """Both ends; newer versions of the library warn of those without a zone."""
    return [getattr(cert, name + "_utc", None) or getattr(cert, name)
            for name in ("not_valid_before", "not_valid_after")]


def compare(test, what, cert, told):
    wanted = list(cert.extensions)
    test.check(f"{what}: all extensions, in order: {[e.oid.dotted_string for e in wanted]}",
               [(e.oid.dotted_string, e.critical) for e in wanted] ==
               [(e["oid"], e["critical"]) for e in told["extensions"]])
    for mine, theirs in zip(told["extensions"], wanted):
        facts = facts_of(theirs)
        test.check(f"{what}: {mine['name']}: {mine['facts']} {facts}", facts is None or
                   mine["facts"] == facts)
    start, end = validity(cert)
    test.check(f"{what}: serial, version, times, fingerprint",
               int(told["serial"], 16) == cert.serial_number and told["version"] == cert.version.value + 1 and
               told["not_before"].endswith(start.strftime("%m-%dT%H:%M:%SZ")) and
               told["not_after"].endswith(end.strftime("%m-%dT%H:%M:%SZ")) and
               told["sha256"] == cert.fingerprint(hashes.SHA256()).hex(), told)
    test.check(f"{what}: names", told["subject"].count("=") >= len(list(cert.subject)) and
               all(a.value.replace(",", "\\,") in told["subject"] for a in cert.subject
                   if "+" not in a.value and '"' not in a.value), told["subject"])


def everything():
    """A certificate with every extension that the library writes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "DE"),
                      x509.NameAttribute(x509.NameOID.COMMON_NAME, "Zürich, ward")])
    names = [x509.DNSName("a.example"), x509.DNSName("*.b.example"), x509.RFC822Name("a@b.example"),
             x509.UniformResourceIdentifier("https://u.example/x"),
             x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
             x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
             x509.RegisteredID(x509.ObjectIdentifier("1.2.3")), x509.DirectoryName(name),
             x509.OtherName(x509.ObjectIdentifier("1.2.3.4"), b"\x02\x01\x05")]
    point = x509.DistributionPoint([x509.UniformResourceIdentifier("http://crl.example/a.crl")], None,
                                   frozenset([x509.ReasonFlags.key_compromise,
                                              x509.ReasonFlags.ca_compromise]),
                                   [x509.DirectoryName(name)])
    access = [x509.AccessDescription(x509.ObjectIdentifier("1.3.6.1.5.5.7.48.1"),
                                     x509.UniformResourceIdentifier("http://o.example/")),
              x509.AccessDescription(x509.ObjectIdentifier("1.3.6.1.5.5.7.48.2"),
                                     x509.UniformResourceIdentifier("http://c.example/"))]
    notice = x509.UserNotice(x509.NoticeReference("Ward", [1, 2]), "hear")
    extensions = [
        (x509.BasicConstraints(True, 3), True),
        (x509.KeyUsage(True, True, True, True, True, True, True, True, False), True),
        (x509.ExtendedKeyUsage([x509.ObjectIdentifier(o) for o in [*PURPOSES, "1.2.3"]]), False),
        (x509.SubjectAlternativeName(names), False), (x509.IssuerAlternativeName(names), False),
        (x509.SubjectKeyIdentifier(b"\x01\x02\x03"), False),
        (x509.AuthorityKeyIdentifier(b"\x01", [x509.DirectoryName(name)], 0x80), False),
        (x509.CRLDistributionPoints([point]), False), (x509.FreshestCRL([point]), False),
        (x509.CertificatePolicies([
            x509.PolicyInformation(x509.ObjectIdentifier("2.23.140.1.2.1"), None),
            x509.PolicyInformation(x509.ObjectIdentifier("1.2.3"), ["http://cps.example/", notice])]), False),
        (x509.AuthorityInformationAccess(access), False),
        (x509.SubjectInformationAccess([x509.AccessDescription(
            x509.ObjectIdentifier("1.3.6.1.5.5.7.48.5"),
            x509.UniformResourceIdentifier("http://r.example/"))]), False),
        (x509.NameConstraints([x509.DNSName("example"),
                               x509.IPAddress(ipaddress.ip_network("10.0.0.0/8"))],
                              [x509.RFC822Name("evil.example"), x509.DirectoryName(name),
                               x509.IPAddress(ipaddress.ip_network("2001:db8::/32"))]), True),
        (x509.TLSFeature([x509.TLSFeatureType.status_request]), False),
        (x509.PolicyConstraints(0, 1), True), (x509.InhibitAnyPolicy(2), True),
        (x509.OCSPNoCheck(), False),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), False)]
    start = datetime.datetime(2024, 1, 2, 3, 4, 5)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 0x1234, start,
                                      start + datetime.timedelta(days=20000))
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    return builder.sign(key, hashes.SHA256())


def show(path):
    result = ward("cert", "show", "--json", path)
    return result, json.loads(result.out)["certificates"] if result.out else []


def listed_by_openssl(test, pems, certs):
    """How many extensions openssl lists, and how many of them are critical."""
    for i, (pem, cert) in enumerate(zip(pems, certs)):
        text = subprocess.run(["openssl", "x509", "-noout", "-text"], input=pem.encode(),
                              stdout=subprocess.PIPE, check=True).stdout.decode()
        lines = re.findall(r"^ {12}\S.*:( critical)?\s*$",
                           text.split("X509v3 extensions:")[-1], re.M)
        test.check(f"root {i}: {len(lines)} extensions", "X509v3 extensions:" not in text or
                   (len(lines), sum(1 for c in lines if c)) ==
                   (len(cert["extensions"]), sum(e["critical"] for e in cert["extensions"])), text)


def main():
    need("openssl")
    warnings.simplefilter("ignore")     # of serial numbers that are zero, for one
    test = Test()
    if x509 is not None:
        cert = everything()
        with open(test.path("all.pem"), "wb") as file:
            file.write(cert.public_bytes(serialization.Encoding.PEM))
        result, told = show(test.path("all.pem"))
        test.check("every extension", result.status == 0, result)
        compare(test, "every extension", cert, told[0])
        test.check("every extension: UTF-8 is kept", told[0]["subject"] == "CN=Zürich\\, ward,C=DE")
    if not os.path.exists(BUNDLE):
        print(f"skipped: there is no {BUNDLE}")
        return test.finish() if test.checks else 77
    with open(BUNDLE, encoding="ascii") as file:
        pems = re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", file.read(), re.S)
    result, certs = show(BUNDLE)
    test.check("the system's roots: all of them parse", result.status == 0 and len(certs) == len(pems))
    if x509 is None:
        print("skipped: python3-cryptography is not installed; compared with openssl alone")
        listed_by_openssl(test, pems, certs)
        return test.finish()
    for i, (pem, told) in enumerate(zip(pems, certs)):
        compare(test, f"root {i}", x509.load_pem_x509_certificate(pem.encode()), told)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
