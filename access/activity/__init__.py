"""The activity log: writing and reading entries, their chain of digests, and its signed checkpoints."""
