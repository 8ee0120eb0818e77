"""The definitions that tests of `controls` edit, for the tests of audits."""

from tests.controls.conftest import definitions

__all__ = ["definitions"]
