"""Writes a plan of schemes: their people and organisations first, then the schemes, who coordinates them, where they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _

from contacts.importing.applying import Writing
from contacts.importing.known import in_batches
from contacts.importing.plan import Draft
from contacts.importing.schemes.plan import KnownScheme, SchemeContent, SchemeDraft
from contacts.importing.updating import unlink
from contacts.models import Coordination, Scheme
from contacts.models.deriving import derive
from crm.folding import fold
from crm.importing import PlanOutdated
from crm.models import ImportBatch, ImportChange
from crm.records import bulk_write, one_act


if TYPE_CHECKING:
    from crm.models import User

_COLUMNS = {"lead": "lead_id", "elected": "elected_official_id", "service": "service_id"}


class SchemeWriting:
    """One plan of schemes on its way into the base."""

    def __init__(self, content: SchemeContent, batch: ImportBatch, by: User | None) -> None:
        self.content, self.batch, self.by = content, batch, by
        coordinators = [one for scheme in content.schemes for one, _share in scheme.coordinators.values()]
        self.people = Writing(content.people, batch, by, later={id(draft) for draft in coordinators})
        self.reason = self.people.reason
        self.rows: dict[int, Scheme] = {}
        self.made: dict[int, list[int]] = {}
        self.changes: list[ImportChange] = []

    def write(self, advance: Callable[[int, int], None] | None = None) -> None:
        """Everything, in the caller's transaction."""
        with one_act(by=self.by, reason=self.reason):
            self._hold()
            self.people.write(advance)
            self._create()
            self._coordinate()
            self._update()
            ImportChange.objects.bulk_create(self.changes, batch_size=1_000)
        derive(self._people_to_derive())

    def _hold(self) -> None:
        planned = {
            draft.known.pk: draft.known.version
            for draft in self.content.schemes
            if draft.known and draft.is_changed
        }
        found: dict[int, int] = {}
        for keys in in_batches(planned):
            rows = Scheme.objects.select_for_update().filter(pk__in=keys).order_by("pk")
            found |= dict(rows.values_list("pk", "version"))
        if found != planned:
            raise PlanOutdated(_("Des démarches ont changé depuis l’aperçu : relisez-le avant de confirmer."))

    def _value(self, draft: SchemeDraft, field: str) -> Any:
        value = draft.values.get(field)
        if isinstance(value, Draft):
            return self.people.pk(value)
        return self.people.term("service", value) if field == "service" else value

    def _create(self) -> None:
        new = [draft for draft in self.content.schemes if draft.is_new]
        rows = [
            Scheme(
                type_id=draft.values["type"],
                name=draft.values["name"],
                folded=fold(draft.values["name"])[:200],
                lead_id=self._value(draft, "lead"),
                service_id=self._value(draft, "service"),
                email=draft.values.get("email") or "",
                state=draft.values.get("state") or Scheme.State.RUNNING,
                starts_on=draft.values.get("starts_on"),
                ends_on=draft.values.get("ends_on"),
                elected_official_id=self._value(draft, "elected"),
                notes=draft.values.get("notes") or "",
                batch=self.batch,
            )
            for draft in new
        ]
        links = [(place, pk) for place, draft in enumerate(new) for pk in draft.territories]
        bulk_write(rows, reason=self.reason, by=self.by, links={"territories": links})
        for draft, row in zip(new, rows, strict=True):
            self.rows[id(draft)] = row
            self.changes.append(
                self.people.change(ImportChange.Kind.CREATED, row, draft.line, version=row.version)
            )

    def _pk(self, draft: SchemeDraft) -> int:
        return draft.known.pk if draft.known else self.rows[id(draft)].pk

    def _coordinate(self) -> None:
        rows = [
            Coordination(scheme_id=self._pk(draft), person_id=self.people.pk(person), share=share)
            for draft in self.content.schemes
            for person, share in draft.coordinators.values()
        ]
        for row in bulk_write(rows, reason=self.reason, by=self.by):
            self.made.setdefault(row.scheme_id, []).append(row.pk)

    def _update(self) -> None:
        changed = {
            draft.known.pk: draft for draft in self.content.schemes if draft.known and draft.is_changed
        }
        for keys in in_batches(changed):
            rows = list(Scheme.objects.filter(pk__in=keys).order_by("pk"))
            links: list[tuple[int, int]] = []
            fields: set[str] = set()
            befores: list[dict[str, Any]] = []
            for place, row in enumerate(rows):
                draft = changed[row.pk]
                before: dict[str, Any] = {}
                for field in draft.touched:
                    column = _COLUMNS.get(field, field)
                    was = getattr(row, column)
                    before[column] = was.isoformat() if isinstance(was, date) else was
                    setattr(row, column, self._value(draft, field))
                    fields.add(column.removesuffix("_id"))
                added = sorted(set(draft.territories) - cast("KnownScheme", draft.known).territories)
                links += [(place, pk) for pk in added]
                unlink(Scheme, "territories", [(row.pk, pk) for pk in sorted(draft.dropped)])
                befores.append(
                    {
                        "version": row.version,
                        "fields": before,
                        "added": {"territories": added} if added else {},
                        "removed": {"territories": sorted(draft.dropped)} if draft.dropped else {},
                        "made": {"contacts.coordination": self.made.get(row.pk, [])},
                    }
                )
            bulk_write(
                rows, fields=sorted(fields), links={"territories": links}, reason=self.reason, by=self.by
            )
            self.changes += [
                self.people.change(
                    ImportChange.Kind.UPDATED, row, changed[row.pk].line, version=row.version, before=before
                )
                for row, before in zip(rows, befores, strict=True)
            ]

    def _people_to_derive(self) -> set[int]:
        """Who coordinates a scheme of the file takes its territories."""
        found: set[int] = set()
        for keys in in_batches(
            self._pk(draft) for draft in self.content.schemes if draft.is_new or draft.is_changed
        ):
            found |= set(Coordination.objects.filter(scheme__in=keys).values_list("person_id", flat=True))
        return found
