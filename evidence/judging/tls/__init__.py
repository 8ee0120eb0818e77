"""Judging TLS scans by a guideline."""
