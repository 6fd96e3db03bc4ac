"""What the tests of signing in share."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def required(settings: Any) -> None:
    """A second factor is asked for."""
    settings.SECOND_FACTOR = True
