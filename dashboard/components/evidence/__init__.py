"""Parts that several pages use to show evidence."""
