"""The command-line client of Aantoonbaar. It knows the API only: nothing of the product is imported."""
