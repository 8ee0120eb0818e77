"""Policies that judge what scanners found."""
