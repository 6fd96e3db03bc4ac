"""The territories that tests of the database load: few, and every kind that behaves in its own way."""

from __future__ import annotations

from functools import cache

from contacts.territories import closure, shipped
from contacts.territories.loading import Counts, bring
from contacts.territories.names import folded


REDON = "epci:243500741"  # over three departments and two regions
NAMES = {"saint denis", "bretagne", "vienne", "clichy", "la reunion"}
KEYS = {
    "arrondissement:69383",
    "arrondissement:75113",
    "arrondissement:75118",
    "commune:01053",
    "commune:2A004",
    "commune:2B033",
    "commune:59350",
    "commune:69123",
    "commune:75056",
    "commune:93001",
    "commune:93008",
    "commune:94081",
    "commune:97101",
    "commune:97120",
    "commune:98735",
    REDON,
}


@cache
def subset() -> frozenset[str]:
    """All regions and departments, and some others."""
    found = set(KEYS)
    for row in shipped.territories():
        if row.level in {"france", "region", "departement", "ept"} or f"epci:{row.epci}" == REDON:
            found.add(row.key)
        if row.level == "commune" and (folded(row.name) in NAMES or row.ept == "200057867"):
            found.add(row.key)
    return frozenset(found)


@cache
def _rows() -> tuple[list[shipped.Row], list[shipped.Row]]:
    """The rows to load, and those with the other members of their groups, from which the closure is worked out."""
    everything = list(shipped.territories())
    kept = closure.with_ancestors(everything, subset())
    groups = {row.code for row in everything if row.key in kept and row.level in {"epci", "ept"}}
    return (
        [row for row in everything if row.key in kept],
        [row for row in everything if row.key in kept or {row.epci, row.ept} & groups],
    )


def load_subset() -> Counts:
    """What `load_territories(subset=subset())` does, without reading the whole files again for each test."""
    rows, among = _rows()
    return bring(rows, among=among, closing=False)
