"""Takes an import back while nobody has changed its records: what it created goes, what it changed is as before.

The history keeps what happened, the undoing included. Oppositions stay: on the records that stay, and as fingerprints
for the addresses of those that go (`SuppressedAddress`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from contacts.importing.known import in_batches
from contacts.importing.updating import unlink
from contacts.joining import uses
from contacts.models import (
    Channel,
    Consent,
    Contact,
    ContactAlias,
    ContactTerritory,
    Coordination,
    DoublePair,
    Interaction,
    Link,
    Merge,
    Opposition,
    Position,
    Scheme,
)
from contacts.models.deriving import derive
from contacts.models.vocabulary import Term
from crm.importing import CannotUndo
from crm.models import ImportBatch, ImportChange
from crm.records import BATCH, bulk_write, moment, one_act


if TYPE_CHECKING:
    from crm.models import User

MOST_NAMES = 100
CREATED, UPDATED = ImportChange.Kind.CREATED, ImportChange.Kind.UPDATED
# What belongs to a contact and goes with it, in an order that no key forbids.
_PARTS: Sequence[tuple[type[models.Model], str]] = (
    (Channel, "contact"), (Consent, "contact"), (Opposition, "contact"), (ContactAlias, "contact"), (Link, "contact"),
    (Interaction, "contact"), (Coordination, "person"), (Position, "person"),
)  # fmt: skip


def _said(row: Any) -> str:
    """The name of what stands in the way, unless it is for few to know: this list is kept, and read by others."""
    return str(_("une autre fiche")) if getattr(row, "is_confidential", False) else str(row)


class Undoing:
    """One batch on its way out of the base, within the caller's transaction."""

    def __init__(self, batch: ImportBatch, by: User | None) -> None:
        self.batch, self.by = batch, by
        self.reason = (_("Import annulé « %(file)s »") % {"file": batch.name})[:100]
        self.changes = list(batch.changes.order_by("pk"))
        self.stale: set[int] = set()

    def undo(self) -> dict[str, int]:
        """`{"deleted": records gone, "restored": records as before}`.

        Raises:
            CannotUndo: records were changed since, or others lean on them; nothing is undone.
        """
        if names := self._changed_since():
            raise CannotUndo(
                _("Des fiches de cet import ont été modifiées depuis : il ne peut plus être annulé en bloc."),
                names,
            )
        with one_act(by=self.by, reason=self.reason):
            DoublePair.objects.filter(batch=self.batch).delete()
            restored = sum(self._restore(model) for model in (Contact, Scheme))
            deleted = self._delete_schemes() + self._delete_contacts()
            self._delete_terms()
        derive(self.stale)
        return {"deleted": deleted, "restored": restored}

    # -- may it be undone -------------------------------------------------------------------------------

    def _of(self, model: type[models.Model], kind: str | None = None) -> list[ImportChange]:
        label = model._meta.label_lower
        return [change for change in self.changes if change.model == label and kind in (None, change.kind)]

    def _created(self, model: type[models.Model]) -> list[int]:
        return [change.record for change in self._of(model, CREATED)]

    def _changed_since(self) -> list[str]:
        names: dict[str, None] = {}
        for model in (Contact, Scheme):
            versions = {change.record: change.version for change in self._of(model)}
            for keys in in_batches(versions):
                rows: Any = model._base_manager.filter(pk__in=keys)
                found = {row.pk: row for row in rows.select_for_update().order_by("pk")}
                names |= {
                    _said(row): None
                    for pk, row in found.items()
                    if row.version != versions[pk]
                    or getattr(row, "trashed_at", None)
                    or getattr(row, "merged_into_id", None)
                }
        names |= dict.fromkeys(self._leaning())
        return list(names)[:MOST_NAMES]

    def _leaning(self) -> Iterable[str]:
        """Records that are not of this batch and came to lean on those it created."""
        made = set(self._created(Contact))
        schemes = set(self._created(Scheme))
        for keys in in_batches(made):
            positions = Position.objects.filter(organisation__in=keys).select_related("person")
            yield from (
                _said(row.person) for row in positions if row.person_id not in made and not self._is_made(row)
            )
            links = Link.objects.filter(other__in=keys).select_related("contact")
            yield from (_said(row.contact) for row in links if row.contact_id not in made)
            coordinations = Coordination.objects.filter(person__in=keys).select_related("scheme")
            yield from (
                str(row.scheme)
                for row in coordinations
                if row.scheme_id not in schemes and not self._is_made(row)
            )
            parts = Contact.objects.filter(parent__in=keys)
            yield from (_said(row) for row in parts if row.pk not in made)
            led = Scheme.objects.filter(Q(lead__in=keys) | Q(elected_official__in=keys))
            yield from (str(row) for row in led if row.pk not in schemes and not self._is_updated(row))
            yield from (
                _said(row.kept) for row in Merge.objects.filter(Q(kept__in=keys) | Q(absorbed__in=keys))
            )

    def _is_made(self, row: models.Model) -> bool:
        """Whether this part of a known record came with the batch."""
        label = row._meta.label_lower
        return any(row.pk in change.before.get("made", {}).get(label, ()) for change in self.changes)

    def _is_updated(self, row: models.Model) -> bool:
        return any(change.record == row.pk for change in self._of(type(row), UPDATED))

    # -- as before --------------------------------------------------------------------------------------

    def _restore(self, model: type[Contact] | type[Scheme]) -> int:
        """Put known records back; their new parts go first, for a person has one main post."""
        changes = {change.record: change for change in self._of(model, UPDATED)}
        made: dict[str, list[int]] = {}
        for change in changes.values():
            for label, pks in change.before.get("made", {}).items():
                made.setdefault(label, []).extend(pks)
        for label in ("contacts.channel", "contacts.consent", "contacts.coordination", "contacts.position"):
            self._delete_rows(apps.get_model(label), made.get(label, ()))
        for part, name in ((Position, "positions"), (Channel, "channels")):
            self._restore_parts(
                part, {int(pk): held for c in changes.values() for pk, held in c.before.get(name, {}).items()}
            )
        for keys in in_batches(changes):
            rows: dict[int, Any] = {row.pk: row for row in model._base_manager.filter(pk__in=keys)}
            fields: set[str] = set()
            links: dict[str, list[tuple[int, int]]] = {}
            gone: dict[str, list[tuple[int, int]]] = {}
            listed = [rows[pk] for pk in keys if pk in rows]
            for place, row in enumerate(listed):
                before = changes[row.pk].before
                fields |= _put_back(row, before.get("fields", {}))
                for name, pks in before.get("added", {}).items():
                    gone.setdefault(name, []).extend((row.pk, pk) for pk in pks)
                for name, pks in before.get("removed", {}).items():
                    links.setdefault(name, []).extend((place, pk) for pk in pks)
            for name, pairs in gone.items():
                unlink(model, name, pairs)
            bulk_write(listed, fields=sorted(fields), links=links, reason=self.reason, by=self.by)
            self._free_earlier(
                model, {row.pk: (changes[row.pk].before.get("version"), row.version) for row in listed}
            )
        if model is Contact:
            self.stale |= changes.keys()
        return len(changes)

    def _free_earlier(self, model: type[models.Model], versions: dict[int, tuple[int | None, int]]) -> None:
        """Records that are again as an earlier import left them may be taken back with that one."""
        rows = ImportChange.objects.filter(model=model._meta.label_lower, record__in=versions).exclude(
            batch=self.batch
        )
        freed = [row for row in rows if row.version == versions[row.record][0]]
        for row in freed:
            row.version = versions[row.record][1]
        ImportChange.objects.bulk_update(freed, ["version"], batch_size=BATCH)

    def _restore_parts(self, model: type[models.Model], held: dict[int, dict[str, Any]]) -> None:
        for keys in in_batches(held):
            rows = list(model._base_manager.filter(pk__in=keys).order_by("pk"))
            fields: set[str] = set()
            for row in rows:
                fields |= _put_back(row, held[row.pk])
            bulk_write(rows, fields=sorted(fields), reason=self.reason, by=self.by)

    # -- gone -------------------------------------------------------------------------------------------

    def _delete_rows(self, model: type[models.Model], pks: Iterable[int]) -> None:
        for keys in in_batches(pks):
            rows = list(model._base_manager.filter(pk__in=keys).order_by("pk"))
            self._remember_gone(rows)
            self._raw_delete(model._base_manager.filter(pk__in=keys))

    def _remember_gone(self, rows: Sequence[models.Model]) -> None:
        """The last row of each in the history: gone, with this import."""
        if not rows or (history := getattr(type(rows[0]), "history", None)) is None:
            return
        past = history.model
        columns = [field.attname for field in past.tracked_fields]
        past.objects.bulk_create(
            [
                past(
                    history_date=moment(),
                    history_type="-",
                    history_user=self.by,
                    history_change_reason=self.reason,
                    **{column: getattr(row, column) for column in columns},
                )
                for row in rows
            ],
            batch_size=BATCH,
        )

    def _delete_schemes(self) -> int:
        created = self._created(Scheme)
        for keys in in_batches(created):
            coordinations = Coordination.objects.filter(scheme__in=keys)
            self.stale |= set(coordinations.values_list("person_id", flat=True))
            self._delete_rows(Coordination, coordinations.values_list("pk", flat=True))
            self._raw_delete(Scheme.territories.through._base_manager.filter(scheme__in=keys))
            self._delete_rows(Scheme, keys)
        return len(created)

    def _delete_contacts(self) -> int:
        """People first, for their positions lean on organisations; nothing of them is left but history."""
        created = self._created(Contact)
        kinds: dict[str, list[int]] = {}
        for keys in in_batches(created):
            for pk, kind in Contact._base_manager.filter(pk__in=keys).values_list("pk", "kind"):
                kinds.setdefault(kind, []).append(pk)
        for kind in (Contact.Kind.PERSON, Contact.Kind.ORGANISATION):
            for keys in in_batches(kinds.get(kind, ())):
                for model, owner in _PARTS:
                    parts = model._base_manager.filter(**{f"{owner}__in": keys})
                    self._delete_rows(model, parts.values_list("pk", flat=True))
                through: list[Any] = [
                    Contact.themes.through,
                    Contact.territories.through,
                    Contact.labels.through,
                    ContactTerritory,
                ]
                for links in through:
                    self._raw_delete(links._base_manager.filter(contact__in=keys))
                self._raw_delete(DoublePair.objects.filter(Q(first__in=keys) | Q(second__in=keys)))
                Contact._base_manager.filter(main_organisation__in=keys).update(main_organisation=None)
                self._delete_rows(Contact, keys)
        self.stale -= set(created)
        return len(created)

    def _delete_terms(self) -> None:
        """Terms that the file brought and nothing holds any more."""
        for change in self.changes:
            model = apps.get_model(change.model)
            if issubclass(model, Term) and change.kind == CREATED:
                term = model._base_manager.filter(pk=change.record).first()
                try:
                    if term is not None and not _is_held(term):
                        term.delete()
                except ProtectedError:
                    continue

    @staticmethod
    def _raw_delete(rows: models.QuerySet[Any]) -> None:
        """Without a statement a row: what hangs on them is gone already, and the history is written."""
        rows._raw_delete(rows.db)


def _is_held(term: Term) -> bool:
    children: Any = getattr(term, "children", None)
    return bool(uses(term) or (children is not None and children.exists()))


def _put_back(row: models.Model, held: dict[str, Any]) -> set[str]:
    """Set these columns as they were; answer the fields, as a bulk update names them."""
    fields: set[str] = set()
    for column, value in held.items():
        field = row._meta.get_field(column)
        if isinstance(field, models.DateField) and isinstance(value, str):
            value = date.fromisoformat(value)
        setattr(row, column, value)
        fields.add(field.name)
    return fields
