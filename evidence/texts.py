"""Texts in the tables of evidence (`locales.kept`)."""

from locales.kept import keep, read

__all__ = ["keep", "read"]
