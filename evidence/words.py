"""What policies call their levels and the kinds of their items, for people."""

from locales import Text, text

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
}
#: where the level of an item comes from, when it is no clause of the guideline
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
