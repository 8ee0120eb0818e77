"""Files as the tools write them: one module a format. The same day and the same words give the same bytes."""
