"""What surrounds every page: frame, navigation, language, session and HTML."""
