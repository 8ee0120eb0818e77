"""Judging runs of test cases (JUnit XML)."""
