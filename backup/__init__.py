"""Keeping what there is: a copy of everything in one file, putting it back, and saying what `make verify` found."""
