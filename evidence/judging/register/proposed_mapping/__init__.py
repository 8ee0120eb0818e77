"""Proposes which heading of a table is which column, and what its words mean; a person confirms."""
