"""Decisions on evidence: review, exceptions, closing a series."""
