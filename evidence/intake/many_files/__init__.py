"""Many files at once: a ZIP file and a folder with a manifest become a row for each file."""
