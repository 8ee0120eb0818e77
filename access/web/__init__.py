"""HTTP in front of pages and API: authentication middleware and the pages before sign-in."""
