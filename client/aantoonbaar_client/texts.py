"""The program's own sentences, in English and Dutch; the server's come in the person's language by themselves."""

import os
from typing import Any

#: English → Dutch
_DUTCH = {
    "Uploads evidence to Aantoonbaar, and shows what is due.": "Levert bewijs aan bij Aantoonbaar, en toont wat er moet gebeuren.",
    "Upload files as one piece of evidence.": "Lever bestanden aan als één bewijs.",
    "Say what an upload would change; nothing is recorded.": "Zeg wat een upload zou veranderen; er wordt niets vastgelegd.",
    "Show readiness, or what became of an upload.": "Toon de gereedheid, of wat er van een upload is geworden.",
    "Show what is due, the earliest day first.": "Toon wat er moet gebeuren, de eerste dag bovenaan.",
    "Files of one piece of evidence.": "Bestanden van één bewijs.",
    "Evidence requirement (its key); may be repeated.": "Bewijseis (de sleutel); mag vaker.",
    "System (its key); may be repeated.": "Systeem (de sleutel); mag vaker.",
    "ADDRESS=SYSTEM/TARGET, or SYSTEM/TARGET for a file that names no address.": "ADDRESS=SYSTEM/TARGET, of SYSTEM/TARGET voor een bestand dat geen adres noemt.",
    "First represented day, if no file says it (2027-03-16).": "Eerste dag waarover het bewijs gaat, als geen bestand die noemt (2027-03-16).",
    "Last represented day; by default the first.": "Laatste dag waarover het bewijs gaat; standaard de eerste.",
    "Title; by default the name of the first file.": "Titel; standaard de naam van het eerste bestand.",
    "Another field of the API: NAME=VALUE, or NAME=@FILE for what is in a file; may be repeated.": "Een ander veld van de API: NAAM=WAARDE, of NAAM=@BESTAND voor wat in een bestand staat; mag vaker.",
    "Whether evidence that fails gives exit code 1: fail or none.": "Of bewijs dat niet voldoet afsluitcode 1 geeft: fail of none.",
    "Wait until a large upload is judged.": "Wacht tot een grote upload is getoetst.",
    "Seconds to wait at most.": "Hoeveel seconden er hoogstens wordt gewacht.",
    "How often a request is sent again while the server can't be reached.": "Hoe vaak een aanvraag opnieuw wordt gestuurd zolang de server niet bereikbaar is.",
    "Name of this upload (Idempotency-Key); by default a new one.": "Naam van deze upload (Idempotency-Key); standaard een nieuwe.",
    "Print the server's answer as JSON.": "Toon het antwoord van de server als JSON.",
    "Id of an upload that is judged in the background.": "Kenmerk van een upload die op de achtergrond wordt getoetst.",
    "Team whose tasks are shown.": "Team waarvan de taken worden getoond.",
    "There is no token: set AANTOONBAAR_TOKEN, or token_file in {path}.": "Er is geen token: zet AANTOONBAAR_TOKEN, of token_file in {path}.",
    "There is no address: set AANTOONBAAR_ADDRESS=https://…, or address in {path}.": "Er is geen adres: zet AANTOONBAAR_ADDRESS=https://…, of address in {path}.",
    "{address} would send the token in the clear; expected https.": "{address} zou het token onversleuteld versturen; verwacht is https.",
    "{path} can't be read: {error}": "{path} kan niet worden gelezen: {error}",
    "{path}: {name} is not a setting; expected {names}.": "{path}: {name} is geen instelling; verwacht is {names}.",
    "{path} holds a token and others can read it; run chmod 600 {path}.": "{path} bevat een token en anderen kunnen het lezen; voer chmod 600 {path} uit.",
    "{entry} is not a field; expected NAME=VALUE or NAME=@FILE.": "{entry} is geen veld; verwacht is NAAM=WAARDE of NAAM=@BESTAND.",
    "{reason} Trying again in {n} s.": "{reason} Nieuwe poging over {n} s.",
    "The server can't be reached: {error}.": "De server is niet bereikbaar: {error}.",
    "{address} answered {status}; is this the address of Aantoonbaar?": "{address} antwoordde {status}; is dit het adres van Aantoonbaar?",
    "Check the token: it may have ended or been revoked.": "Controleer het token: het kan zijn verlopen of ingetrokken.",
    "With --json the answer has a proposed_mapping: correct it, and send it with --field mapping=@FILE.": "Met --json staat in het antwoord een proposed_mapping: verbeter die, en stuur die mee met --field mapping=@BESTAND.",
    "Received, and not judged within {n} s. See: aantoonbaar status --upload {upload}": "Ontvangen, en niet binnen {n} s getoetst. Zie: aantoonbaar status --upload {upload}",
    "Received; it is being judged.": "Ontvangen; het wordt getoetst.",
    "Sending": "Versturen",
    "Recorded.": "Vastgelegd.",
    "Recorded before; nothing new.": "Eerder vastgelegd; niets nieuws.",
    "A dry run: nothing is recorded.": "Een proef: er is niets vastgelegd.",
    "Requirement": "Bewijseis",
    "System": "Systeem",
    "Target": "Testadres",
    "Verdict": "Oordeel",
    "Reason": "Reden",
    "Status": "Status",
    "Measures": "Maatregelen",
    "Controls": "Beheersmaatregelen",
    "Due": "Uiterlijk",
    "Action": "Actie",
    "Team": "Team",
    "passes": "voldoet",
    "fails": "voldoet niet",
    "no verdict": "geen oordeel",
    "Fails: {check}: {reason}": "Voldoet niet: {check}: {reason}",
    "Waits for a review: {reason}": "Wacht op een beoordeling: {reason}",
    "{requirement}: now {before}, then {after}": "{requirement}: nu {before}, dan {after}",
    "Nothing is due.": "Er hoeft niets te gebeuren.",
    "Ready": "Gereed",
    "Not ready": "Niet gereed",
    "Demonstrated on {day}: {n} of {total} controls.": "Aangetoond op {day}: {n} van {total} beheersmaatregelen.",
    "not planned": "niet gepland",
}  # fmt: skip
_VARIABLES = ("AANTOONBAAR_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_chosen: list[str] = []


def use_language(code: str) -> None:
    """Use a language (nl, en) from now on; empty: the environment decides."""
    _chosen[:] = [code] if code else []


def language() -> str:
    """The language (nl or en) that was chosen, else that of the environment."""
    named = _chosen[0] if _chosen else next((value for name in _VARIABLES if (value := os.environ.get(name))), "")
    return "nl" if named.lower().startswith("nl") else "en"


def t(message: str, **values: Any) -> str:
    """A sentence in the person's language, with values for `{name}` in it."""
    return (_DUTCH[message] if language() == "nl" else message).format(**values)
