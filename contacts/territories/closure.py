"""Which territory lies in which, from what the rows say. Pure: keys in, keys out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from contacts.territories.shipped import Row


FRANCE = "france:FR"


class Pair(NamedTuple):
    """`descendant` lies in `ancestor`, wholly or, if `overlap`, in part; both are `level:code`."""

    ancestor: str
    descendant: str
    overlap: bool = False


def pairs(rows: Iterable[Row]) -> Iterator[Pair]:
    """The closure, self pairs included.

    A group of communes lies in each department where it has a member (in part when there are several), but a
    commune lies in its own department only: its pairs never pass through its group.
    """
    rows = list(rows)
    members: dict[str, list[Row]] = {}
    for row in rows:
        if row.level == "commune":
            for group in _groups(row):
                members.setdefault(group, []).append(row)
    for row in rows:
        yield Pair(row.key, row.key)
        if row.level in {"epci", "ept"}:
            yield from spread(row.key, members.get(row.key, ()))
            if row.epci:
                yield Pair(f"epci:{row.epci}", row.key)
        elif row.key != FRANCE:
            yield from (Pair(ancestor, row.key) for ancestor in above(row))


def above(row: Row) -> list[str]:
    """What a region, a department, a commune or an arrondissement lies in, without itself."""
    found = [f"commune:{row.commune}"] if row.commune else []
    found += _groups(row)
    if row.department and row.level != "departement":
        found.append(f"departement:{row.department}")
    if row.region:
        found.append(f"region:{row.region}")
    return [*found, FRANCE]


def spread(key: str, communes: Iterable[Row], *, with_groups: bool = False) -> Iterator[Pair]:
    """What a territory made of several `communes` lies in: in part, where only some of them do.

    A priority district also lies in the communes and in their groups (`with_groups`); a group does not.
    """
    communes = list(communes)
    counted: dict[str, int] = {}
    for row in communes:
        ancestors = above(row)
        if with_groups:
            ancestors.append(row.key)
        else:
            ancestors = [ancestor for ancestor in ancestors if ancestor.startswith(("dep", "reg", "fra"))]
        for ancestor in ancestors:
            counted[ancestor] = counted.get(ancestor, 0) + 1
    counted[FRANCE] = len(communes)
    for ancestor, count in counted.items():
        yield Pair(ancestor, key, overlap=count < len(communes))


def with_ancestors(rows: Iterable[Row], keys: Iterable[str]) -> set[str]:
    """`keys` and all that they lie in."""
    wanted = set(keys)
    return {pair.ancestor for pair in pairs(rows) if pair.descendant in wanted}


def _groups(row: Row) -> list[str]:
    return [f"{level}:{code}" for level, code in (("epci", row.epci), ("ept", row.ept)) if code]
