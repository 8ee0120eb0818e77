"""What every page stands in: frame, navigation, language, session, HTML; the adapter to Streamlit."""
