"""Conditions of registers: on a row, on rows together, on the whole, and compared with other registers."""
