"""The planned audit, and what an auditor may see because of it."""
