"""The rows of evidence and of its judgements, written and read back."""
