"""A made-up organisation with eighteen months of history, handed in through the one way in: `make demo`."""
