"""Files as tools write them, one module per format; the same day and texts give the same bytes."""
