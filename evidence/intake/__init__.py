"""The one way in for evidence: admission, reading, delivery, judgement, reasons for a review, records."""
