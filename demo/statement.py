"""The folder of the statement of the fictional organisation, and which folder of statements a database uses."""

from pathlib import Path

from sqlmodel import Session

from access.web.fictional_data import is_fictional

STATEMENTS = Path(__file__).with_name("statements")


def statements_folder(session: Session, configured: Path | None) -> Path | None:
    """The folder with statements on disk: of the fictional organisation in its database, else as configured."""
    return STATEMENTS if is_fictional(session) else configured
