"""Readiness on many days: the trend, and when something was demonstrated."""
