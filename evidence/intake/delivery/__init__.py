"""What a delivery is for: whether its files, requirements, systems and days go together, and which cells it covers."""
