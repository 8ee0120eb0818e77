"""Why a delivery waits for someone else's review, whatever its requirements say; one module for each kind of reason."""
