"""Verification: the database against the evidence store and the activity log."""
