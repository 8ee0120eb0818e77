"""What leaves the product: documents, values in and bytes out, and mail, which alone uses the database."""
