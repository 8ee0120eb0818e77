"""A fictional organisation with eighteen months of history, uploaded through the product's own verbs: `make demo`."""
