"""Judging results by policies; one folder for each kind of policy."""
