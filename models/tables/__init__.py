"""Tables, one file per concept, without queries or rules."""
