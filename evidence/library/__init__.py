"""Reading evidence: search, details, results and their comparison."""
