"""What several formats share: text, JSON and XML of strangers, read in a stream within limits."""
