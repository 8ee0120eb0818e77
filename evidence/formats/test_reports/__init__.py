"""Reports of test runs: a result is a test case that passed, failed or did not run."""
