"""The route that tells who makes the request and what they may do, such as what a token permits."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, Field

from access.permissions import PERMISSIONS, may
from api.request_context import AdmissionOfRequest

router = APIRouter(prefix="/v1", tags=["me"])


class Me(BaseModel):
    """A person, or a program that acts for a person or a team, and what they may do now."""

    name: str = Field(description="as records and the log name them", examples=["build server (team development)"])
    roles: list[str] = Field(examples=[["team member"]])
    permissions: list[str] = Field(
        description="permissions of the roles, as far as the token allows", examples=[["evidence.file"]]
    )
    teams: list[str] = Field(description="of a team member: the teams", examples=[["development"]])
    audits: list[str] = Field(description="of an auditor: the audits")
    requirements: list[str] = Field(
        description="for which the token may upload evidence; empty: all that the roles permit"
    )
    systems: list[str] = Field(description="for which the token may upload evidence; empty: all")
    token: str | None = Field(description="the name of the token; null for a browser", examples=["build server"])
    until: date | None = Field(description="the last day on which the token works; null for a browser")


@router.get("/me", summary="Who I am")
def me(admission: AdmissionOfRequest) -> Me:
    """Name, roles and permissions of the caller, and the last day of their token."""
    person = admission.person
    return Me(
        name=person.name,
        roles=sorted(person.roles),
        permissions=[permission for permission in PERMISSIONS if may(person, permission)],
        teams=sorted(person.teams),
        audits=sorted(person.audits),
        requirements=sorted(person.requirements),
        systems=sorted(person.systems),
        token=admission.token or None,
        until=admission.token_last_day,
    )
