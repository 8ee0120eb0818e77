"""What is in scope: systems, targets, their addresses, teams."""
