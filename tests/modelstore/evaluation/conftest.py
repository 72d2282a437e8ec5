"""Releases trained from easy photos, as in the tests of training."""

from tests.modelstore.training.conftest import active, shop  # noqa: F401 - fixtures
