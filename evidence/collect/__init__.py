"""Collectors: checks of the product itself, uploaded as evidence for its own system (`docs/collectors.md`)."""
