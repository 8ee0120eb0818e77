"""Mail: messages, the server that takes them (SMTP), and the record of what was sent."""
