"""What hosts offer to a network: open ports, TLS and SSH."""
