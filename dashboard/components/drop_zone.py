"""The area for dropped files, in the reader's language."""

import json

import streamlit as st

from locales import Language


def draw_drop_zone_texts(t: Language, choose: str, drop: str) -> None:
    """Replace Streamlit's English texts on its areas for files by ours, in popovers as well."""
    folder, drop = json.dumps(t("Choose a folder")), json.dumps(drop)
    st.html(
        f"<style>:root {{ --choose-files: {json.dumps(choose)}; --drop-files: {drop}; }} "
        f".st-key-folder {{ --choose-files: {folder}; --drop-files: {drop}; }}</style>"
    )
