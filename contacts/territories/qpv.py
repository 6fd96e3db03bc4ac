"""The priority districts (QPV), from the official file of their codes, labels and communes.

They are not shipped: who needs them imports the file of the ministry. Its communes may be older than our code, so
that a merged one stands for the one that took its place.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from django.db import models, transaction
from django.utils.translation import gettext as _, ngettext

from contacts.models.territory import Territory, TerritoryAlias, TerritoryAncestor
from contacts.territories import finding
from contacts.territories.names import folded
from crm.importing import Change, Line, NotData, Outcome, Plan, Problem


# Decrees 2023-1314 (France but overseas) and 2024-1212 (overseas): in force on these days.
IN_FORCE = datetime.date(2024, 1, 1)
IN_FORCE_OVERSEAS = datetime.date(2025, 1, 1)
CODE, LABEL, COMMUNES = "code", "label", "communes"
_CODE = re.compile(r"QN(\d\d[0-9AB])\d\d[A-Z]|QP[0-9AB]{6}")
_NOT_A_CODE = re.compile(r"[^0-9ABab]+")
_SHOWN = 2  # communes named beside a label; the others are counted


class Row(NamedTuple):
    """One line of the file, as text."""

    number: int
    code: str
    label: str
    communes: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A district as it will be: its fields, what it lies in, wholly or (`True`) in part, and what it was."""

    territory: Territory
    lies_in: Mapping[int, bool]
    outcome: Outcome
    was: Mapping[str, object] = field(default_factory=dict)
    lay_in: Mapping[int, bool] = field(default_factory=dict)


FIELDS = ("name", "folded", "context", "department_code", "zone", "valid_from", "vintage")


class _Communes:
    """Communes by code, present or past, and what each lies in; loaded once for a file."""

    def __init__(self) -> None:
        self.by_code = {
            commune.code: commune
            for commune in Territory.objects.at(Territory.Level.COMMUNE, Territory.Level.ARRONDISSEMENT)
        }
        self.successor: dict[str, set[str]] = {}
        for old, new in TerritoryAlias.objects.exclude(code="").values_list("code", "territory__code"):
            self.successor.setdefault(old, set()).add(new)

    def read(self, text: str) -> tuple[list[Territory], list[str]]:
        """The communes of a cell, and the codes that are none."""
        found: dict[str, Territory] = {}
        unknown = []
        for code in filter(None, _NOT_A_CODE.split(re.sub(r"\.0\b", "", text))):
            code = code.upper().zfill(5)  # all INSEE codes have five signs: a spreadsheet took the zero
            today = {code} if code in self.by_code else self.successor.get(code, set())
            if len(today) == 1 and (commune := self.by_code.get(next(iter(today)))):
                found[commune.code] = commune
            else:
                unknown.append(code)
        return list(found.values()), unknown


def plan_rows(
    rows: Iterable[Row],
    *,
    names: Mapping[str, str],
    in_force: datetime.date = IN_FORCE,
    in_force_overseas: datetime.date = IN_FORCE_OVERSEAS,
) -> tuple[list[Line], list[Planned], list[Problem]]:
    """What each line would do, what would be written, and warnings; `names` are the headings, by column."""
    communes = _Communes()
    there = {district.code: district for district in Territory.objects.at(Territory.Level.QPV)}
    links = links_of(Territory.Level.QPV)
    above = links_of(Territory.Level.COMMUNE, Territory.Level.ARRONDISSEMENT)
    lines: list[Line] = []
    planned: dict[str, tuple[Row, Planned]] = {}
    warnings: list[Problem] = []
    for row in rows:
        code = re.sub(r"\s", "", row.code).upper()
        places, unknown = communes.read(row.communes)
        if problem := _problem(row, code, places, unknown, names):
            lines.append(Line(row.number, Outcome.REJECTED, row.label or code, problems=(problem,)))
            continue
        if code in planned:
            lines.append(_repeated(row, *planned[code], places, names))
            continue
        warnings += [
            Problem(row.number, names[COMMUNES], _("Le code commune %(code)s n’existe pas.") % {"code": one})
            for one in unknown
        ]
        district = _district(code, row.label, places, in_force, in_force_overseas)
        lies_in = _lies_in([place.pk for place in places], above)
        old = there.get(code)
        line, what = _compared(row, district, lies_in, old, links.get(old.pk, {}) if old else {}, names)
        planned[code] = row, what
        lines.append(line)
    return lines, [what for _row, what in planned.values()], warnings


