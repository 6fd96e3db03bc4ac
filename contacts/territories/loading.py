"""Bring the shipped official code into the database: at set-up, and each year when a new one is shipped.

What is planned is compared with what is there outside the transaction; one transaction then writes what differs. A
territory that is no longer in the code is closed, never deleted, since contacts may be linked to it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from contacts.models.territory import Territory, TerritoryAlias, TerritoryAncestor, TerritoryPostcode
from contacts.territories import closure, finding, qpv, shipped
from contacts.territories.names import folded


Progress = Callable[[str, int, int], None]
BATCH = 5_000
READ_FROM_FILE = (
    "name", "folded", "context", "department_code", "kind", "zone", "population", "vintage",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """What a load did: rows of each table that are now there, and what changed."""

    territories: int
    aliases: int
    postcodes: int
    pairs: int
    created: int
    updated: int
    closed: int


def load_territories(
    *,
    subset: Collection[str] | None = None,
    progress: Progress | None = None,
    thorough: bool = False,
) -> Counts:
    """Make the tables say what the shipped files say.

    When the tables already hold as many rows of this year's code as the files, nothing is compared (`thorough`
    compares each row, and mends). `subset` (tests only) keeps these `level:code` keys and what they lie in, and
    closes nothing. `progress` is told what is being done, and how much of it out of how much.
    """
    if subset is None and not thorough and (there := _already_there()) is not None:
        return there
    tell = progress or (lambda step, done, total: None)
    tell(_("Lecture du code officiel géographique"), 0, 1)
    all_rows = list(shipped.territories())
    kept = None if subset is None else closure.with_ancestors(all_rows, subset)
    rows = [row for row in all_rows if kept is None or row.key in kept]
    return bring(rows, among=all_rows, closing=subset is None, tell=tell)


def bring(
    rows: Collection[shipped.Row],
    *,
    among: Collection[shipped.Row],
    closing: bool,
    tell: Progress = lambda step, done, total: None,
) -> Counts:
    """Make the tables say what `rows` say, `among` being all rows of the code, from which groups are worked out.

    With `closing`, what the base has and `rows` have not is closed.
    """
    plan = _plan_territories(rows, among)
    with transaction.atomic():
        _write_all(Territory, plan.created, tell, _("Territoires"))
        Territory.objects.bulk_update(plan.updated, READ_FROM_FILE, batch_size=500)
        ids = _ids()
        closed = _close_missing({row.key for row in rows}, ids) if closing else 0
        aliases = _sync_aliases(ids, tell)
        postcodes = _sync_postcodes(rows, ids, tell)
        pairs = _sync_pairs(among, ids, tell, partial=len(rows) < len(among))
        qpv.follow_communes()
    finding.forget()
    return Counts(
        territories=len(rows),
        aliases=aliases,
        postcodes=postcodes,
        pairs=pairs,
        created=len(plan.created),
        updated=len(plan.updated),
        closed=closed,
    )


def _already_there() -> Counts | None:
    """What is there, if it is all of this year's code; four counts and the names written by hand."""
    wanted = shipped.counts()
    own = TerritoryAncestor.objects.filter(descendant__vintage=shipped.VINTAGE)
    usual = {(alias.level, alias.code, alias.kind, alias.text) for alias in shipped.usual_names()}
    former = TerritoryAlias.objects.exclude(code="").count()
    if (
        former != wanted["former"]
        or Territory.objects.filter(vintage=shipped.VINTAGE).exclude(level="qpv").count()
        != wanted["territories"]
        or TerritoryPostcode.objects.count() != wanted["postcodes"]
        or own.exclude(descendant__level="qpv").count() != wanted["pairs"]
        or usual
        != set(
            TerritoryAlias.objects.filter(code="").values_list(
                "territory__level", "territory__code", "kind", "text"
            )
        )
    ):
        return None
    return Counts(
        territories=wanted["territories"],
        aliases=former + len(usual),
        postcodes=wanted["postcodes"],
        pairs=wanted["pairs"],
        created=0,
        updated=0,
        closed=0,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    created: list[Territory]
    updated: list[Territory]


def _plan_territories(rows: Collection[shipped.Row], all_rows: Collection[shipped.Row]) -> _Plan:
    there = {
        f"{level}:{code}": (pk, values)
        for pk, level, code, *values in Territory.objects.values_list("pk", "level", "code", *READ_FROM_FILE)
    }
    contexts = shipped.contexts(all_rows)
    plan = _Plan([], [])
    for row in rows:
        planned = Territory(
            level=row.level,
            code=row.code,
            name=row.name,
            folded=folded(row.name),
            context=contexts[row.key],
            department_code=row.department,
            kind=row.kind,
            zone=row.zone,
            population=int(row.population) if row.population else None,
            vintage=shipped.VINTAGE,
        )
        if row.key not in there:
            plan.created.append(planned)
            continue
        planned.pk, values = there[row.key]
        if values != [getattr(planned, name) for name in READ_FROM_FILE]:
            plan.updated.append(planned)
    return plan


def _ids() -> dict[str, int]:
    return {f"{level}:{code}": pk for pk, level, code in Territory.objects.values_list("pk", "level", "code")}


def _close_missing(keys: set[str], ids: dict[str, int]) -> int:
    """Close what the code no longer names, and say what replaced it where the code tells."""
    replaced = {f"commune:{alias.old_code}": f"commune:{alias.code}" for alias in shipped.aliases()}
    gone = [
        territory
        for territory in Territory.objects.exclude(level=Territory.Level.QPV).filter(valid_to__isnull=True)
        if f"{territory.level}:{territory.code}" not in keys
    ]
    for territory in gone:
        territory.valid_to = datetime.date(shipped.VINTAGE - 1, 12, 31)
        territory.successor_id = ids.get(replaced.get(f"{territory.level}:{territory.code}", ""))
    Territory.objects.bulk_update(gone, ["valid_to", "successor"], batch_size=500)
    return len(gone)


def _sync_aliases(ids: dict[str, int], tell: Progress) -> int:
    wanted = {
        (pk, alias.kind, folded(alias.text), alias.old_code): alias.text
        for alias in shipped.aliases()
        if (pk := ids.get(f"{alias.level}:{alias.code}"))
    }
    there = {
        tuple(key): pk
        for pk, *key in TerritoryAlias.objects.values_list("pk", "territory_id", "kind", "folded", "code")
    }
    TerritoryAlias.objects.filter(pk__in=[pk for key, pk in there.items() if key not in wanted]).delete()
    missing = [
        TerritoryAlias(territory_id=key[0], kind=key[1], folded=key[2], code=key[3], text=text)
        for key, text in wanted.items()
        if key not in there
    ]
    _write_all(TerritoryAlias, missing, tell, _("Anciens noms et abréviations"))
    return len(wanted)


def _sync_postcodes(rows: Collection[shipped.Row], ids: dict[str, int], tell: Progress) -> int:
    wanted = {(code, ids[row.key]) for row in rows for code in row.postcodes.split()}
    there = {
        (code, territory): pk
        for pk, code, territory in TerritoryPostcode.objects.values_list("pk", "code", "territory_id")
    }
    loaded = {ids[row.key] for row in rows}
    _delete(TerritoryPostcode, [pk for key, pk in there.items() if key not in wanted and key[1] in loaded])
    missing = [TerritoryPostcode(code=code, territory_id=pk) for code, pk in sorted(wanted - there.keys())]
    _write_all(TerritoryPostcode, missing, tell, _("Codes postaux"))
    return len(wanted)


def _sync_pairs(
    rows: Iterable[shipped.Row], ids: dict[str, int], tell: Progress, *, partial: bool = False
) -> int:
    """Make the closure right for each territory of the file, and for those that it replaces."""
    wanted = {
        (ids[pair.ancestor], ids[pair.descendant]): pair.overlap
        for pair in closure.pairs(rows)
        if not partial or (pair.ancestor in ids and pair.descendant in ids)
    }
    shipped_ids = {descendant for _ancestor, descendant in wanted}
    there: dict[tuple[int, int], bool] = {}
    stale: list[int] = []
    for pk, ancestor, descendant, overlap in TerritoryAncestor.objects.values_list(
        "pk", "ancestor_id", "descendant_id", "overlap"
    ).iterator(chunk_size=BATCH):
        if descendant in shipped_ids and wanted.get((ancestor, descendant)) is not overlap:
            stale.append(pk)
        else:
            there[ancestor, descendant] = overlap
    _delete(TerritoryAncestor, stale)
    wanted |= _inherited(wanted)
    missing = [(*pair, overlap) for pair, overlap in wanted.items() if pair not in there]
    tell(_("Qui est dans quoi"), 0, len(missing))
    _write_pairs(missing)
    return len(wanted)


def _write_pairs(rows: list[tuple[int, int, bool]]) -> None:
    """Insert pairs by each engine's own quick way: three to six times as quick as model by model (measured).

    They are most of the first start, 180,000 rows without anything for a model to do.
    """
    columns = ", ".join(
        connection.ops.quote_name(name) for name in ("ancestor_id", "descendant_id", "overlap")
    )
    table = connection.ops.quote_name(TerritoryAncestor._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            insert = f"INSERT INTO {table} ({columns}) VALUES (%s, %s, %s)"  # noqa: S608 -- no value in it
            cursor.executemany(insert, rows)


def _inherited(wanted: dict[tuple[int, int], bool]) -> dict[tuple[int, int], bool]:
    """A commune that was merged lies in the one that replaced it, and in all that this one lies in."""
    successors = dict(Territory.objects.filter(successor__isnull=False).values_list("pk", "successor_id"))
    if not successors:
        return {}
    found: dict[tuple[int, int], bool] = {}
    for ancestor, descendant in wanted:
        for old, new in successors.items():
            if new == descendant:
                found[ancestor, old] = False
    return found


def _write_all[M: models.Model](model: type[M], objects: list[M], tell: Progress, step: str) -> None:
    manager: Any = model._default_manager
    for written, some in enumerate(batched(objects, BATCH)):
        tell(step, written * BATCH, len(objects))
        manager.bulk_create(some)


def _delete(model: type[models.Model], pks: list[int]) -> None:
    manager: Any = model._default_manager
    for some in batched(pks, 500):
        manager.filter(pk__in=some).delete()
