"""What SSLyze's command `certificate_info` saw of each certificate of a server, as facts.

A certificate is trusted if every trust store that SSLyze brings trusts it; a store that the user added does not count.
Since version 6 a store also rejects a certificate for its names: that says nothing of the chain.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from evidence.formats.network.certificate_names import is_for_host
from evidence.formats.network.tls_facts import Fact
from evidence.formats.reading.json_stream import inner, objects, string

#: the trust stores that SSLyze brings (`sslyze/plugins/certificate_info/trust_stores`)
_STORES: Final = frozenset(("android", "apple", "java", "mozilla", "windows"))
_OF_NAME: Final = re.compile(r"subjectAltName|subject name|hostname", re.IGNORECASE)
_KINDS: Final = (("rsa", "RSA"), ("ellipticcurve", "EC"), ("ecpublickey", "EC"), ("ed25519", "Ed25519"),
                 ("ed448", "Ed448"), ("dsa", "DSA"))  # fmt: skip
_LONGEST: Final = 300  # characters of an error
_MOST_NAMES: Final = 1_000

Part = Mapping[str, Any]


def certificate_facts(command: str, seen: Part, host: str) -> Iterator[Fact]:
    """Facts of each certificate that a host sends; those of the second and later ones end in their number."""
    deployments = objects(seen, "certificate_deployments")
    if not deployments:
        yield Fact(f"{command}.certificate_deployments", "missing", is_certain=False)
    for number, deployment in enumerate(deployments, start=1):
        which = f" #{number}" if number > 1 else ""
        for fact in _deployment(deployment, host):
            yield fact._replace(check=f"{command}.{fact.check}{which}")


def _deployment(deployment: Part, host: str) -> Iterator[Fact]:
    chain = objects(deployment, "received_certificate_chain")
    leaf = chain[0] if chain else {}
    yield _key(inner(leaf, "public_key") or inner(leaf, "publicKey") or {})
    yield _signature(leaf)
    yield _name(deployment, leaf, host)
    until = string(leaf, "not_valid_after") or string(leaf, "notAfter")
    yield Fact("not_valid_after", until or "missing", is_certain=bool(until))
    yield _trust(objects(deployment, "path_validation_results"))
    yield _stapling(deployment)


def _key(key: Part) -> Fact:
    """Kind, size and curve or exponent of the key."""
    algorithm = string(key, "algorithm").lower()
    kind = next((name for fragment, name in _KINDS if fragment in algorithm), "")
    size = string(key, "key_size") or string(key, "size")
    curve = string(key, "ec_curve_name") or string(key, "curve")
    exponent = string(key, "rsa_e") or string(key, "exponent")
    parts = (kind, f"{size} bits" if size else "", f"curve {curve}" if curve else "")
    written = " ".join(part for part in (*parts, f"exponent {exponent}" if exponent else "") if part)
    return Fact("public_key", written or "missing", is_certain=bool(kind and size))


def _signature(leaf: Part) -> Fact:
    written = string(leaf, "signature_hash_algorithm", "name") or string(leaf, "signatureAlgorithm")
    algorithm = string(leaf, "signature_algorithm_oid", "name")
    shown = written.upper() or algorithm
    return Fact("signature_hash_algorithm", shown or "missing", is_certain=bool(shown))


def _name(deployment: Part, leaf: Part, host: str) -> Fact:
    """Whether the certificate is for the host; both its names and SSLyze's own answer (version 5) must say so."""
    stated = inner(leaf, "subject_alternative_name") or inner(leaf, "subjectAlternativeName")
    names = stated if isinstance(stated, dict) else {}
    own = deployment.get("leaf_certificate_subject_matches_hostname")
    is_named = is_for_host(host, _texts(names, "dns_names", "dns", "DNS"), _texts(names, "ip_addresses", "ip", "IP"))
    written = "the host is among its names" if is_named and own is not False else "the host is not among its names"
    return Fact("subject_alternative_name", written if leaf else "missing", is_certain=bool(leaf))


def _texts(names: Part, *fields: str) -> list[str]:
    """The texts in the first of these fields that is there."""
    listed = next((names[name] for name in fields if isinstance(names.get(name), list)), None)
    return [name for name in (listed or ())[:_MOST_NAMES] if isinstance(name, str)]


def _trust(validations: list[Part]) -> Fact:
    """What SSLyze's own trust stores say of the chain."""
    known = [each for each in validations if string(each, "trust_store", "name").lower() in _STORES]
    failing = [each for each in known if not _is_trusted(each)]
    if not known:
        return Fact("path_validation_results", "no trust store of SSLyze was used", is_certain=False)
    if not failing:
        stores = ", ".join(sorted(string(each, "trust_store", "name") for each in known))
        return Fact("path_validation_results", f"trusted by {stores}")
    of_chain = next((each for each in failing if not _OF_NAME.search(_error(each))), None)
    first = failing[0] if of_chain is None else of_chain
    message = f"not trusted by {string(first, 'trust_store', 'name')}: {_error(first)}"
    return Fact("path_validation_results", message, is_certain=of_chain is not None)


def _is_trusted(validation: Part) -> bool:
    """Whether a store trusts the chain; version 3 and 4 only give the chain that was verified."""
    stated = validation.get("was_validation_successful")
    return stated if isinstance(stated, bool) else bool(validation.get("verified_certificate_chain"))


def _error(validation: Part) -> str:
    return (string(validation, "validation_error") or string(validation, "openssl_error_string"))[:_LONGEST]


def _stapling(deployment: Part) -> Fact:
    """The stapled answer about revocation, if any, and whether it is trusted."""
    response = deployment.get("ocsp_response")
    if not isinstance(response, dict):
        return Fact("ocsp_response", "none")
    status = string(response, "certificate_status") or string(response, "response_status") or "unknown"
    verified = deployment.get("ocsp_response_is_trusted")
    trust = ("trusted" if verified else "not trusted") if isinstance(verified, bool) else "not verified"
    return Fact("ocsp_response", f"{status}, {trust}")
