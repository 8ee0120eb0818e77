"""Finding personal data: by headings and values of tables, and in texts."""
