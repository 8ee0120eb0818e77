"""Which mapping a table is read with: one that was sent, or one that is remembered; else it is asked."""
