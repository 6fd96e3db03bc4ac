"""Folds what a line says of a scheme into its draft, by the rules of every import."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from contacts.importing.plan import Draft
from contacts.importing.schemes.lines import SchemeReading
from contacts.importing.schemes.plan import SchemeDraft
from contacts.importing.terms import Vocabulary
from contacts.models import Coordination, Scheme, Territory
from crm.importing import Change, Conflict, Problem


class SchemeFiller:
    """Fills the drafts of schemes, and remembers every conflict and everything to be told."""

    def __init__(
        self,
        types: Vocabulary,
        services: Vocabulary,
        label_of: Callable[[str], str],
        replace: Collection[str],
    ) -> None:
        self.types, self.services, self.label_of, self.replace = types, services, label_of, frozenset(replace)
        self.conflicts: list[Conflict] = []
        self.warnings: list[Problem] = []

    def fill(
        self,
        draft: SchemeDraft,
        reading: SchemeReading,
        *,
        lead: Draft | None,
        coordinators: Sequence[Draft],
        elected: Draft | None,
    ) -> None:
        """One line, its people and organisation found."""
        self._single(draft, reading, "lead", lead, shown=_name)
        self._single(draft, reading, "elected", elected, shown=_name)
        self._single(
            draft, reading, "service", reading.service, shown=lambda pk: self.services.names.get(pk, str(pk))
        )
        self._single(draft, reading, "email", reading.email)
        self._single(
            draft, reading, "state", reading.state, shown=lambda state: str(Scheme.State(state).label)
        )
        self._single(draft, reading, "starts_on", reading.starts_on, shown=lambda day: f"{day:%d/%m/%Y}")
        self._single(draft, reading, "ends_on", reading.ends_on, shown=lambda day: f"{day:%d/%m/%Y}")
        if draft.values.get("lead") is lead and lead is not None:
            lead.used = True
        self._territories(draft, reading)
        self._coordinators(draft, reading, coordinators)
        self._notes(draft, reading)

    def tell(self, line: int, column: str, reason: str) -> None:
        self.warnings.append(Problem(line, self.label_of(column), reason))

    def _changed(self, draft: SchemeDraft, column: str, before: str, after: str) -> None:
        if not draft.is_new:
            draft.changes.append(Change(self.label_of(column), before, after))

    def _single(
        self,
        draft: SchemeDraft,
        reading: SchemeReading,
        field: str,
        offered: Any,
        *,
        shown: Callable[[Any], str] = str,
    ) -> None:
        if offered in (None, "") or (draft.known is not None and field in draft.known.unseen):
            return
        kept = draft.values.get(field)
        if kept == offered:
            return
        free = kept in (None, "")
        if not free and (field not in self.replace or draft.is_new or field in draft.touched):
            self.conflicts.append(
                Conflict(reading.number, self.label_of(field), shown(kept), shown(offered), field)
            )
            return
        draft.touched.setdefault(field, kept)
        draft.values[field] = offered
        self._changed(draft, field, "" if free else shown(kept), shown(offered))

    def _territories(self, draft: SchemeDraft, reading: SchemeReading) -> None:
        offered = {place.pk: str(place) for place in reading.territories}
        new = [pk for pk in offered if pk not in draft.territories]
        if not new:
            return
        base = draft.known.territories if draft.known else frozenset()
        if base and base.isdisjoint(offered):
            if "territories" not in self.replace or draft.dropped:
                kept = ", ".join(str(one) for one in Territory.objects.filter(pk__in=base))
                self.conflicts.append(
                    Conflict(
                        reading.number,
                        self.label_of("territories"),
                        kept,
                        ", ".join(offered.values()),
                        "territories",
                    )
                )
                return
            draft.dropped = set(base)
            draft.territories = {}
        for pk in new:
            draft.territories[pk] = None
            self._changed(draft, "territories", "", offered[pk])

    def _coordinators(self, draft: SchemeDraft, reading: SchemeReading, people: Sequence[Draft]) -> None:
        known = draft.known.coordinators if draft.known else frozenset()
        new = [one for one in people if one.pk not in known and id(one) not in draft.coordinators]
        if not new:
            return
        if known and known.isdisjoint({one.pk for one in people}):
            offered = " ; ".join(one.shown for one in people)
            kept = (
                " ; ".join(
                    str(row.person)
                    for row in Coordination.objects.filter(
                        scheme=draft.known.pk, person__in=known
                    ).select_related("person")
                )
                if draft.known
                else ""
            )
            self.conflicts.append(
                Conflict(reading.number, self.label_of("coordination"), kept, offered, "coordination")
            )
            return
        for one in new:
            draft.coordinators[id(one)] = (one, reading.share)
            one.used = True
            self._changed(draft, "coordination", "", one.shown)

    def _notes(self, draft: SchemeDraft, reading: SchemeReading) -> None:
        held = draft.values.get("notes") or ""
        known = " ".join(held.split()).casefold()
        added = [note for note in reading.notes if " ".join(note.split()).casefold() not in known]
        if added:
            draft.touched.setdefault("notes", held)
            draft.values["notes"] = "\n".join([held, *added] if held else added)
            self._changed(draft, "notes", "", " / ".join(added))


def _name(draft: Draft) -> str:
    return draft.shown
