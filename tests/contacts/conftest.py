"""A commune that has been in the base for two years."""

from __future__ import annotations

import pytest

from contacts.models import (
    Category,
    Contact,
    Theme,
)
from tests.contacts.counting import LAST, place, written_on, year_of
from tests.factories import (
    OrganisationFactory,
)


@pytest.fixture
def town() -> Contact:
    """A commune with its category, its territory and its theme, in the base for two years."""
    record = OrganisationFactory(
        name="Ville de Montreuil",
        category=Category.objects.get(code="COL-1"),
        themes=[Theme.objects.get(code="T01-2")],
        territories=[place("commune", "93048")],
        collected_on=year_of(LAST - 1),
    )
    written_on(record, year_of(LAST - 1))
    return record
