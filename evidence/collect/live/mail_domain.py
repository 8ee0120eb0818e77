"""Checks what the DNS says of a mail domain: SPF, DKIM, DMARC, DNSSEC, and transport by MTA-STS or DANE.

RFC 7208, 6376, 8301, 7489, 4035, 8461, 7672. The levels are those of the tests of internet.nl as far as a public
description of them was found: `all` of SPF is `~` or `-`, DMARC is more than `none`. That of MTA-STS is ours. DNSSEC is
as certain as the resolver of this machine, whose word (AD) is taken.
"""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

import dns.exception
import dns.flags
import dns.rdatatype
import dns.resolver
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from controls.scope.address import Address
from evidence.collect.collector_cases import Case, CouldNotLook
from evidence.collect.connections.endpoint import TIMEOUT, trusting
from evidence.collect.connections.page_fetch import fetch_published
from evidence.collect.live.allowed_addresses import Reach, endpoints
from locales import text

LONGEST: Final = 20  # seconds of all look-ups of a domain together
MOST_LOOK_UPS: Final = 10  # of an SPF record (RFC 7208, section 4.6.4)
_LEAST_BITS = 1_024  # of an RSA key (RFC 8301)
_LOOKS_UP = re.compile(r"[+?~-]?(include:|a(?![a-z])|mx(?![a-z])|ptr(?![a-z])|exists:)|redirect=", re.IGNORECASE)
_ENFORCING = ("quarantine", "reject")


@dataclass(frozen=True, slots=True)
class Dns:
    """Look-ups with one resolver, until a moment of the monotonic clock."""

    resolver: dns.resolver.Resolver
    until: float

    def answer(self, name: str, kind: str) -> dns.resolver.Answer | None:
        """The answer; None if the name or kind does not exist. Raises `CouldNotLook` for anything else."""
        lifetime = min(TIMEOUT, self.until - monotonic())
        if lifetime <= 0:
            raise CouldNotLook(
                text("The DNS answers too slowly: what it knows of {name} takes more than {n} s.", name=name, n=LONGEST)
            )
        try:
            return self.resolver.resolve(f"{name}.", kind, lifetime=lifetime)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return None
        except dns.exception.DNSException as error:
            why = type(error).__name__
            raise CouldNotLook(text("{host} could not be looked up in the DNS ({why}).", host=name, why=why)) from error

    def texts(self, name: str, begin: str) -> list[str]:
        """TXT records that begin with a tag."""
        records = [b"".join(record.strings).decode("utf-8", "replace") for record in self.answer(name, "TXT") or ()]
        return [record for record in records if record.lower().replace(" ", "").startswith(begin)]

    def is_validated(self, name: str, kind: str) -> bool:
        """Whether the resolver says that it verified the answer's signatures (AD)."""
        answer = self.answer(name, kind)
        return answer is not None and bool(answer.response.flags & dns.flags.AD)


def cases(
    resolver: dns.resolver.Resolver, domain: str, selectors: Sequence[str], authorities: Path | None
) -> Iterator[Case]:
    """Yield a case for each protection of a domain. Raises `CouldNotLook` when the DNS does not answer in time."""
    resolver.use_edns(0, dns.flags.DO, 1232)
    resolver.flags = dns.flags.RD | dns.flags.AD
    look_up = Dns(resolver, monotonic() + LONGEST)
    yield _case("spf", _spf_problem(look_up, domain), domain=domain)
    yield from _dkim(look_up, domain, selectors)
    yield _case("dmarc", _dmarc_problem(look_up, domain))
    yield _dnssec(look_up, domain)
    yield _transport(look_up, domain, authorities)


def _case(check: str, failure: str = "", about: str = "", skipped: str = "", **facts: str) -> Case:
    name = f"{check}: {about}" if about else check
    return Case(name, failure=failure, skipped=skipped, facts=(("check", check), *facts.items()))


# ── SPF, DKIM and DMARC ──────────────────────────────────────────────────────────────────────────────────────────────


def _spf_problem(look_up: Dns, domain: str) -> str:
    records = look_up.texts(domain, "v=spf1")
    if len(records) != 1:
        return f"There are {len(records)} SPF records; expected one."
    if (number := _number_of_look_ups(look_up, domain, records[0], depth=0)) > MOST_LOOK_UPS:
        return f"It takes {number} or more look-ups; receivers stop after {MOST_LOOK_UPS}."
    return _problem_of_all(look_up, domain, records[0])


def _problem_of_all(look_up: Dns, domain: str, record: str) -> str:
    """Whether everyone else is refused, here or where the record redirects to."""
    for _ in range(MOST_LOOK_UPS):
        terms = record.lower().split()
        if every := [term for term in terms if term.lstrip("+?~-") == "all"]:
            return "" if every[-1][0] in "~-" else f"It ends with {every[-1]}; expected ~all or -all."
        redirect = next((term.removeprefix("redirect=") for term in terms if term.startswith("redirect=")), "")
        records = look_up.texts(redirect, "v=spf1") if _is_name(redirect) else []
        if len(records) != 1:
            break
        record = records[0]
    return f"The SPF record of {domain} does not end with ~all or -all."


def _number_of_look_ups(look_up: Dns, domain: str, record: str, depth: int) -> int:
    """The look-ups that a receiver does for a record and what it includes; stops counting past the most."""
    terms = record.lower().split()[1:]
    number = sum(_LOOKS_UP.match(term) is not None for term in terms)
    for term in terms:
        target = re.sub(r"^[+?~-]?(include:|redirect=)", "", term)
        if target == term or not _is_name(target) or number > MOST_LOOK_UPS or depth > MOST_LOOK_UPS:
            continue
        for included in look_up.texts(target, "v=spf1")[:1]:
            number += _number_of_look_ups(look_up, domain, included, depth + 1)
    return number


