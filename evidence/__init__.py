"""Evidence: it is submitted through `intake`, judged, reviewed, and read again from the library."""
