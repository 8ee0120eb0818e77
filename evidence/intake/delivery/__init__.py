"""What an upload is for: whether its files, requirements, systems and days fit, and which cells it covers."""
