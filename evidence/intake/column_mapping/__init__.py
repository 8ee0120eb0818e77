"""The column mapping of a delivery: sent with it, remembered from earlier evidence, or proposed for confirmation."""
