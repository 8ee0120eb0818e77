"""Reasons why an upload waits for a review, besides those of its requirements; a module for each kind."""
