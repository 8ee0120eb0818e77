"""Charts and figures, made of plain values."""
