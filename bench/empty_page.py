"""An empty Streamlit page: what a click costs before the product does anything."""

import streamlit as st

st.html("<p>Nothing.</p>")
