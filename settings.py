"""Settings from the environment; and the database engine and evidence store, each created once."""

import re
import ssl
from email.utils import parseaddr
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError
from sqlalchemy import Engine

from access.keys.key_file import read_or_make_secret
from access.sign_in.identity_provider import Provider
from access.sign_in.provider_roles import read_groups
from access.sign_in.single_sign_on import SingleSignOnRules
from access.web.single_sign_on_routes import SingleSignOn
from evidence.storage.store import EvidenceStore
from models.calendar import Calendar
from models.owner_only import make_database, make_folder
from models.transaction import make_engine
from models.vocabulary import MailSecurity
from reports.mail.server import MailServer

_DATABASE = "aantoonbaar.db"
_ADDRESS = re.compile(r"[\x21-\x7e]+@[a-zA-Z0-9.-]+")
_SMTP_PORTS = {MailSecurity.STARTTLS: 587, MailSecurity.TLS: 465, MailSecurity.NONE: 25}
_LOCAL = ("127.0.0.1", "::1", "localhost")
_TLS_REQUIRED = """Aantoonbaar does not listen on {host} without TLS: passwords would be sent in the clear.
Give it a certificate (AANTOONBAAR_CERTIFICATE and AANTOONBAAR_KEY), or put a proxy with TLS in front of it and
declare its address (AANTOONBAAR_PROXIES), or let it listen on 127.0.0.1."""


class Settings(BaseSettings):
    """Settings from the variables `AANTOONBAAR_*`, for example `make run PORT=8601 DATA=/some/folder`."""

    model_config = SettingsConfigDict(env_prefix="AANTOONBAAR_")

    data: Path = Path("data")
    statements: Path | None = None  # a folder of statements; none: the included one
    policies: Path | None = None  # a folder of policies that replace included ones with the same id
    database: str = ""  # a SQLAlchemy address; empty: SQLite under the data folder
    postgresql_tools: Path | None = None  # the folder with pg_dump and pg_restore; none: from PATH
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8600
    names: list[str] = []  # host names of the product, besides those of the local machine
    certificate: Path | None = None  # with `key`: the product serves TLS itself
    key: Path | None = None
    proxies: list[str] = []  # addresses of proxies that end TLS in front of it
    max_upload_mb: Annotated[int, Field(ge=1)] = 1024  # of one upload through the API, all its files together
    time_zone: ZoneInfo = ZoneInfo("Europe/Amsterdam")  # the organisation's: decides the day of a moment
    oidc_issuer: str = ""  # of the identity provider; empty: no single sign-on. See docs/single-sign-on.md
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = ""  # on the sign-in page, such as "Keycloak"
    oidc_groups: dict[str, str] = {}  # group → role, such as {"devs": "team member:development"}
    oidc_groups_claim: str = "groups"
    oidc_new_accounts: bool = False  # whether unknown people with a role by their groups get an account
    oidc_second_factor_acr: str = ""  # the `acr` value that means a second factor, if `amr` does not
    smtp_host: str = ""  # of the mail server; empty: no mail is sent. See docs/mail.md
    smtp_port: Annotated[int, Field(ge=1, le=65535)] | None = None  # none: the usual one for the security
    smtp_security: MailSecurity = MailSecurity.STARTTLS
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_password_file: Path | None = None  # holds the password, instead of `smtp_password`
    smtp_sender: str = ""  # such as "Aantoonbaar <no-reply@example.org>"
    smtp_authorities: Path | None = None  # a PEM file of certificates to trust; none: those of this machine

    @field_validator("statements")
    @classmethod
    def _is_a_folder(cls, folder: Path | None) -> Path | None:
        """Refuse a folder that does not exist: it would silently retire every measure."""
        if folder is not None and not folder.is_dir():
            raise ValueError(f"{folder} is not a folder; expected one with statements (controls/statements/README.md)")
        return folder

    @field_validator("policies")
    @classmethod
    def _holds_policies(cls, folder: Path | None) -> Path | None:
        """Refuse a folder that does not exist: the included policies would be used silently."""
        if folder is not None and not folder.is_dir():
            raise ValueError(f"{folder} is not a folder; expected one with policies (evidence/policies/README.md)")
        return folder

    @field_validator("proxies")
    @classmethod
    def _are_addresses(cls, proxies: list[str]) -> list[str]:
        """Refuse a range of all addresses: a trusted proxy determines the client address that is recorded."""
        for proxy in proxies:
            if ip_network(proxy, strict=False).prefixlen == 0:
                raise ValueError(f"{proxy} includes all addresses; expected the address of the proxy")
        return proxies

    @model_validator(mode="after")
    def _can_serve_tls(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("AANTOONBAAR_CERTIFICATE and AANTOONBAAR_KEY belong together: set both, or neither")
        if self.certificate is not None:
            try:
                ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(self.certificate, self.key)
            except OSError as error:  # ssl.SSLError is one
                raise ValueError(f"TLS cannot be served with {self.certificate} and {self.key}: {error}") from error
        return self

    @model_validator(mode="after")
    def _can_send_mail(self) -> Self:
        if not self.smtp_host:
            return self
        if not _ADDRESS.fullmatch(parseaddr(self.smtp_sender)[1]) or not self.smtp_sender.isprintable():
            raise ValueError(
                "AANTOONBAAR_SMTP_SENDER is no sender of mail; expected one such as Aantoonbaar <no-reply@example.org>"
            )
        if self.smtp_security == MailSecurity.NONE and self.smtp_host not in _LOCAL:
            raise ValueError(
                "AANTOONBAAR_SMTP_SECURITY: none is for a server on this machine; expected starttls or tls"
            )
        for file in (self.smtp_password_file, self.smtp_authorities):
            if file is not None and not file.is_file():
                raise ValueError(f"AANTOONBAAR_SMTP_…: there is no file {file}")
        return self

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.time_zone)

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{(self.data / _DATABASE).resolve()}"

    @property
    def secure(self) -> bool:
        """Whether people connect over TLS, of the product itself or of a declared proxy."""
        return bool(self.certificate or self.proxies)

    @property
    def address(self) -> str:
        """The URL of the product; `localhost` for the local machine, because passkeys are bound to a name."""
        name = self.names[0] if self.names else {"127.0.0.1": "localhost", "::1": "localhost"}.get(self.host, self.host)
        return f"{'https' if self.secure else 'http'}://{name}" + ("" if self.proxies else f":{self.port}")

    @property
    def store_url(self) -> str:
        return str((self.data / "evidence").resolve())

    @property
    def log_key(self) -> Path:
        """The key file that signs the activity log; kept outside the database so that one leak does not expose both."""
        return self.data / "log-key.pem"

    @property
    def secret_key(self) -> Path:
        """The key file that encrypts second factors."""
        return self.data / "secret.key"


