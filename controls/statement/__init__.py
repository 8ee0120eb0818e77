"""Published statements: versions, differences, and drafting one from a text."""
