"""What a reviewer sees of a stored file without downloading it: a page as a picture, or its first part as text."""
