"""Connections to other machines, bounded in time: TLS message by message, and pages."""
