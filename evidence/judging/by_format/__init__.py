"""Policies that leave the judging to another policy, by the format of the file."""
