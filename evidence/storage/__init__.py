"""Content-addressed storage of files, in a folder or a bucket."""
