"""Judging a delivery by the policies of its requirements, and the data that it is compared with."""
