"""Tables: delimited text, spreadsheets and JSON lines, of which each row is a result that no tool judged."""
