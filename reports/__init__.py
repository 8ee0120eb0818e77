"""Documents that leave the product: values in, bytes out. Reads no database."""
