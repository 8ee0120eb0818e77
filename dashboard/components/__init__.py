"""Parts that several pages show, made of plain values."""
