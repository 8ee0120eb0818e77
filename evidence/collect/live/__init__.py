"""Live checks: what an officer switched on is looked at from here, and uploaded as evidence (`docs/live-checks.md`)."""