def links_of(*levels: str) -> dict[int, dict[int, bool]]:
    """What each territory of these levels lies in, wholly or in part, itself included."""
    found: dict[int, dict[int, bool]] = {}
    links = TerritoryAncestor.objects.filter(descendant__level__in=levels)
    for ancestor, descendant, overlap in links.values_list("ancestor_id", "descendant_id", "overlap"):
        found.setdefault(descendant, {})[ancestor] = overlap
    return found


def _lies_in(places: Sequence[int], above: Mapping[int, Mapping[int, bool]]) -> dict[int, bool]:
    """What a district of these communes lies in: in part where only some of them do."""
    counted: dict[int, int] = {}
    for place in places:
        for ancestor in above.get(place, ()):
            counted[ancestor] = counted.get(ancestor, 0) + 1
    return {ancestor: count < len(places) for ancestor, count in counted.items()}


def _problem(
    row: Row, code: str, places: Sequence[Territory], unknown: Sequence[str], names: Mapping[str, str]
) -> Problem | None:
    match = _CODE.fullmatch(code)
    if not match:
        return Problem(
            row.number,
            names[CODE],
            _("« %(code)s » n’est pas un numéro de quartier (QN…).") % {"code": row.code},
        )
    if not row.label.strip():
        return Problem(row.number, names[LABEL], _("Le nom du quartier manque."))
    if not places:
        reason = _("Aucune commune n’est indiquée.")
        if unknown:
            reason = _("Aucun de ces codes n’est celui d’une commune : %(codes)s.") % {
                "codes": ", ".join(unknown)
            }
        return Problem(row.number, names[COMMUNES], reason)
    department = (match[1] or "").removeprefix("0")
    if department and not any(place.department_code == department for place in places):
        reason = _("Le numéro du quartier et ses communes ne sont pas du même département.")
        return Problem(row.number, names[COMMUNES], reason)
    return None


def _repeated(
    row: Row, first: Row, planned: Planned, places: Sequence[Territory], names: Mapping[str, str]
) -> Line:
    """A code given twice: the same district again folds into the first, another one is set aside."""
    context = _context(places)
    if planned.territory.folded == folded(row.label) and planned.territory.context == context:
        return Line(row.number, Outcome.MERGED, row.label, into=first.number)
    reason = _("Ce numéro est déjà celui d’un autre quartier, ligne %(line)s.") % {"line": first.number}
    return Line(row.number, Outcome.REJECTED, row.label, problems=(Problem(row.number, names[CODE], reason),))


def _district(
    code: str, label: str, places: Sequence[Territory], in_force: datetime.date, overseas: datetime.date
) -> Territory:
    zone = places[0].zone
    since = in_force if zone == Territory.Zone.METRO else overseas
    label = " ".join(label.split())
    return Territory(
        level=Territory.Level.QPV,
        code=code,
        name=label[:200],
        folded=folded(label)[:200],
        context=_context(places),
        department_code=places[0].department_code,
        zone=zone,
        valid_from=since,
        vintage=in_force.year,
    )


def _context(places: Sequence[Territory]) -> str:
    """« Saint-Denis, 93 », « Saint-Denis, Aubervilliers et 2 autres, 93 »: the largest are named."""
    places = sorted(places, key=lambda place: (-(place.population or 0), place.code))
    named = ", ".join(place.name for place in places[:_SHOWN])
    if (more := len(places) - _SHOWN) > 0:
        others = ngettext("%(n)s autre", "%(n)s autres", more) % {"n": more}
        named = _("%(communes)s et %(others)s") % {"communes": named, "others": others}
    return f"{named[:94]}, {places[0].department_code}"


