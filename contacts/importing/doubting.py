"""Pairs of records that may be one: both enter, and a person is asked (`contacts.models.DoublePair`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import batched

from django.utils.translation import gettext as _

from contacts.importing.known import BATCH, Base, name_key
from contacts.importing.matching import Roster
from contacts.importing.plan import Draft, Known, NameKey, Pair
from contacts.likeness import NearOrganisations, near_people
from crm.folding import fold_name


MOST = 3
"""Pairs proposed for one new record: beyond, its name is so common that a pair says nothing."""


def doubtful_pairs(roster: Roster, tell: Callable[[int, str, str], None]) -> list[Pair]:
    """Pairs of a new record and one that it resembles; each is told on the line of the new one."""
    pairs = [*_organisations(roster), *_people(roster)]
    for pair in pairs:
        column = "organisation" if pair.later.kind == "organisation" else "last_name"
        earlier = pair.earlier
        where = _("ligne %(n)s") % {"n": earlier.line} if earlier.is_new else _("déjà dans la base")
        told = _("Ressemble à « %(name)s » (%(where)s ; %(why)s) : les deux fiches restent, à examiner.")
        tell(pair.later.line, column, told % {"name": _shown(earlier), "where": where, "why": pair.why})
    return pairs


def _shown(draft: Draft) -> str:
    return ", ".join(
        part for part in (draft.shown, draft.organisation.shown if draft.organisation else "") if part
    )


def _organisations(roster: Roster) -> Iterator[Pair]:
    near: NearOrganisations[int] = NearOrganisations()
    drafts: dict[int, Draft] = {}
    new = sorted((draft for draft in roster.organisations if draft.used), key=lambda draft: draft.line)
    if not new:
        return
    names: dict[int, str] = {}
    for pk, name in roster.every_organisation:
        near.add(name, -pk)
        names.setdefault(-pk, name)
    for number, draft in enumerate(new):
        key = fold_name(draft.values["name"])
        for found, why in list(near.like(key))[:MOST]:
            earlier = drafts.get(found) or _stub(roster.base, -found, names[found], "organisation")
            yield Pair(earlier, draft, why)
        near.add(key, number)
        drafts[number] = draft


def _stub(base: Base, pk: int, name: str, kind: str) -> Draft:
    """A record of the base of which only the name matters here."""
    if (draft := base.drafts.get(pk)) is None:
        draft = Draft(
            "person" if kind == "person" else "organisation", 0, Known(pk, 0), {"name": name}, used=True
        )
    return draft


class _Colleagues:
    """People of one organisation by each half of their name: near names share one."""

    def __init__(self) -> None:
        self.by_half: dict[str, list[tuple[NameKey, Draft]]] = defaultdict(list)

    def add(self, key: NameKey, draft: Draft) -> None:
        for half in {*key} - {""}:
            self.by_half[half].append((key, draft))

    def like(self, key: NameKey) -> Iterator[tuple[Draft, str]]:
        seen: set[int] = set()
        for half in dict.fromkeys(half for half in key if half):
            for other, draft in self.by_half.get(half, ()):
                if id(draft) not in seen and (why := near_people(key, other)):
                    seen.add(id(draft))
                    yield draft, why


def _people(roster: Roster) -> list[Pair]:
    """Of each new person, in the order of the file: those they resemble among their colleagues, then elsewhere."""
    new = roster.people
    if not new:
        return []
    found: list[Pair] = []
    twins = _twin_halls(roster)
    staff: dict[int, list[Draft]] = defaultdict(list)
    for draft in new:
        staff[id(draft.organisation) if draft.organisation else 0].append(draft)
    for some, offices in _offices(roster, [draft.organisation for (draft, *_others) in staff.values()]):
        for place in some:
            for draft in staff[place]:
                found += _like(draft, roster, offices[place] if place else None, twins)
    return sorted(found, key=lambda pair: pair.later.line)


def _offices(
    roster: Roster, organisations: Sequence[Draft | None]
) -> Iterator[tuple[list[int], dict[int, _Colleagues]]]:
    """Some organisations at a time, by `id` (0: none), with those whom the base knows there."""
    base = {draft.pk: draft for draft in roster.base.drafts.values() if draft.kind == "organisation"}
    for some in batched(organisations, BATCH):
        offices: dict[int, _Colleagues] = defaultdict(_Colleagues)
        known = {draft.pk for draft in some if draft is not None and draft.pk}
        for pk, last, first, office in roster.base.colleagues_of(known):
            colleague = roster.base.drafts.get(pk) or Draft(
                "person", 0, Known(pk, 0), {"name": last, "first_name": first}, used=True
            )
            offices[id(base[office])].add(name_key(last, first), colleague)
        yield [id(draft) if draft else 0 for draft in some], offices


def _like(
    draft: Draft, roster: Roster, office: _Colleagues | None, twins: dict[int, set[int]]
) -> Iterable[Pair]:
    key = draft.keys[0] if draft.keys else ("", "")
    if key == ("", ""):
        return ()
    found: dict[int, Pair] = {}
    where = draft.organisation
    if office is not None:
        for other, why in office.like(key):
            found[id(other)] = Pair(other, draft, why)
        office.add(key, draft)
    for other in roster.by_name[key]:
        if other is draft or id(other) in found or (other.is_new and other.line > draft.line):
            continue
        there = other.organisation
        if where is None or there is None:
            found[id(other)] = Pair(other, draft, _("même nom, sans structure d’un côté"))
        elif id(there) in twins.get(id(where), ()):
            found[id(other)] = Pair(other, draft, _("même nom, structures proches"))
    return found.values() if len(found) <= MOST else ()


def _twin_halls(roster: Roster) -> dict[int, set[int]]:
    """Organisations that are near each other: « Mairie de X » and « Ville de X », a misspelt name."""
    near: NearOrganisations[int] = NearOrganisations()
    drafts = [draft for draft in roster.organisations_by_name.drafts() if draft.used]
    twins: dict[int, set[int]] = defaultdict(set)
    for draft in dict.fromkeys(drafts):
        name = fold_name(draft.values["name"])
        for other, _why in near.like(name):
            twins[id(draft)].add(other)
            twins[other].add(id(draft))
        near.add(name, id(draft))
    return twins
