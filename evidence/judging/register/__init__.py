"""Registers: tables whose rows are judged one by one and as a whole."""
