"""Reading evidence: search, one evidence with all that belongs to it, results and their comparison."""
