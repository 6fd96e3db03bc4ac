"""Taking a whole contact back to what it was at a moment: its fields, themes, territories, labels, addresses, posts, names, links.

Refusals are not taken back: an opposition noted since stays (it is the person's, not the record's), and so do consents
and exchanges. What is restored is itself written in the history, and can be restored from. What cannot come back (a link
to a record that is gone for good) is told beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contacts.histories import SILENT, FieldChange, Names, shown_value
from contacts.models import Channel, Contact, ContactAlias, Link, Merge, Position
from crm.auditing import record_deed
from crm.models import Deed
from crm.records import one_act


if TYPE_CHECKING:
    from crm.models import User

# Posts first: an address may be tied to one.
PARTS: tuple[tuple[type[models.Model], str], ...] = (
    (Position, "person"),
    (Channel, "contact"),
    (ContactAlias, "contact"),
    (Link, "contact"),
)
LINKS = ("themes", "territories", "labels")
FIXED: dict[type[models.Model], frozenset[str]] = {
    Contact: frozenset(SILENT | {"kind", "account", "verified_by", "is_confidential", "owner"})
}
"""Columns that no restoration touches: those of the record, and for any part those below."""
FIXED_OF_PARTS = frozenset(SILENT - {"key", "folded"})
ONCE: dict[type[models.Model], tuple[str, ...]] = {Channel: ("kind", "key"), ContactAlias: ("folded",)}
"""What no two rows of one contact share: a row that holds what another is to have again makes way first."""


class CannotRestoreError(ValidationError):
    """The record cannot be taken back to that moment; the message says why."""


@dataclass
class Restoration:
    """What restoring would change; nothing is written to find out."""

    at: datetime
    fields: list[FieldChange] = field(default_factory=list)
    back: list[tuple[str, str]] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    changed: list[tuple[str, str, list[FieldChange]]] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.fields or self.back or self.gone or self.changed)


class _Past:
    """The rows of one kind that the contact had at a moment, and what they name that is still there."""

    def __init__(
        self, model: Any, owner: str, contact: Contact, at: datetime, *, returning: Iterable[int] = ()
    ) -> None:
        past = model.history.filter(history_date__lte=at)
        ever = past.filter(**{owner: contact.pk}).values("id")
        last = {row.id: row for row in past.filter(id__in=ever).order_by("history_date", "history_id")}
        self.model, self.owner = model, owner
        self.now: dict[int, Any] = {row.pk: row for row in model._base_manager.filter(**{owner: contact.pk})}
        self.then = {
            pk: row
            for pk, row in last.items()
            if row.history_type != "-" and getattr(row, f"{owner}_id") == contact.pk
        }
        self.still = _still_there(self.then.values())
        self.still[Position] = self.still.get(Position, set()) | set(returning)
        missing = self.then.keys() - self.now.keys()
        # A row that another record holds today is that record's.
        self.taken = (
            set(model._base_manager.filter(pk__in=missing).values_list("pk", flat=True)) if missing else set()
        )

    def may_return(self, pk: int) -> bool:
        """Whether a row that is no longer the contact's can be made again: it is nobody's, and what it cannot do without is there."""
        if pk in self.taken:
            return False
        row = self.model(pk=pk)
        _copy(self.then[pk], row, self.still)
        needed = [
            one
            for one in self.model._meta.fields
            if one.is_relation and not one.null and one.name != self.owner
        ]
        if any(getattr(row, one.attname) is None for one in needed):
            return False
        return self.model is not Position or bool(row.organisation_id or row.title or row.function_id)


type _Still = dict[type[models.Model], set[int]]


def _still_there(versions: Iterable[Any]) -> _Still:
    """What these versions link to that has not been deleted since, in one statement for each kind of thing."""
    wanted: _Still = {}
    for version in versions:
        for column in version.tracked_fields:
            if (
                isinstance(column, models.ForeignKey)
                and (value := getattr(version, column.attname)) is not None
            ):
                wanted.setdefault(column.related_model, set()).add(value)
    return {
        model: set(model._base_manager.filter(pk__in=pks).values_list("pk", flat=True))
        for model, pks in wanted.items()
    }


def preview(contact: Contact, at: datetime, *, seen_by: User | Any = None) -> Restoration:
    """What `restore` would do; records that `seen_by` does not see are not named.

    Raises:
        CannotRestoreError: the contact has no version that old, or two records were one then.
    """
    names = Names(seen_by)
    contact = Contact.objects.get(pk=contact.pk)
    then = _version(contact, at)
    found = Restoration(at=at, fields=_differences(contact, then, _still_there([then]), names))
    for name in LINKS:
        target: Any = Contact._meta.get_field(name)
        old, new = _links_now(contact, name), _links_then(then, name)
        if old != new:
            gone, come = (
                [names.later(target.related_model, pk) for pk in sorted(keys)]
                for keys in (old - new, new - old)
            )
            found.fields.append(
                FieldChange(label=str(target.verbose_name), old=", ".join(gone), new=", ".join(come))
            )
    returning: list[int] = []
    for model, owner in PARTS:
        past = _Past(model, owner, contact, at, returning=returning)
        what = str(model._meta.verbose_name)
        found.gone += [(what, _called(row, names)) for pk, row in past.now.items() if pk not in past.then]
        for pk, version in past.then.items():
            if pk in past.now:
                if fields := _differences(past.now[pk], version, past.still, names):
                    found.changed.append((what, _called(past.now[pk], names), fields))
            elif past.may_return(pk):
                found.back.append((what, _called(version, names)))
                returning += [pk] if model is Position else []
            else:
                found.lost.append((what, _called(version, names)))
    return _named(found, names)


def _named(found: Restoration, names: Names) -> Restoration:
    names.resolve()
    found.fields = _named_fields(found.fields, names)
    found.changed = [
        (what, names.text(called), _named_fields(fields, names)) for what, called, fields in found.changed
    ]
    for rows in (found.back, found.gone, found.lost):
        rows[:] = [(what, names.text(called)) for what, called in rows]
    return found


def _named_fields(fields: list[FieldChange], names: Names) -> list[FieldChange]:
    return [FieldChange(label=one.label, old=names.text(one.old), new=names.text(one.new)) for one in fields]


def _called(row: Any, names: Names) -> str:
    """A part's name, now or in a past version."""
    if hasattr(row, "organisation_id"):
        where = names.later(Contact, row.organisation_id) if row.organisation_id else ""
        return ", ".join(part for part in (row.title, where) if part)
    if hasattr(row, "other_id"):
        return f"{row.get_kind_display()} {names.later(Contact, row.other_id)}"
    return str(getattr(row, "value", "") or getattr(row, "text", ""))


