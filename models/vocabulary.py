"""Fixed values of the product: stored in tables, returned by the API and compared in code.

Members are text (`StrEnum`). If the members have an order, the docstring of the enumeration says which.
"""

from enum import StrEnum


class Status(StrEnum):
    """The status of a cell, measure or control on a day, from best to worst (docs/readiness.md)."""

    EXCLUDED = "excluded"
    DEMONSTRATED = "demonstrated"
    IN_REVIEW = "in_review"
    UNKNOWN = "unknown"
    LAPSED = "lapsed"
    MISSING = "missing"
    FAILING = "failing"
    NONCONFORMING = "nonconforming"

    @property
    def rank(self) -> int:
        """0 is best; `readiness/rule.sql` counts the same way."""
        return list(Status).index(self)


LAPSING = "lapsing"  # demonstrated today, but expired on the audit's day; used on pages, not by the rule


class Verdict(StrEnum):
    """The verdict of a policy on evidence for a cell; `NONE` if it could not be judged."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NONE = "none"


class EvidenceKind(StrEnum):
    """The kind of evidence that a requirement asks for."""

    TEST = "test"
    REGISTER = "register"
    RECORD = "record"


class Scope(StrEnum):
    """The scope of a requirement: the organisation, each system, or each target of each system; widest first."""

    ORGANISATION = "organisation"
    SYSTEM = "system"
    TARGET = "target"


class Severity(StrEnum):
    """How serious a finding is, on the common scale, worst first; the tool's own word stands beside it.

    `UNKNOWN`: the tool gives none, or a word that no scale has. `evidence/formats/severity_words.py` reads the words.
    """

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"
    UNKNOWN = "unknown"


class UploadState(StrEnum):
    """What became of an upload that is judged in the background."""

    WAITING = "waiting"
    JUDGED = "judged"
    REFUSED = "refused"


class ReviewMode(StrEnum):
    """Whether evidence is accepted automatically or needs a review by a person."""

    AUTOMATIC = "automatic"
    REQUIRED = "required"


class ReviewDecision(StrEnum):
    """A review decision; `WITHDRAWN` is by the uploader of the evidence."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ReviewState(StrEnum):
    """The review state of evidence: the last decision, or waiting or automatic without one."""

    WAITING = "waiting"
    AUTOMATIC = "automatic"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class MappingRelation(StrEnum):
    """How a measure contributes to a control; only primary measures determine its status."""

    PRIMARY = "primary"
    SUPPORTING = "supporting"


class CrosswalkRelation(StrEnum):
    """How the first control of a crosswalk's pair relates to the second; `NONE`: no longer related."""

    EQUAL = "equal"
    SUPERSET = "superset"
    SUBSET = "subset"
    INTERSECTS = "intersects"
    NONE = "none"


class ControlKind(StrEnum):
    """The kind of an item in a catalogue."""

    CONTROL = "control"
    CLAUSE = "clause"


class Healthcare(StrEnum):
    """What a healthcare edition adds to a control."""

    NONE = "none"
    UNKNOWN = "unknown"
    GUIDANCE = "guidance"
    REQUIREMENT = "requirement"
    HLT = "hlt"


class ExceptionKind(StrEnum):
    """Why a failing check is accepted; the rule treats both alike, and both end."""

    ACCEPTED_RISK = "accepted risk"
    FALSE_POSITIVE = "false positive"


class Grade(StrEnum):
    """The grade of a nonconformity, most serious first (ISO/IEC 17021-1, 3.12 and 3.13)."""

    MAJOR = "major"
    MINOR = "minor"


class LineKind(StrEnum):
    """The subject of a line in the explanation of a control's status."""

    MEASURE = "measure"
    REQUIREMENT = "requirement"
    NONCONFORMITY = "nonconformity"
    APPLICABILITY = "applicability"
    REST = "rest"


class Comparison(StrEnum):
    """How a register's count compares with its population."""

    EQUAL = "equal"
    AT_LEAST = "at-least"


