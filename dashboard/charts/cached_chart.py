"""A chart on a page: drawn once for the same values, and cached as the JSON that a browser gets."""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from plotly.basedatatypes import BaseFigure

from locales import Language

_MOST = 256  # charts in the cache, of some 15 kB each


def show_chart(draw: Callable[..., go.Figure], t: Language, *values: Any, key: str) -> None:
    """The figure that `draw(t, *values)` gives; values are hashable or sequences of such. `key`: the element's."""
    fixed = tuple(
        tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value for value in values
    )
    st.plotly_chart(_Drawn(_drawn(draw, t, fixed)), config={"displayModeBar": False}, key=key)


@lru_cache(_MOST)
def _drawn(draw: Callable[..., go.Figure], t: Language, values: tuple[Any, ...]) -> str:
    return str(draw(t, *values).to_json(validate=False))


class _Drawn(BaseFigure):  # type: ignore[misc]
    """A figure that was checked when it was drawn. Building one costs fifty times what reading its JSON costs."""

    def __init__(self, spec: str) -> None:
        self._spec = spec

    def to_dict(self) -> dict[str, Any]:
        figure: dict[str, Any] = json.loads(self._spec)
        return figure
