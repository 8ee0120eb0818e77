"""Key files and encryption of secrets at rest."""
