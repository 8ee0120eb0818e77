"""Who asks, as the product knows them: for a program that wonders what its token is for."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, Field

from access.permissions import PERMISSIONS, may
from api.request_context import AtGate

router = APIRouter(prefix="/v1", tags=["me"])


class Me(BaseModel):
    """A person, or a program that acts for one or for a team; and what they may now."""

    name: str = Field(description="as facts and the log name them", examples=["build server (team development)"])
    roles: list[str] = Field(examples=[["team member"]])
    permissions: list[str] = Field(
        description="of the roles, those that the token is for", examples=[["evidence.file"]]
    )
    teams: list[str] = Field(description="of a team member: whose requirements", examples=[["development"]])
    audits: list[str] = Field(description="of an auditor: the audits")
    requirements: list[str] = Field(description="that the token hands in evidence for; empty: all that the roles may")
    systems: list[str] = Field(description="likewise")
    token: str | None = Field(description="the name of the token; null for a browser", examples=["build server"])
    until: date | None = Field(description="the last day on which the token works; null for a browser")


@router.get("/me", summary="Who I am")
def me(admission: AtGate) -> Me:
    """Name, roles and permissions of whoever asks, and until when their token works."""
    person = admission.person
    return Me(
        name=person.name,
        roles=sorted(person.roles),
        permissions=[one for one in PERMISSIONS if may(person, one)],
        teams=sorted(person.teams),
        audits=sorted(person.audits),
        requirements=sorted(person.requirements),
        systems=sorted(person.systems),
        token=admission.token or None,
        until=admission.token_last_day,
    )
