"""Recognise personal data by headings and by values."""

import re
from collections import Counter
from collections.abc import Sequence

from evidence.formats.tables.heading_comparison import clean, plain

#: words that always mean personal data
_SURELY = re.compile(
    r"\b(bsn|burgerservicenummer|geboortedatum|geboortedata|birth date|date of birth|voornaam|voornamen|roepnaam"
    r"|achternaam|first name|last name|given name|family name|surname|e ?mailadres(sen)?|e ?mail address(es)?"
    r"|telefoonnummers?|phone numbers?|woonadres|huisadres|home address|iban|diagnose|diagnosis)\b"
)
#: words that mean personal data unless another word says of what
_PERHAPS = re.compile(
    r"\b(naam|namen|names?|e ?mails?|telefoon|phone|mobiel|mobile|adres|adressen|address|addresses)\b"
)
#: keys of columns with references to people and their accounts
_KEY_OF_PEOPLE = re.compile(r"(^|_)(person|user|account|employee|owner|by)(_|$)")
_OF_PEOPLE = frozenset(
    """medewerker medewerkers werknemer collega gebruiker gebruikers persoon personen patient client clienten cliente
    zorgontvanger contactpersoon contact houder eigenaar beoordelaar beheerder manager leidinggevende arts behandelaar
    melder betrokkene ouder kind vertegenwoordiger volledige volle hele thuis woon voor achter en of van de het een
    uw eigen zakelijk zakelijke prive werk nr nummer employee employees colleague user users person persons people
    patients clients customer staff reviewer owner holder doctor parent child reporter full home and or the a of
    your own work private number""".split()  # noqa: SIM905 - a list of words reads as words
)
#: words that make a heading about an action on the data, not the data
_DONE = frozenset(
    """verstuurd verzonden gestuurd ontvangen gecontroleerd geverifieerd bevestigd vastgelegd versleuteld gehasht
    gewist verwijderd aanwezig verplicht nodig vereist opgeslagen verwerkt sent received checked verified confirmed
    recorded encrypted hashed deleted removed present required needed stored processed""".split()  # noqa: SIM905
)
_EMAIL = re.compile(r"[\w.+-]@[\w-]+\.[\w.-]")  # its middle: to look for its beginning takes long in a long cell
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b(?!/)")
_NINE = re.compile(r"(?<!\d)\d{9}(?!\d)")
_BSN = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def sounds_personal(heading: str) -> bool:
    """Whether a heading has a word for personal data."""
    name = plain(heading)
    return bool(_SURELY.search(name) or _PERHAPS.search(name))


def is_personal(heading: str) -> bool:
    """Whether a heading is of personal data: `naam medewerker` is, `naam applicatie` and `e-mail verstuurd` are not."""
    name = plain(heading)
    words = set(re.findall(r"\w+", name))
    if _SURELY.search(name):
        return not words & _DONE
    return bool(_PERHAPS.search(name)) and not set(re.findall(r"\w+", _PERHAPS.sub("", name))) - _OF_PEOPLE


def personal(cell: str) -> str | None:
    """The kind of personal data that a cell looks like: e-mail, IBAN, IP or BSN; None for anything else."""
    if "@" in cell and _EMAIL.search(cell):
        return "e-mail"
    if not any(sign.isdigit() for sign in cell):
        return None
    if _IBAN.search(cell):
        return "IBAN"
    if "." in cell and _ADDRESS.search(cell):
        return "IP"
    return "BSN" if any(map(is_bsn, _NINE.findall(cell))) else None


def is_bsn(number: str) -> bool:
    """Whether nine digits pass the test of a BSN, as one in eleven does."""
    return int(number) > 0 and sum(int(digit) * weight for digit, weight in zip(number, _BSN, strict=True)) % 11 == 0


# ── Whole columns ────────────────────────────────────────────────────────────────────────────────────────────────────

_PHONE = re.compile(r"(?:\+\d{2}|00\d{2}|0)[ -]?(?:\(0\))?[1-9](?:[ -]?\d){7,8}")
_PART = r"(?:[A-Z\u00c0-\u00de][\w\u00c0-\u024f'-]+|[A-Z]\.)"
_BETWEEN = r"(?: (?:van|de|der|den|het|ten|ter|te|'t|in|el|von|da|di|la))*"
_NAME = re.compile(rf"{_PART}(?: ?[A-Z]\.)*{_BETWEEN}(?: {_PART}){{1,3}}|{_PART},(?: {_PART})+{_BETWEEN}")
#: words of headings whose values are names of things, also written with capitals
_OF_THINGS = re.compile(
    r"\b(leverancier|verwerker|ontvanger|bedrijf|organisatie|locatie|plaats|stad|systeem|applicatie|product|afdeling|team"
    r"|functie|rol|groep|recht|rechten|profiel|soort|type|categorie|omschrijving|onderwerp|titel|land|supplier|vendor|processor|recipient|company"
    r"|location|city|system|application|department|role|group|right|kind|description|subject|title|country|exploitant|operator)"
)
_MOST_OF = 0.6  # the share of values that makes a column one of personal data
_FEWEST = 2  # values by which it is recognised
REFERENCE = re.compile(r"p-[0-9a-f]{12}")  # of a person (`intake/column_mapping/redaction.py`)


def personal_column(heading: str, cells: Sequence[str], *, may_name: bool, fewest: int = _FEWEST) -> str | None:
    """The kind of personal data in a column, by its values: name, e-mail, phone, BSN or IBAN; None for other columns.

    `may_name`: whether names are looked for. `fewest`: the
    different values that there must be: less where it is known that the column refers to people.
    """
    values = list(dict.fromkeys(value for cell in cells if (value := clean(cell))))
    if len(values) < fewest:
        return None
    named = may_name and not is_of_things(heading)
    looks = Counter(look for value in values if (look := _look(value, named)))
    kind, number = looks.most_common(1)[0] if looks else ("", 0)
    return kind if number >= _MOST_OF * len(values) else None


def is_of_things(heading: str) -> bool:
    """Whether what stands under it may be called by words with capitals without being a person."""
    return bool(_OF_THINGS.search(plain(heading)))


def looks_personal(value: str) -> bool:
    """Whether it is a name, address or number of a person, as far as can be seen."""
    return _look(value, may_name=True) is not None


def identifies_person(value: str) -> bool:
    """Whether it holds an e-mail address or number of a person; names can't be told from other words."""
    return _look(value, may_name=False) is not None


def _look(value: str, may_name: bool) -> str | None:  # noqa: FBT001
    if kind := personal(value):
        return None if kind == "IP" else kind
    if _PHONE.fullmatch(value):
        return "phone"
    return "name" if may_name and _NAME.fullmatch(value) else None


def is_of_people(key: str) -> bool:
    """Whether a column with this key refers to people or their accounts."""
    return bool(_KEY_OF_PEOPLE.search(key))
