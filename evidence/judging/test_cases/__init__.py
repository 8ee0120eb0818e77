"""Test runs of test cases."""
