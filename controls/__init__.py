"""Definitions: catalogues, crosswalks, statements and their measures, mapping, evidence requirements, and scope."""