def _is_name(name: str) -> bool:
    """Whether it can be looked up; a name with macros depends on the message."""
    return bool(name) and "%" not in name and len(name) < 254  # noqa: PLR2004 - RFC 1035


def _dkim(look_up: Dns, domain: str, selectors: Sequence[str]) -> Iterator[Case]:
    if not selectors:
        yield _case("dkim", skipped="No selector is recorded; record those that sign mail of this domain.")
    for selector in selectors:
        records = look_up.answer(f"{selector}._domainkey.{domain}", "TXT")
        contents = [b"".join(record.strings).decode("utf-8", "replace") for record in records or ()]
        yield _case("dkim", _key_problem(contents), selector)


def _key_problem(contents: Sequence[str]) -> str:
    if len(contents) != 1:
        return f"There are {len(contents)} keys of this selector; expected one."
    tags = read_tags(contents[0])
    if not tags.get("p"):
        return "The key was withdrawn (p is empty)." if "p" in tags else "The record has no key (p)."
    if tags.get("k", "rsa").lower() != "rsa":
        return ""
    try:
        key = load_der_public_key(base64.b64decode(re.sub(r"\s", "", tags["p"]), validate=True))
    except ValueError:
        return "The key cannot be read."
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size >= _LEAST_BITS:
        return ""
    return f"The key has {key.key_size} bits; expected at least {_LEAST_BITS}."


def read_tags(record: str) -> Mapping[str, str]:
    """The tags of a record such as `v=DMARC1; p=reject`, names in lower case."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}


def _dmarc_problem(look_up: Dns, domain: str) -> str:
    """The policy of the domain, else of the nearest domain above it that has one."""
    labels = domain.split(".")
    for level in range(len(labels) - 1):
        records = look_up.texts(f"_dmarc.{'.'.join(labels[level:])}", "v=dmarc1")
        if len(records) > 1:
            return f"There are {len(records)} DMARC records; expected one."
        if records:
            tags = read_tags(records[0])
            policy = tags.get("sp", tags.get("p", "")) if level else tags.get("p", "")
            if policy.lower() in _ENFORCING:
                return ""
            return f"Its policy is {policy[:40] or 'lacking'}; expected quarantine or reject."
    return "There is no DMARC record."


# ── DNSSEC and transport ─────────────────────────────────────────────────────────────────────────────────────────────


def _dnssec(look_up: Dns, domain: str) -> Case:
    """Whether the domain's records are signed. The resolver verifies them; one that does not says nothing."""
    if look_up.is_validated(domain, "SOA") or look_up.is_validated(domain, "MX"):
        return _case("dnssec")
    if _has_key_above(look_up, domain):
        return _case("dnssec", skipped="It is signed, but the resolver of this machine does not verify signatures.")
    return _case("dnssec", "The domain is not signed: the zone above it has no key of it (DS).")


def _has_key_above(look_up: Dns, domain: str) -> bool:
    labels = domain.split(".")
    return any(look_up.answer(".".join(labels[level:]), "DS") is not None for level in range(len(labels) - 1))


def _transport(look_up: Dns, domain: str, authorities: Path | None) -> Case:
    """Whether mail to the domain is delivered over verified TLS: by DANE at every server, or by MTA-STS."""
    servers = sorted(str(record.exchange).rstrip(".").lower() for record in look_up.answer(domain, "MX") or ())
    servers = [server for server in servers if server]
    if not servers:
        return _case("transport", skipped="The domain has no server that takes mail (MX).")
    if all(look_up.is_validated(f"_25._tcp.{server}", "TLSA") for server in servers):
        return _case("transport", by="DANE")
    return _case("transport", _sts_problem(look_up, domain, servers, authorities), by="MTA-STS")


def _sts_problem(look_up: Dns, domain: str, servers: Sequence[str], authorities: Path | None) -> str:
    if len(look_up.texts(f"_mta-sts.{domain}", "v=stsv1")) != 1:
        return "There is no verified DANE at every server, and not one record of MTA-STS."
    address = Address(f"mta-sts.{domain}")
    if look_up.answer(address.host, "A") is None and look_up.answer(address.host, "AAAA") is None:
        return f"{address.host} has no address."
    endpoint = endpoints(look_up.resolver, address, Reach())[0]
    page, problem = fetch_published(endpoint, "/.well-known/mta-sts.txt", trusting(authorities))
    return problem if page is None else policy_problem(page.content, servers)


def policy_problem(policy: str, servers: Sequence[str]) -> str:
    """Why a policy of MTA-STS (RFC 8461, section 3.2) does not protect these servers; empty if it does."""
    pairs = [(name.strip().lower(), value.strip().lower()) for name, _, value in map(_colon, policy.splitlines())]
    if ("version", "stsv1") not in pairs or ("mode", "enforce") not in pairs:
        return "The policy of MTA-STS is not in mode enforce."
    patterns = [value for name, value in pairs if name == "mx"]
    lacking = [server for server in servers if not any(_matches(server, pattern) for pattern in patterns)]
    return f"The policy of MTA-STS does not name {', '.join(lacking)}." if lacking else ""


def _colon(line: str) -> tuple[str, str, str]:
    return line.partition(":")


def _matches(server: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return server.partition(".")[2] == pattern[2:]
    return server == pattern
