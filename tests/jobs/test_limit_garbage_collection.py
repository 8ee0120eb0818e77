"""Long-lived objects are excluded from garbage collection; closed pages are still collected."""

import gc
import weakref

import pytest

from jobs.limit_garbage_collection import settle


class Page:
    """An object in a reference cycle, as Streamlit's open pages are."""

    def __init__(self):
        self.itself = self


@pytest.fixture(autouse=True)
def thaw():
    yield
    settle()  # the tests after these have what lives for the whole run frozen again (tests/conftest.py)


def test_live_objects_are_excluded_from_collections():
    page = Page()
    settle()
    assert gc.get_freeze_count() > 10_000
    assert not any(tracked is page for tracked in gc.get_objects())


def test_collection_is_on_afterwards():
    gc.disable()
    settle()
    assert gc.isenabled()


def test_closed_page_is_collected_by_the_next_round():
    page = Page()
    settle()
    gone = weakref.ref(page)
    del page
    gc.collect()
    assert gone() is not None  # frozen
    settle()
    assert gone() is None
