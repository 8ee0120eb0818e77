"""Proposals for uploaded files: what each is evidence for, of which system and day, and what only a person can say."""
