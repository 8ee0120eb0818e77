"""Settings from the environment, else from a file. The token is never an argument: other users could read it there."""

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

from aantoonbaar_client.problems import ClientProblem, ExitCode
from aantoonbaar_client.texts import t

_PREFIX = "AANTOONBAAR_"
_LOCAL = ("localhost", "127.0.0.1", "::1")
_FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Where the product is, the token, the certificates to trust (a PEM file; empty: the usual), and the language."""

    address: str
    token: str
    ca_file: str = ""
    language: str = ""


_NAMES = (*(field.name for field in fields(ClientSettings)), "token_file")


def read_settings(environment: Mapping[str, str]) -> ClientSettings:
    """The settings; a variable `AANTOONBAAR_…` comes before the file. Raises `ClientProblem`."""
    path = settings_file(environment)
    values = _from_file(path) if path.exists() else {}
    variables = {name: environment.get(_PREFIX + name.upper(), "") for name in _NAMES}
    if variables["token"] or variables["token_file"]:
        values = {name: value for name, value in values.items() if name not in ("token", "token_file")}
    values |= {name: value for name, value in variables.items() if value}
    token = values.get("token") or _token_from(values.get("token_file", ""))
    if not token:
        raise _wrong(t("There is no token: set AANTOONBAAR_TOKEN, or token_file in {path}.", path=path))
    address = _checked_address(values.get("address", ""), path)
    return ClientSettings(address, token, values.get("ca_file", ""), values.get("language", ""))


def settings_file(environment: Mapping[str, str]) -> Path:
    """`AANTOONBAAR_CONFIG`, else `aantoonbaar/client.toml` in the folder for settings."""
    if named := environment.get("AANTOONBAAR_CONFIG"):
        return Path(named)
    folder = environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "aantoonbaar" / "client.toml"


def _from_file(path: Path) -> dict[str, str]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _wrong(t("{path} can't be read: {error}", path=path, error=error)) from None
    for name, value in values.items():
        if name not in _NAMES or not isinstance(value, str):
            raise _wrong(t("{path}: {name} is not a setting; expected {names}.", path=path, name=name, names=_listed()))
    if "token" in values:
        _require_private(path)
    return values


def _token_from(named: str) -> str:
    if not named:
        return ""
    path = Path(named).expanduser()
    _require_private(path)
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise _wrong(t("{path} can't be read: {error}", path=path, error=error)) from None


def _require_private(path: Path) -> None:
    """Refuse a file with a token that other users of the machine can read."""
    if os.name == "posix" and path.exists() and path.stat().st_mode & _FOR_OTHERS:
        raise _wrong(t("{path} holds a token and others can read it; run chmod 600 {path}.", path=path))


def _checked_address(address: str, path: Path) -> str:
    """The address without a slash at its end. A token is sent over TLS only, or to this machine itself."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _wrong(t("There is no address: set AANTOONBAAR_ADDRESS=https://…, or address in {path}.", path=path))
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise _wrong(t("{address} would send the token in the clear; expected https.", address=address))
    return address.rstrip("/")


def _listed() -> str:
    return ", ".join(sorted(_NAMES))


def _wrong(message: str) -> ClientProblem:
    return ClientProblem(message, ExitCode.WRONG_USE)
