"""What must be shown: catalogues, crosswalks, the statement and its measures, scope, mapping, applicability."""
