"""All that the environment decides, and the engine and store, each made once."""

import ssl
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError
from sqlalchemy import Engine

from access.keys.key_file import own_secret
from access.sign_in.identity_provider import Provider
from access.sign_in.provider_roles import read_groups
from access.sign_in.single_sign_on import Rules
from access.web.single_sign_on_routes import SingleSignOn
from evidence.storage.store import EvidenceStore
from models.calendar import Calendar
from models.owner_only import make_database, make_folder
from models.transaction import make_engine

_DATABASE = "aantoonbaar.db"


class Settings(BaseSettings):
    """Read from `AANTOONBAAR_*`; `make run PORT=8601 DATA=/some/folder` sets two of them."""

    model_config = SettingsConfigDict(env_prefix="AANTOONBAAR_")

    data: Path = Path("data")
    statements: Path | None = None  # a folder of statements; none: the one that comes along
    policies: Path | None = None  # a folder of policies in the place of those that come along with the same id
    database: str = ""  # a SQLAlchemy address; empty: SQLite under the data folder
    postgresql_tools: Path | None = None  # the folder with pg_dump and pg_restore; none: where programs are found
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8600
    names: list[str] = []  # host names by which it is reached, beside this machine's own
    certificate: Path | None = None  # with `key`: it serves TLS itself
    key: Path | None = None
    proxies: list[str] = []  # addresses of proxies that end TLS in front of it
    max_upload_mb: Annotated[int, Field(ge=1)] = 256
    time_zone: ZoneInfo = ZoneInfo("Europe/Amsterdam")  # where the organisation is: it decides which day a moment is on
    oidc_issuer: str = ""  # of the identity provider; empty: no single sign-on. See docs/single-sign-on.md
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = ""  # on the sign-in page, such as "Keycloak"
    oidc_groups: dict[str, str] = {}  # group → role, such as {"devs": "team member:development"}
    oidc_groups_claim: str = "groups"
    oidc_new_accounts: bool = False  # whether someone unknown with a role by the groups gets an account
    oidc_second_factor_acr: str = ""  # the `acr` that stands for a second factor, where `amr` does not say so

    @field_validator("statements")
    @classmethod
    def _is_a_folder(cls, given: Path | None) -> Path | None:
        """A folder that is not there would silently retire every measure."""
        if given is not None and not given.is_dir():
            raise ValueError(f"{given} is no folder; expected one with statements (controls/statements/README.md)")
        return given

    @field_validator("policies")
    @classmethod
    def _holds_policies(cls, given: Path | None) -> Path | None:
        """A folder that is not there would silently judge by what comes along."""
        if given is not None and not given.is_dir():
            raise ValueError(f"{given} is no folder; expected one with policies (evidence/policies/README.md)")
        return given

    @field_validator("proxies")
    @classmethod
    def _are_addresses(cls, given: list[str]) -> list[str]:
        """Whoever is believed decides where everyone comes from: it has an address, and is not everybody."""
        for one in given:
            if ip_network(one, strict=False).prefixlen == 0:
                raise ValueError(f"{one} is everybody: name the proxy's own address")
        return given

    @model_validator(mode="after")
    def _can_serve_tls(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("AANTOONBAAR_CERTIFICATE and AANTOONBAAR_KEY go together: give both, or neither")
        if self.certificate is not None:
            try:
                ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(self.certificate, self.key)
            except OSError as why:  # ssl.SSLError is one
                raise ValueError(f"TLS cannot be served with {self.certificate} and {self.key}: {why}") from why
        return self

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.time_zone)

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{(self.data / _DATABASE).resolve()}"

    @property
    def secure(self) -> bool:
        """Reached over TLS: its own, or a declared proxy's."""
        return bool(self.certificate or self.proxies)

    @property
    def address(self) -> str:
        """As people reach it. This machine by its name, since passkeys belong to a name."""
        name = self.names[0] if self.names else {"127.0.0.1": "localhost", "::1": "localhost"}.get(self.host, self.host)
        return f"{'https' if self.secure else 'http'}://{name}" + ("" if self.proxies else f":{self.port}")

    @property
    def store_url(self) -> str:
        return str((self.data / "evidence").resolve())

    @property
    def log_key(self) -> Path:
        """The key that signs the activity log; not in the database, so that whoever has that one does not have both."""
        return self.data / "log-key.pem"

    @property
    def secret_key(self) -> Path:
        """The key that second factors are encrypted with."""
        return self.data / "secret.key"


@cache
def settings() -> Settings:
    """Ends the process with a message if the environment is wrong: nothing works without, whoever asks first."""
    try:
        return Settings()
    except ValidationError as wrong:
        raise SystemExit("\n".join(_told(one["loc"], one["msg"]) for one in wrong.errors())) from wrong
    except SettingsError as wrong:
        raise SystemExit(f'Aantoonbaar does not start: {wrong}. Lists are written as ["one", "two"].') from wrong


def _told(where: tuple[int | str, ...], what: str) -> str:
    name = f"AANTOONBAAR_{str(where[0]).upper()}: " if where else ""
    return f"Aantoonbaar does not start: {name}{what.removeprefix('Value error, ')}."


@cache
def secret() -> bytes:
    """The 32 bytes that second factors are encrypted with; in the data folder, not in the database."""
    return own_secret(settings().secret_key)


@cache
def single_sign_on() -> SingleSignOn | None:
    """The identity provider, if one is set. Raises a `Problem` at the start for what is set wrongly."""
    given = settings()
    if not given.oidc_issuer:
        return None
    acr, secret_given = given.oidc_second_factor_acr, given.oidc_client_secret.get_secret_value()
    provider = Provider(given.oidc_issuer, given.oidc_client_id, secret_given, given.oidc_name, acr)
    groups = read_groups(given.oidc_groups)
    return SingleSignOn(provider, Rules(groups, given.oidc_groups_claim, given.oidc_new_accounts, acr))


@cache
def engine() -> Engine:
    own = settings().data / _DATABASE
    make_folder(settings().data, _DATABASE)
    if not settings().database:
        make_database(own)
    return make_engine(settings().database_url, settings().calendar)


@cache
def store() -> EvidenceStore:
    return EvidenceStore(settings().store_url)
