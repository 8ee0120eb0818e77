import streamlit as st

st.write("scratch")
