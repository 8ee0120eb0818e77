"""What lives long is left out of collections, and nothing that has gone is kept because of it."""

import gc
import weakref

import pytest

from jobs.settle_memory import settle


class Page:
    """Refers to itself, as Streamlit's open pages do."""

    def __init__(self):
        self.itself = self


@pytest.fixture(autouse=True)
def thaw():
    yield
    gc.unfreeze()


def test_what_lives_is_left_out_of_collections():
    kept = Page()
    settle()
    assert gc.get_freeze_count() > 10_000
    assert not any(one is kept for one in gc.get_objects())


def test_page_that_was_closed_since_is_collected_by_the_next_settling():
    page = Page()
    settle()
    gone = weakref.ref(page)
    del page
    gc.collect()
    assert gone() is not None  # frozen
    settle()
    assert gone() is None
