"""The planned audit, and the limits that it sets for auditors."""
