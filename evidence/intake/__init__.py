"""The one way in for evidence: stage, recognise, read, fit, judge, file."""
