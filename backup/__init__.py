"""Backups: a copy of everything in one file, restoring it, and the report of `make verify`."""
