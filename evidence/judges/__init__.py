"""What judges by a policy, a module for each kind: TLS scans, port scans, test cases, registers."""
