"""The folder of the statement of the fictional organisation."""

from pathlib import Path

STATEMENTS = Path(__file__).with_name("statements")