@transaction.atomic
def restore(contact: Contact, at: datetime, *, by: User | None) -> None:
    """Make the contact what it was at that moment, in one act.

    Raises:
        CannotRestoreError: see `preview`.
    """
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    then = _version(contact, at)
    moment = date_format(timezone.localtime(at), "j F Y, G:i")
    with one_act(by=by, reason=_("Retour à la fiche du %(moment)s") % {"moment": moment}):
        for model, owner in PARTS:
            _restore_rows(model, owner, contact, at)
        if _copy(then, contact, _still_there([then])):
            contact.save()
        for name in LINKS:
            target: Any = Contact._meta.get_field(name)
            keys = _links_then(then, name)
            if keys != _links_now(contact, name):
                getattr(contact, name).set(target.related_model._base_manager.filter(pk__in=keys))
        contact.bump()
    record_deed(Deed.RESTORED, by=by, on=contact)


def _restore_rows(model: Any, owner: str, contact: Contact, at: datetime) -> None:
    past = _Past(model, owner, contact, at)
    now = past.now
    for pk in [*(now.keys() - past.then.keys()), *_in_the_way(model, now, past.then)]:
        now.pop(pk).delete()
    for pk, version in past.then.items():
        if pk in now or past.may_return(pk):
            row = now.get(pk) or model(pk=pk, **{f"{owner}_id": contact.pk})
            if _copy(version, row, past.still) or pk not in now:
                row.save()


def _in_the_way(model: Any, now: dict[int, Any], then: dict[int, Any]) -> list[int]:
    """Rows that hold today what another row is to have again: they go, and come back as they were."""
    columns = ONCE.get(model)
    if columns is None:
        return []
    wanted = {tuple(getattr(row, column) for column in columns): pk for pk, row in then.items()}
    held = {pk: tuple(getattr(row, column) for column in columns) for pk, row in now.items()}
    return [pk for pk, what in held.items() if pk in then and wanted.get(what, pk) != pk]


def _version(contact: Contact, at: datetime) -> Any:
    merges = Merge.objects.filter(Q(kept=contact) | Q(absorbed=contact))
    if merges.filter(undone_at=None, at__gt=at).exists():
        raise CannotRestoreError(
            _("Une autre fiche a été fusionnée avec celle-ci depuis : annulez d’abord cette fusion.")
        )
    if merges.filter(at__lte=at, undone_at__gt=at).exists():
        raise CannotRestoreError(
            _("À ce moment-là, deux fiches n’en faisaient qu’une : choisissez un autre moment.")
        )
    past = Contact.history.filter(id=contact.pk, history_date__lte=at)
    version = past.order_by("-history_date", "-history_id").first()
    if version is None:
        raise CannotRestoreError(_("Cette fiche n’existait pas encore à ce moment-là."))
    return version


def _fixed(row: models.Model) -> frozenset[str]:
    return FIXED.get(type(row), FIXED_OF_PARTS)


def _differences(now: Any, then: Any, still: _Still, names: Names) -> list[FieldChange]:
    changes = []
    for column in then.tracked_fields:
        if column.name in _fixed(now) or column.name in SILENT:
            continue
        old, new = getattr(now, column.attname), _value(then, column, still)
        if old != new:
            shown = [shown_value(column, value, names) for value in (old, new)]
            changes.append(FieldChange(label=str(column.verbose_name), old=shown[0], new=shown[1]))
    return changes


def _copy(version: Any, row: Any, still: _Still) -> bool:
    """Give the row the version's columns; whether that changes any."""
    changed = False
    for column in version.tracked_fields:
        if column.name in _fixed(row) or column.primary_key:
            continue
        value = _value(version, column, still)
        if getattr(row, column.attname) != value:
            setattr(row, column.attname, value)
            changed = True
    return changed


def _value(version: Any, column: Any, still: _Still) -> Any:
    """What a column held; a link to a row that is gone since is empty."""
    value = getattr(version, column.attname)
    if (
        isinstance(column, models.ForeignKey)
        and value is not None
        and value not in still.get(column.related_model, ())
    ):
        return None
    return value


def _links_now(contact: Contact, name: str) -> set[int]:
    return set(getattr(contact, name).values_list("pk", flat=True))


def _links_then(version: Any, name: str) -> set[int]:
    """The keys linked then, of those that are still there."""
    related: Any = Contact._meta.get_field(name).related_model
    keys = getattr(version, name).values_list(f"{related._meta.model_name}_id", flat=True)
    return set(related._base_manager.filter(pk__in=list(keys)).values_list("pk", flat=True))
