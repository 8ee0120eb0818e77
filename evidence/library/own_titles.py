"""The titles of the evidence that the product collects: stored in English, shown in the reader's language."""

from collections.abc import Mapping
from typing import Final

from locales import Text, text
from models.vocabulary import LiveCheckKind

#: the tools of the product's own checks begin so
OWN_TOOLS: Final = "Aantoonbaar "
COLLECTOR_TITLES: Final[Mapping[str, Text]] = {
    "login-log": text("Login log complete"),
    "agreements": text("Agreements accepted by role"),
    "second-factor": text("Second factor by role"),
    "access-matrix": text("Access matrix"),
    "tls": text("TLS of the own address"),
    "activity-log": text("Activity log unaltered"),
}
#: each is followed by what the check looked at
LIVE_TITLES: Final[Mapping[LiveCheckKind, Text]] = {
    LiveCheckKind.TLS: text("TLS of the recorded addresses"),
    LiveCheckKind.HTTPS: text("HTTPS is the default"),
    LiveCheckKind.STATEMENT: text("The published statement"),
    LiveCheckKind.CERTIFICATES: text("The page with certificates"),
    LiveCheckKind.MAIL: text("The mail domain in the DNS"),
}
