"""Measurements, each as a ratio to a physical limit or a peer in the same run (`docs/performance.md`)."""