@cache
def settings() -> Settings:
    """Return the settings, read once; exits the process with a message if a variable is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise SystemExit("\n".join(_message(problem["loc"], problem["msg"]) for problem in error.errors())) from error
    except SettingsError as error:
        raise SystemExit(f'Aantoonbaar does not start: {error}. Lists are written as ["one", "two"].') from error


def require_tls(config: Settings) -> None:
    """Exit the process with a message if it would listen on a network without TLS."""
    if config.host not in _LOCAL and not config.secure:
        raise SystemExit(_TLS_REQUIRED.format(host=config.host))


def _message(where: tuple[int | str, ...], message: str) -> str:
    name = f"AANTOONBAAR_{str(where[0]).upper()}: " if where else ""
    return f"Aantoonbaar does not start: {name}{message.removeprefix('Value error, ')}."


@cache
def secret() -> bytes:
    """Return the 32-byte key that encrypts second factors; it is in the data folder, not in the database."""
    return read_or_make_secret(settings().secret_key)


@cache
def single_sign_on() -> SingleSignOn | None:
    """Return the single sign-on configuration; None if none is set. Raises `Problem` for wrong settings."""
    config = settings()
    if not config.oidc_issuer:
        return None
    acr, client_secret = config.oidc_second_factor_acr, config.oidc_client_secret.get_secret_value()
    provider = Provider(config.oidc_issuer, config.oidc_client_id, client_secret, config.oidc_name, acr)
    groups = read_groups(config.oidc_groups)
    return SingleSignOn(provider, SingleSignOnRules(groups, config.oidc_groups_claim, config.oidc_new_accounts, acr))


@cache
def mail_server() -> MailServer | None:
    """Return the mail server; None if none is set."""
    config = settings()
    if not config.smtp_host:
        return None
    password = config.smtp_password.get_secret_value()
    if config.smtp_password_file is not None:
        password = config.smtp_password_file.read_text(encoding="utf-8").strip()
    return MailServer(
        config.smtp_host,
        config.smtp_port or _SMTP_PORTS[config.smtp_security],
        config.smtp_security,
        config.smtp_sender,
        config.smtp_user,
        password,
        config.smtp_authorities,
    )


@cache
def engine() -> Engine:
    database = settings().data / _DATABASE
    make_folder(settings().data, _DATABASE)
    if not settings().database:
        make_database(database)
    return make_engine(settings().database_url, settings().calendar)


@cache
def store() -> EvidenceStore:
    return EvidenceStore(settings().store_url)
