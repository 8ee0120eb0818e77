"""What would change: by an upload, by accepting evidence, or under assumptions."""
