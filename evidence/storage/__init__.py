"""Content-addressed bytes, in a folder or a bucket."""
