"""The definitions that tests of `controls` edit are what an audit is about here too."""

from tests.controls.conftest import definitions

__all__ = ["definitions"]
