"""Routes for the systems and targets in scope, the addresses of targets, and the planned audit."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.answers import Made
from api.request_context import Context, Day, Key, Plain, RequestModel, Title
from audits.planning import plan_audit
from controls.audit.audit_bounds import audit_of
from controls.audit.audit_plan import AuditPlan
from controls.browse import lookup
from controls.scope import system_scope, target_addresses
from controls.scope.system_scope import SystemInScope
from controls.scope.target_addresses import TargetAddressRow
from evidence.intake.judged_again import withdrawn_addresses
from models.calendar import calendar_of

router = APIRouter(prefix="/v1", tags=["scope"])
InPath = Annotated[str, Path(min_length=1, max_length=200)]


@router.get("/systems", summary="The systems in scope today")
def systems(context: Context) -> list[SystemInScope]:
    """With their attributes, their targets, and the addresses of these."""
    with context.reading() as (session, now):
        return lookup.in_scope(session, context.person, calendar_of(session).day_of(now), now)


class NewSystem(RequestModel):
    """A system and the period in which it is in scope."""

    key: Annotated[Key, Field(examples=["portal"])]
    title_nl: Annotated[Title, Field(examples=["Patiëntportaal"])]
    title_en: Annotated[Title, Field(examples=["Patient portal"])]
    attributes: Annotated[
        list[Key], Field(default_factory=list, max_length=50, examples=[["has-end-users", "health-information"]])
    ]
    targets: Annotated[list[Key], Field(default_factory=list, max_length=500, examples=[["portal.example.nl"]])]
    first_day: Annotated[Day, Field(examples=["2026-01-01"])]
    last_day: Day | None = None


@router.post("/systems", status_code=201, summary="Bring a system into scope")
def add_system(context: Context, new: NewSystem) -> Made:
    """The system, its attributes and its targets, from its first day."""
    with context.writing() as (session, now):
        system_scope.add_system(session, context.person, new.key, new.title_nl, new.title_en, now)
        system_scope.bring_into_scope(
            session, context.person, new.key, new.first_day, now, attributes=new.attributes, last_day=new.last_day
        )
        for target in new.targets:
            system_scope.bring_into_scope(
                session, context.person, new.key, new.first_day, now, target=target, last_day=new.last_day
            )
    return Made(id=new.key)


class NewTarget(RequestModel):
    """A target of a system and the period in which it is in scope."""

    target: Annotated[Key, Field(examples=["portal.example.nl"])]
    first_day: Annotated[Day, Field(examples=["2026-01-01"])]
    last_day: Day | None = None


@router.post("/systems/{key}/targets", status_code=201, summary="Bring a target into scope")
def add_target(context: Context, key: InPath, new: NewTarget) -> Made:
    """An address or component of a system that is tested by itself."""
    with context.writing() as (session, now):
        period = system_scope.bring_into_scope(
            session, context.person, key, new.first_day, now, target=new.target, last_day=new.last_day
        )
    return Made(id=period)


class Ending(RequestModel):
    """The last day; without one, the period has no end."""

    last_day: Day | None = None


@router.post("/scope-periods/{period}/end", status_code=204, summary="End a period in scope")
def end_scope(context: Context, period: InPath, ending: Ending) -> None:
    """Earlier versions stay on record."""
    with context.writing() as (session, now):
        system_scope.end_scope(session, context.person, period, ending.last_day, now)


class NewAddress(RequestModel):
    """An address of a target besides its own name; files that name it are about that target."""

    target: Annotated[
        Plain, Field(max_length=253, examples=["portal.example.nl"], description="empty: a system without targets")
    ] = ""
    address: Annotated[
        Plain,
        Field(
            min_length=1,
            max_length=2000,
            examples=["portal.example.nl:8443"],
            description="a host name or IP address, optionally with :port, or a web address; "
            "without a port it means the default port of what was scanned",
        ),
    ]
    first_day: Annotated[Day, Field(examples=["2026-01-01"])]
    last_day: Day | None = None


@router.post("/systems/{key}/addresses", status_code=201, summary="Record an address of a target")
def add_address(context: Context, key: InPath, new: NewAddress) -> Made:
    """From its first day, tests of the address count for the target."""
    with context.writing() as (session, now):
        number = target_addresses.record_address(
            session, context.person, key, new.target, new.address, new.first_day, now, last_day=new.last_day
        )
    return Made(id=number)


class AddressSearch(RequestModel):
    """Filters of addresses."""

    system: Plain = ""


@router.get("/addresses", summary="The addresses of targets, with their history")
def addresses(context: Context, filters: Annotated[AddressSearch, Query()]) -> list[TargetAddressRow]:
    """Every version, the latest recorded first; `is_current` marks the current one."""
    with context.reading() as (session, _):
        return target_addresses.list_addresses(session, context.person, system=filters.system)


@router.post("/addresses/{address}/end", status_code=204, summary="End an address of a target")
def end_address(context: Context, address: InPath, ending: Ending) -> None:
    """Tests until that day still count. A pass of a later day at the address counts for nothing from now on."""
    with context.writing() as (session, now):
        withdrawn_addresses.end_address(session, context.person, address, ending.last_day, now)


@router.post("/addresses/{address}/withdrawal", status_code=204, summary="Withdraw an address of a target")
def withdraw_address(context: Context, address: InPath) -> None:
    """For an address recorded by mistake. A pass at the address counts for nothing from now on; a fail stays."""
    with context.writing() as (session, now):
        withdrawn_addresses.withdraw_address(session, context.person, address, now)


@router.get("/audit", summary="The audit that is planned")
def audit(context: Context) -> AuditPlan | None:
    """The latest plan, for an auditor the latest of their own audits; null if there is none."""
    with context.reading() as (session, now):
        return audit_of(session, context.person, now)


class NewAudit(RequestModel):
    """An audit's plan: its day, period, criteria and scope."""

    key: Annotated[Key, Field(examples=["audit-2027"])]
    title: Annotated[Title, Field(examples=["Certification audit 2027"])]
    day: Annotated[Day, Field(examples=["2027-03-16"])]
    period_first: Annotated[Day, Field(examples=["2026-03-16"])]
    period_last: Annotated[Day | None, Field(description="by default the audit's day", examples=["2027-03-15"])] = None
    catalogues: Annotated[list[Key], Field(min_length=1, max_length=50, examples=[["iso27001-2022", "nen7510-2024"]])]
    systems: Annotated[list[Key], Field(default_factory=list, max_length=500, description="empty: all in scope")]


def plan(context: Context, new: NewAudit) -> Made:
    """A new version of the plan; earlier versions stay."""
    with context.writing() as (session, now):
        plan_audit(
            session,
            context.person,
            new.key,
            new.title,
            new.day,
            new.period_first,
            new.period_last,
            new.catalogues,
            new.systems,
            now,
        )
    return Made(id=new.key)


router.add_api_route("/audit", plan, methods=["PUT"], status_code=200, summary="Plan the audit", name="put_audit")
router.add_api_route("/audit", plan, methods=["POST"], status_code=201, summary="Plan the audit", name="post_audit")
