"""The published statement: its versions, their differences, and starting one from a text."""
