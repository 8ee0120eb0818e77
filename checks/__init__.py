"""Commands that compare the product with known truth: corpus of test outputs, readiness cases, histories."""
