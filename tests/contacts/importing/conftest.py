"""Territories for the messy files: every place they name, and its namesakes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contacts.territories.finding import forget
from contacts.territories.loading import load_territories
from tests.messy.places import DEPARTMENTS, MERGED_COMMUNES, PLACES, REGIONS
from tests.messy.schemes import GROUPS


# Saint-Denis, Saint-Pierre, Sainte-Colombe: what makes a town's name say nothing by itself.
NAMESAKES = ["11339", "30247", "04194", "15213", "31515", "05135", "17319", "25515", "33390"]


@pytest.fixture
def messy_places(db: None) -> Iterator[None]:
    """The communes, groups, departments and regions that the messy files name."""
    codes = (
        {place.code for place in PLACES} | {code for _name, _postcode, code in MERGED_COMMUNES} | {*NAMESAKES}
    )
    keys = {f"commune:{code}" for code in codes}
    keys |= {f"departement:{code}" for code in DEPARTMENTS} | {f"region:{code}" for code in REGIONS}
    keys |= {f"{level}:{code}" for level, code, _written, _lead in GROUPS}
    load_territories(subset=keys)
    forget()
    yield
    forget()
