"""An empty Streamlit page: the cost of a click before the product does anything."""

import streamlit as st

st.html("<p>Nothing.</p>")
