"""Reading definitions for pages and the API."""