def _compared(
    row: Row,
    district: Territory,
    lies_in: dict[int, bool],
    old: Territory | None,
    old_links: dict[int, bool],
    names: Mapping[str, str],
) -> tuple[Line, Planned]:
    if old is None:
        return Line(row.number, Outcome.CREATED, str(district)), Planned(district, lies_in, Outcome.CREATED)
    district.pk = old.pk
    was = {name: getattr(old, name) for name in FIELDS if getattr(old, name) != getattr(district, name)}
    old_links = {ancestor: overlap for ancestor, overlap in old_links.items() if ancestor != old.pk}
    if not was and old_links == lies_in:
        line = Line(row.number, Outcome.UNCHANGED, str(district), target=old.pk)
        return line, Planned(district, lies_in, Outcome.UNCHANGED)
    changes = [
        Change(_heading(name, names), str(value), str(getattr(district, name)))
        for name, value in was.items()
        if name != "folded"
    ]
    if not changes:
        changes.append(Change(names[COMMUNES], old.context, district.context))
    line = Line(row.number, Outcome.UPDATED, str(district), target=old.pk, changes=tuple(changes))
    return line, Planned(district, lies_in, Outcome.UPDATED, was, old_links)


def _heading(name: str, names: Mapping[str, str]) -> str:
    """What a field is called on the page: the file's own heading, or ours."""
    of_file = {"name": names[LABEL], "context": names[COMMUNES], "department_code": names[COMMUNES]}
    return of_file.get(name) or str(field_of(name).verbose_name)


def field_of(name: str) -> models.Field[Any, Any]:
    """The field of `Territory` of this name."""
    return cast("models.Field[Any, Any]", Territory._meta.get_field(name))


def follow_communes() -> int:
    """After a new official code: each district lies in what its communes now lie in; how many had to be mended."""
    above = links_of(Territory.Level.COMMUNE, Territory.Level.ARRONDISSEMENT)
    replaced = dict(Territory.objects.filter(successor__isnull=False).values_list("pk", "successor_id"))
    mended: dict[int, dict[int, bool]] = {}
    for district, links in links_of(Territory.Level.QPV).items():
        inside = {replaced.get(ancestor) or ancestor for ancestor in links if ancestor in above}
        wider = {ancestor for place in inside for ancestor in above[place] if ancestor != place}
        lies_in = _lies_in([place for place in sorted(inside) if place not in wider], above) | {
            district: False
        }
        if lies_in != links:
            mended[district] = lies_in
    TerritoryAncestor.objects.filter(descendant__in=mended).delete()
    TerritoryAncestor.objects.bulk_create(
        TerritoryAncestor(ancestor_id=ancestor, descendant_id=district, overlap=overlap)
        for district, lies_in in mended.items()
        for ancestor, overlap in lies_in.items()
    )
    return len(mended)


def write(planned: Sequence[Planned]) -> list[Territory]:
    """Make the districts be as planned, in the caller's transaction; the ones that were created."""
    new = [what for what in planned if what.outcome is Outcome.CREATED]
    changed = [what for what in planned if what.outcome is Outcome.UPDATED]
    Territory.objects.bulk_create([what.territory for what in new])
    Territory.objects.bulk_update([what.territory for what in changed], FIELDS, batch_size=500)
    TerritoryAncestor.objects.filter(descendant__in=[what.territory for what in changed]).delete()
    TerritoryAncestor.objects.bulk_create(
        [
            TerritoryAncestor(ancestor_id=ancestor, descendant=what.territory, overlap=overlap)
            for what in (*new, *changed)
            for ancestor, overlap in {what.territory.pk: False, **what.lies_in}.items()
        ]
    )
    transaction.on_commit(finding.forget)
    return [what.territory for what in new]


def load_qpv(
    rows: Iterable[Row],
    *,
    not_data: Sequence[NotData] = (),
    in_force: datetime.date = IN_FORCE,
    in_force_overseas: datetime.date = IN_FORCE_OVERSEAS,
) -> dict[str, object]:
    """Plan and write at once, in one transaction; the report of `import_file`. For scripts and tests."""
    names = {CODE: "code_qp", LABEL: "lib_qp", COMMUNES: "insee_com"}
    with transaction.atomic():
        lines, planned, warnings = plan_rows(
            rows, names=names, in_force=in_force, in_force_overseas=in_force_overseas
        )
        created = write(planned)
    plan = Plan(kind="qpv", sheet="", heading_line=1, lines=lines, not_data=not_data, warnings=warnings)
    plan.objects = {"territories": len(created)}
    return plan.report()
