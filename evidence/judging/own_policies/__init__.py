"""Policies of the organisation's own: copies of those that came along, changed in editions that begin on a day."""
