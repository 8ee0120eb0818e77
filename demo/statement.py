"""Where the made-up organisation's statement lies."""

from pathlib import Path

STATEMENTS = Path(__file__).with_name("statements")
