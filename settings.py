"""All that the environment decides, and the engine and store, each made once."""

from functools import cache
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import Engine

from access.key_file import own_secret
from access.oidc import Rules
from access.oidc_doors import SingleSignOn
from access.oidc_provider import Provider
from access.provider_roles import read_groups
from evidence.store import EvidenceStore
from models.transaction import make_engine


class Settings(BaseSettings):
    """Read from `AANTOONBAAR_*`; `make run PORT=8601 DATA=/some/folder` sets two of them."""

    model_config = SettingsConfigDict(env_prefix="AANTOONBAAR_")

    data: Path = Path("data")
    database: str = ""  # a SQLAlchemy address; empty: SQLite under the data folder
    host: str = "127.0.0.1"
    port: int = 8600
    names: list[str] = []  # host names by which it is reached, beside this machine's own
    certificate: Path | None = None  # with `key`: it serves TLS itself
    key: Path | None = None
    proxies: list[str] = []  # addresses of proxies that end TLS in front of it
    max_upload_mb: int = 256
    time_zone: str = "Europe/Amsterdam"
    oidc_issuer: str = ""  # of the identity provider; empty: no single sign-on. See docs/single-sign-on.md
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = ""  # on the sign-in page, such as "Keycloak"
    oidc_groups: dict[str, str] = {}  # group → role, such as {"devs": "team member:development"}
    oidc_groups_claim: str = "groups"
    oidc_new_accounts: bool = False  # whether someone unknown with a role by the groups gets an account
    oidc_second_factor_acr: str = ""  # the `acr` that stands for a second factor, where `amr` does not say so

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{(self.data / 'aantoonbaar.db').resolve()}"

    @property
    def secure(self) -> bool:
        """Reached over TLS: its own, or a declared proxy's."""
        return bool(self.certificate or self.proxies)

    @property
    def store_url(self) -> str:
        return str((self.data / "evidence").resolve())

    @property
    def log_key(self) -> Path:
        """The key that signs the activity log; not in the database, so that whoever has that one does not have both."""
        return self.data / "log-key.pem"


@cache
def settings() -> Settings:
    return Settings()


@cache
def secret() -> bytes:
    """The 32 bytes that second factors are encrypted with; in the data folder, not in the database."""
    return own_secret(settings().data / "secret.key")


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
    settings().data.mkdir(parents=True, exist_ok=True)
    return make_engine(settings().database_url)


@cache
def store() -> EvidenceStore:
    return EvidenceStore(settings().store_url)
