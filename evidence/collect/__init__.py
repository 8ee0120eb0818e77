"""Evidence that is collected by the product: of itself (`own_checks/`), and of recorded addresses (`live/`)."""
