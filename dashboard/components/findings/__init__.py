"""Parts that several pages use to record and list nonconformities."""
