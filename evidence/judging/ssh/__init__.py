"""Judging scans of SSH servers by the algorithms that are accepted."""
