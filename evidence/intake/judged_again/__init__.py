"""Evidence that was recorded before, judged again: after other policies, data, runs or withdrawn addresses."""
