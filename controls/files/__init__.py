"""The YAML definitions: their declared shapes, with line numbers, and bringing the tables up to date with them."""
