"""TLS scans, judged by a guideline."""