class Role(StrEnum):
    """Roles of people; `SYSTEM` is the role of the process itself and is granted to nobody."""

    SECURITY_OFFICER = "security officer"
    REVIEWER = "reviewer"
    TEAM_MEMBER = "team member"
    AUDITOR = "auditor"
    READER = "reader"
    ADMINISTRATOR = "administrator"
    SYSTEM = "Aantoonbaar"


class InclusionReason(StrEnum):
    """Why a control is included in the Statement of Applicability."""

    RISK = "risk"
    LAW = "law"
    CONTRACT = "contract"
    GOOD_PRACTICE = "good practice"


class Implementation(StrEnum):
    """How far a control is implemented, as the Statement of Applicability says (ISO/IEC 27001, 6.1.3 d)."""

    IMPLEMENTED = "implemented"
    PARTLY = "partly"
    PLANNED = "planned"


class ApplicabilityState(StrEnum):
    """The state of a line of the Statement of Applicability; unreasoned: it applies, without a reason for it."""

    UNDECIDED = "undecided"
    UNREASONED = "unreasoned"
    EXCLUDED = "excluded"
    PLANNED = "planned"
    INCLUDED = "included"


class Urgency(StrEnum):
    """How near the due day of a task is: past, within thirty days, later, or no day yet."""

    OVERDUE = "overdue"
    SOON = "soon"
    PLANNED = "planned"
    UNPLANNED = "unplanned"


class SentenceDecision(StrEnum):
    """What a person decided about a sentence of a draft statement."""

    UNDECIDED = "undecided"
    CONFIRMED = "confirmed"
    LEFT_OUT = "left_out"


class SignInMethod(StrEnum):
    """How someone tries to sign in."""

    PASSWORD = "password"  # noqa: S105 - no password
    SECOND_FACTOR = "second-factor"
    RECOVERY_CODE = "recovery-code"
    LINK = "link"
    PASSKEY = "passkey"
    SINGLE_SIGN_ON = "single-sign-on"


class SignInReason(StrEnum):
    """Why a sign-in attempt began no session; the last four are of a single sign-on."""

    UNKNOWN = "unknown"
    PASSWORD = "password"  # noqa: S105 - no password
    SECOND_FACTOR = "second-factor"
    PASSKEY = "passkey"
    NOT_ACTIVE = "not-active"
    EXPIRED = "expired"
    LOCKED = "locked"  # it had to wait
    AWAITING = "awaiting"  # the password was right; the second factor was requested
    UNVERIFIED = "unverified"  # the provider did not verify the e-mail address
    OTHER_IDENTITY = "other-identity"  # the account is linked to another person of the provider
    NO_ROLE = "no-role"
    ANSWER = "answer"  # the provider's answer was an error, or not to be trusted


class SignInOutcome(StrEnum):
    """How a sign-in attempt ended, as lists and charts count it."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    LOCKED = "locked"
    AWAITING = "awaiting"


class TlsLevel(StrEnum):
    """The levels of NCSC-NL's guideline for TLS (2021), best first."""

    GOOD = "good"
    SUFFICIENT = "sufficient"
    PHASE_OUT = "phase-out"
    INSUFFICIENT = "insufficient"


class MailKind(StrEnum):
    """What a message is."""

    DIGEST = "digest"
    INVITATION = "invitation"
    RESET = "reset"


class DeliveryState(StrEnum):
    """How far the sending of a message is.

    Begun without a later state: the process ended meanwhile, so nobody knows whether it was sent. Not taken: the
    server can't take it now; a digest is tried again later. Refused: the server never will.
    """

    BEGUN = "begun"
    SENT = "sent"
    NOT_TAKEN = "not taken"
    REFUSED = "refused"


class MailSecurity(StrEnum):
    """How a connection with the mail server is protected: TLS after STARTTLS, TLS from the start, or not."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class LiveCheckKind(StrEnum):
    """A kind of live check: the evidence requirement that it is evidence for."""

    TLS = "tls-scan"
    HTTPS = "https-by-default"
    STATEMENT = "statement-version-check"
    CERTIFICATES = "certificates-published"
    MAIL = "mail-domain-protection"


class LiveCheckResult(StrEnum):
    """How a run of a live check ended: with evidence, with nothing to look at, or without reaching it."""

    FILED = "filed"
    NOTHING = "nothing"
    FAILED = "not reached"
