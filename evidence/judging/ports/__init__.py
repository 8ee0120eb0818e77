"""Port scans: exposure of targets, and segmentation between zones."""
