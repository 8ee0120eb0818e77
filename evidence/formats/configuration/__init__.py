"""Reports of tools that compare a configuration with rules, and tell passes as well as failures."""
