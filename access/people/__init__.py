"""Accounts and what they may do: roles, agreements, sessions, tokens, delegation."""
