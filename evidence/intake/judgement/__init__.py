"""The judgement of a delivery by the policies of its requirements, and what it is compared with."""
