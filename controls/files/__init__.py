"""YAML definition files: their declared structure, errors with line numbers, and updates of the tables."""
