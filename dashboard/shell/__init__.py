"""The frame of every page: navigation, language, session and HTML."""
