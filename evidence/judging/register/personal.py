"""Headings that promise personal data, and cells that look like it."""

import re

from evidence.formats.headings import plain

#: of people only, whatever else the heading says of them
_SURELY = re.compile(
    r"\b(bsn|burgerservicenummer|geboortedatum|geboortedata|birth date|date of birth|voornaam|voornamen|roepnaam"
    r"|achternaam|first name|last name|given name|family name|surname|e ?mailadres(sen)?|e ?mail address(es)?"
    r"|telefoonnummers?|phone numbers?|woonadres|huisadres|home address|iban|diagnose|diagnosis)\b"
)
#: of people, unless the heading says of what else
_PERHAPS = re.compile(
    r"\b(naam|namen|names?|e ?mails?|telefoon|phone|mobiel|mobile|adres|adressen|address|addresses)\b"
)
_OF_PEOPLE = frozenset(
    """medewerker medewerkers werknemer collega gebruiker gebruikers persoon personen patient client clienten cliente
    zorgontvanger contactpersoon contact houder eigenaar beoordelaar beheerder manager leidinggevende arts behandelaar
    melder betrokkene ouder kind vertegenwoordiger volledige volle hele thuis woon voor achter en of van de het een
    uw eigen zakelijk zakelijke prive werk nr nummer employee employees colleague user users person persons people
    patients clients customer staff reviewer owner holder doctor parent child reporter full home and or the a of
    your own work private number""".split()  # noqa: SIM905 - a list of words reads as words
)
#: what was done with it: the column says whether, not what
_DONE = frozenset(
    """verstuurd verzonden gestuurd ontvangen gecontroleerd geverifieerd bevestigd vastgelegd versleuteld gehasht
    gewist verwijderd aanwezig verplicht nodig vereist opgeslagen verwerkt sent received checked verified confirmed
    recorded encrypted hashed deleted removed present required needed stored processed""".split()  # noqa: SIM905
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b(?!/)")
_NINE = re.compile(r"(?<!\d)\d{9}(?!\d)")
_BSN = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def sounds_personal(heading: str) -> bool:
    """Whether a word in it is one of personal data."""
    name = plain(heading)
    return bool(_SURELY.search(name) or _PERHAPS.search(name))


def is_personal(heading: str) -> bool:
    """Whether it promises personal data: `naam medewerker` does, `naam applicatie` and `e-mail verstuurd` do not."""
    name = plain(heading)
    words = set(re.findall(r"\w+", name))
    if _SURELY.search(name):
        return not words & _DONE
    return bool(_PERHAPS.search(name)) and not set(re.findall(r"\w+", _PERHAPS.sub("", name))) - _OF_PEOPLE


def personal(cell: str) -> str | None:
    """What a cell looks like, if it looks like something that should not be in evidence."""
    if "@" in cell and _EMAIL.search(cell):
        return "e-mail"
    if not any(sign.isdigit() for sign in cell):
        return None
    if _IBAN.search(cell):
        return "IBAN"
    if "." in cell and _ADDRESS.search(cell):
        return "IP"
    return "BSN" if any(map(_is_bsn, _NINE.findall(cell))) else None


def _is_bsn(number: str) -> bool:
    return int(number) > 0 and sum(int(digit) * weight for digit, weight in zip(number, _BSN, strict=True)) % 11 == 0
