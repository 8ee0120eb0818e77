"""Uploads by programs: their fields, keys that make them safe to send again, and judging them in the background."""
