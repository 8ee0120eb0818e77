"""Collectors: the product's own facts as evidence for its own system, handed in like any (`docs/collectors.md`)."""
