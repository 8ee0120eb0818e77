"""Scope: systems, targets, their addresses, and teams."""
