"""Display names of levels, items and kinds of items of policies."""

from collections.abc import Sequence

from locales import Language, Text, text

ITEM_KINDS: dict[str, Text] = {
    "protocol": text("Version"),
    "cipher-suite": text("Cipher suite"),
    "key-exchange": text("Key exchange"),
    "curve": text("Curve"),
    "dhe-group": text("Group"),
    "certificate-algorithm": text("Certificate algorithm"),
    "key-length": text("Key length"),
    "hash": text("Hash"),
    "option": text("Option"),
    "certificate": text("Certificate"),
    "implementation": text("Implementation"),
    "hsts": text("HSTS"),
    "host-key": text("Host key"),
    "cipher": text("Cipher"),
    "mac": text("Message authentication"),
}
#: bases of levels that are no clause of the guideline
BASES: dict[str, Text] = {
    "certificate": text("asked of every certificate"),
    "beside the guideline": text("beside the guideline"),
}
LEVELS: dict[str, Text] = {
    "good": text("good"),
    "sufficient": text("sufficient"),
    "phase-out": text("to be phased out"),
    "insufficient": text("insufficient"),
}
#: ratings of findings, and secrets, which have a limit of their own
SEVERITIES: dict[str, Text] = {
    "critical": text("Critical"),
    "high": text("High"),
    "medium": text("Medium"),
    "low": text("Low"),
    "info": text("Informational"),
    "unknown": text("Severity unknown"),
    "secrets": text("Secrets"),
}
#: items to be translated; names such as TLS 1.3 are the same in every language
ITEMS: dict[str, Text] = {
    "0-RTT off": text("0-RTT off"),
    "0-RTT on": text("0-RTT on"),
    "OCSP stapling off": text("OCSP stapling off"),
    "OCSP stapling on": text("OCSP stapling on"),
    "OCSP stapling on with invalid data": text("OCSP stapling on with invalid data"),
    "OCSP stapling on with valid data": text("OCSP stapling on with valid data"),
    "TLS compression off": text("TLS compression off"),
    "TLS compression on": text("TLS compression on"),
    "certificate without OCSP pointer": text("certificate without OCSP pointer"),
    "client-initiated renegotiation limited": text("client-initiated renegotiation limited"),
    "client-initiated renegotiation off": text("client-initiated renegotiation off"),
    "client-initiated renegotiation on": text("client-initiated renegotiation on"),
    "client-initiated renegotiation unlimited": text("client-initiated renegotiation unlimited"),
    "compression at application level": text("compression at application level"),
    "compression none": text("compression none"),
    "extended master secret not supported (TLS 1.2)": text("extended master secret not supported (TLS 1.2)"),
    "extended master secret supported (TLS 1.2)": text("extended master secret supported (TLS 1.2)"),
    "insecure renegotiation off": text("insecure renegotiation off"),
    "insecure renegotiation on": text("insecure renegotiation on"),
    "expired": text("expired"),
    "expires too soon": text("expires too soon"),
    "in its term": text("in its term"),
    "matching name": text("matching name"),
    "name mismatch": text("name mismatch"),
    "not revoked": text("not revoked"),
    "revoked": text("revoked"),
    "trusted chain": text("trusted chain"),
    "untrusted chain": text("untrusted chain"),
    "other groups": text("other groups"),
    "other curves": text("other curves"),
    "anonymous": text("anonymous"),
    "no HSTS": text("no HSTS"),
    "HSTS of a year or longer": text("HSTS of a year or longer"),
    "HSTS of less than a year": text("HSTS of less than a year"),
    "no SHA-2 support in key exchange": text("no SHA-2 support in key exchange"),
}


#: checks of our own beside those of a test run
CHECKS: dict[str, Text] = {
    "fewer-cases": text("fewer test cases than before"),
    "suite-error": text("error outside the test cases"),
}


def item_name(t: Language, item: str) -> str:
    """An item in the reader's language."""
    return t.render(ITEMS.get(item, item))


def check_text(check: str) -> Text | str:
    """The translatable name of a check on an item (`option: 0-RTT on`); other names are unchanged."""
    kind, colon, item = check.partition(": ")
    if not colon or kind not in ITEM_KINDS:
        return CHECKS.get(check, check)
    return Text("{kind}: {item}", {"kind": ITEM_KINDS[kind], "item": ITEMS.get(item, item)})


def check_name(t: Language, check: str) -> str:
    """The name of a check in a language."""
    return t.render(check_text(check))


def checks_text(checks: Sequence[str], most: int) -> Text:
    """A translatable list of checks, the first `most` of them."""
    named = {f"check{n}": check_text(check) for n, check in enumerate(checks[:most])}
    more = " …" if len(checks) > most else ""
    return Text(", ".join(f"{{{name}}}" for name in named) + more, named)
