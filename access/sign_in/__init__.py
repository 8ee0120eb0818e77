"""Signing in: password, second factor, passkeys, single sign-on, one-time links, throttling, the login log."""
