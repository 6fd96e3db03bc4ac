"""Settles territories and addresses once every line is read.

What people's lines say of a place is their organisation's where they all agree and this file makes it; whoever differs
has their own. Nothing is written for a person that they would inherit anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from contacts.importing.filling import Filler
from contacts.importing.known import in_batches
from contacts.importing.plan import Draft, Known, Location
from contacts.models import Territory, TerritoryAncestor
from crm.folding import fold_name


ADDRESS = ("street", "postcode", "city")


class Nesting:
    """Which territories lie in which, among those that a file is about."""

    def __init__(self, territories: Iterable[int]) -> None:
        self.ancestors: dict[int, tuple[int, ...]] = {}
        for keys in in_batches(territories):
            found: dict[int, list[int]] = {}
            rows = TerritoryAncestor.objects.filter(descendant__in=keys, overlap=False)
            for ancestor, descendant in rows.values_list("ancestor", "descendant"):
                found.setdefault(descendant, []).append(ancestor)
            self.ancestors.update({pk: tuple(each) for pk, each in found.items()})

    def covers(self, wide: int, narrow: int) -> bool:
        return wide == narrow or wide in self.ancestors.get(narrow, ())

    def said_by(self, offered: Collection[int], held: Collection[int]) -> bool:
        """Whether what is held says as much already: each offered place is one of the held, or holds one."""
        return all(any(self.covers(place, one) for one in held) for place in offered)

    def refines(self, offered: Collection[int], held: Collection[int]) -> bool:
        """Whether each offered place lies in one that is held."""
        return all(any(self.covers(one, place) for one in held) for place in offered)


class Placer:
    """Gives every draft its own territories and address, organisations first."""

    def __init__(self, filler: Filler, known: Iterable[Known]) -> None:
        self.filler = filler
        self.nesting = Nesting(filler.places.union(*(one.reach for one in known)))
        self._names: dict[int, str] = {}

    def settle_organisations(
        self, organisations: Sequence[Draft], people: Iterable[Draft]
    ) -> Iterator[Draft]:
        """Each by its own lines, a new one else by its people's; one by one, so that the caller may put away."""
        staff: dict[int, list[Draft]] = {}
        for draft in people:
            if draft.organisation is not None and draft.organisation.is_new:
                staff.setdefault(id(draft.organisation), []).append(draft)
        for draft in organisations:
            if draft.locations:
                for location in draft.locations:
                    self._put(draft, location, inherited={}, reach=())
                draft.locations = ()
            elif draft.is_new:
                self._agree(draft, [one for person in staff.get(id(draft), ()) for one in person.locations])
            yield draft

    def settle_people(self, people: Iterable[Draft]) -> None:
        """People, once their organisations are settled."""
        for draft in people:
            for location in draft.locations:
                post = draft.organisation
                self._put(
                    draft,
                    location,
                    inherited=post.values if post else {},
                    reach=self._reach(draft, post),
                )
            draft.locations = ()

    def _reach(self, draft: Draft, organisation: Draft | None) -> Collection[int]:
        """Where this person is once inheritance is worked out."""
        if draft.territories:
            return draft.territories
        if draft.known is not None and draft.known.reach:
            return draft.known.reach
        if organisation is None:
            return ()
        return organisation.territories or (organisation.known.own_territories if organisation.known else ())

    def _agree(self, draft: Draft, said: Sequence[Location]) -> None:
        """What all the people's lines say of their new organisation's place, if they all say one thing."""
        if not said:
            return
        places = [set(one.territories) for one in said if one.territories and not one.own]
        if places and all(len(some) == 1 for some in places):
            each = [place for some in places for place in some]
            finest = max(each, key=lambda place: len(self.nesting.ancestors.get(place, ())))
            if all(self.nesting.covers(place, finest) for place in each):
                draft.territories = {finest: None}
        written = {
            field: {fold_name(value): value for one in reversed(said) if (value := getattr(one, field))}
            for field in ADDRESS
        }
        if len(written["postcode"]) <= 1 and len(written["city"]) <= 1:
            for field, values in written.items():
                if len(values) == 1:
                    draft.values[field] = next(iter(values.values()))
        sites = {one.website for one in said if one.website}
        if len(sites) == 1:
            draft.values["website"] = sites.pop()

    def _put(
        self, draft: Draft, location: Location, *, inherited: Mapping[str, object], reach: Collection[int]
    ) -> None:
        offered = [*location.territories]
        if offered and not self._put_territories(draft, location, offered, reach):
            return
        differs = any(
            (value := getattr(location, field))
            and fold_name(str(inherited.get(field) or "")) != fold_name(value)
            for field in ADDRESS
        )
        for field in (*ADDRESS, "website"):
            value = getattr(location, field)
            kept = draft.values.get(field) or ""
            if not value or fold_name(str(kept)) == fold_name(value):
                continue
            if not kept and not (differs if field in ADDRESS else inherited.get(field) != value):
                continue
            known = draft.known
            if not kept or (
                field in self.filler.replace and known is not None and field not in known.touched
            ):
                if known is not None:
                    known.touched.setdefault(field, kept)
                draft.values[field] = value
                self.filler.changed(draft, field, str(kept), value)
            else:
                self.filler.conflict(location, field, str(kept), value)

    def _put_territories(
        self, draft: Draft, location: Location, offered: Sequence[int], reach: Collection[int]
    ) -> bool:
        """False when the line's place differs from the one that is kept, a conflict."""
        own = draft.territories
        held: Collection[int] = own or (() if location.own else reach)
        if location.own and not own and set(offered) == set(reach):
            return True
        if held and self.nesting.said_by(offered, held):
            return True
        added = held and set(held) <= set(offered)
        free = draft.is_new and location.line == draft.line and not own
        known = draft.known
        replaces = (
            location.column in self.filler.replace
            and known is not None
            and "territories" not in known.dropped
        )
        if held and not (added or free or replaces or self.nesting.refines(offered, held)):
            names = self._shown([*held, *offered])
            kept = ", ".join(names[pk] for pk in held if pk in names)
            self.filler.conflict(location, location.column, kept, ", ".join(names[pk] for pk in offered))
            return False
        gone = set(own) - set(offered)
        if gone and known is not None:
            known.dropped.setdefault("territories", set()).update(gone)
        draft.territories = dict.fromkeys(offered)
        self.filler.changed(
            draft, location.column, "", ", ".join(self._shown(offered).values()) if draft.known else ""
        )
        return True

    def _shown(self, territories: Collection[int]) -> dict[int, str]:
        missing = [pk for pk in territories if pk not in self._names]
        if missing:
            self._names |= {
                territory.pk: str(territory) for territory in Territory.objects.filter(pk__in=missing)
            }
        return {pk: self._names[pk] for pk in territories if pk in self._names}
