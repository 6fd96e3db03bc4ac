"""One merged history of a contact: the record, its addresses, posts, names, links and decisions, in one list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Field, ForeignKey, Model
from django.utils import formats
from django.utils.translation import gettext as _

from contacts.models import (
    Channel,
    Consent,
    Contact,
    ContactAlias,
    Coordination,
    Interaction,
    Link,
    Opposition,
    Position,
)
from crm.privacy import NOTES, PRIVATE_CHANNEL
from crm.seeing import RIGHT_OF, hidden_fields, sees


SHOWN = 60
READ = 500
"""Past versions read of each kind, the latest: a page stays a page whatever the age of the record."""
ONE_GO = timedelta(seconds=2)
"""What one person wrote within so little was one deed, even when it was several writes."""
# The parts of a contact with the column that ties them to it, and the right that opens them beyond seeing the record.
PARTS: Mapping[type[Model], tuple[str, str | None]] = {
    Position: ("person", None),
    Channel: ("contact", None),
    ContactAlias: ("contact", None),
    Link: ("contact", None),
    Coordination: ("person", None),
    Consent: ("contact", "contacts.view_consent"),
    Opposition: ("contact", "contacts.view_opposition"),
    Interaction: ("contact", RIGHT_OF[NOTES]),
}
OPEN_NAMES = {"owner", "verified_by"}
"""Colleagues whose names stand on the record's page for whoever sees it."""
SILENT = {
    "id", "version", "created_at", "updated_at", "contact", "person", "key", "folded", "batch", "trashed_at", "merged_into",
}  # fmt: skip
ADDED, GONE, CHANGED = "+", "-", "~"


@dataclass(frozen=True)
class FieldChange:
    label: str
    old: str
    new: str


@dataclass
class RowChange:
    """One row written: what it is, what was done to it (`+`, `-` or `~`), which fields went from what to what."""

    what: str
    deed: str
    name: str
    fields: list[FieldChange] = field(default_factory=list)

    @property
    def deed_words(self) -> str:
        return {ADDED: _("Ajout"), GONE: _("Retrait")}.get(self.deed, _("Changement"))


@dataclass
class Change:
    """All that one person wrote in one go; `at` is its last moment, to which the record can be taken back."""

    at: datetime
    by: str
    reason: str
    rows: list[RowChange]


@dataclass(frozen=True)
class _Written:
    at: datetime
    by: str
    reason: str
    row: RowChange


def changes_of(contact: Contact, user: Any, limit: int = SHOWN) -> list[Change]:
    """The latest changes first, at most `limit`; only fields and rows that this account may read."""
    names = Names(user)
    written = [*_record_rows(contact, user, names), *_part_rows(contact, user, names)]
    written.sort(key=lambda one: one.at, reverse=True)
    changes = [change for change in _gathered(written) if change.rows or change.reason][:limit]
    names.resolve()
    for change in changes:
        for row in change.rows:
            row.name = names.text(row.name)
            row.fields = [
                FieldChange(one.label, names.text(one.old), names.text(one.new)) for one in row.fields
            ]
    return changes


def _gathered(written: Iterable[_Written]) -> list[Change]:
    """Rows of one author and reason that follow each other closely are one change; rows in which nothing shows are left out."""
    changes: list[Change] = []
    for one in written:
        last = changes[-1] if changes else None
        if last is None or (last.by, last.reason) != (one.by, one.reason) or last.at - one.at > ONE_GO:
            last = Change(at=one.at, by=one.by, reason=one.reason, rows=[])
            changes.append(last)
        if one.row.fields or one.row.deed != CHANGED:
            last.rows.append(one.row)
    return changes


def _latest(history: Any) -> list[Any]:
    """The latest versions, the oldest first."""
    return list(history.select_related("history_user").order_by("-history_date", "-history_id")[:READ])[::-1]


def _record_rows(contact: Contact, user: Any, names: Names) -> Iterator[_Written]:
    hidden = SILENT | hidden_fields(Contact, user) - OPEN_NAMES
    past = _latest(Contact.history.filter(id=contact.pk))
    links = {field: _links_of(past, field) for field in Contact._meta.many_to_many}
    before = None
    for version in past:
        fields: list[FieldChange] = []
        if before:
            fields = [
                *_compare(before, version, hidden, names),
                *_compare_links(before, version, links, names),
            ]
        yield _written(version, _("fiche"), "", fields)
        before = version


def _links_of(past: list[Any], field: Any) -> dict[int, set[int]]:
    """`{version: primary keys linked}` of a many-to-many field, in one statement."""
    model = getattr(Contact.history.model, field.name).model
    links: dict[int, set[int]] = defaultdict(set)
    rows = model.objects.filter(history__in=[version.pk for version in past])
    for version, other in rows.values_list("history_id", field.m2m_reverse_name()):
        links[version].add(other)
    return links


def _compare_links(
    before: Any, version: Any, links: Mapping[Any, Mapping[int, set[int]]], names: Names
) -> Iterator[FieldChange]:
    for column, linked in links.items():
        old, new = linked.get(before.pk, set()), linked.get(version.pk, set())
        if old != new:
            target = column.remote_field.model
            gone = ", ".join(names.later(target, pk) for pk in sorted(old - new))
            come = ", ".join(names.later(target, pk) for pk in sorted(new - old))
            yield FieldChange(label=str(column.verbose_name), old=gone, new=come)


def _part_rows(contact: Contact, user: Any, names: Names) -> Iterator[_Written]:
    unseen = set(Contact.objects.hidden_from(user).values_list("pk", flat=True))
    for model, (owner, right) in PARTS.items():
        if right and not user.has_perm(right):
            continue
        history: Any = model.history  # type: ignore[attr-defined]
        past = _latest(history.filter(**{owner: contact.pk}))
        hidden = _private(past) if model is Channel and not sees(user, PRIVATE_CHANNEL) else set()
        silent = SILENT | hidden_fields(model, user)
        last: dict[int, Any] = {}
        for version in past:
            before, last[version.id] = last.get(version.id), version
            if version.id not in hidden and not unseen & _named_by(version):
                fields = list(_compare(before, version, silent, names)) if before else []
                yield _written(version, str(model._meta.verbose_name), _name_of(version, names), fields)


def _named_by(version: Any) -> set[int | None]:
    """The records at the other end of a past post or link: one that is not seen makes it a row that is not there."""
    return {getattr(version, "organisation_id", None), getattr(version, "other_id", None)}


def _private(past: Collection[Any]) -> set[int]:
    """Channels that are private, or were at some time: an address made private is so in its past too."""
    known = {version.id for version in past}
    ever = Channel.history.filter(id__in=known, is_private=True)
    return set(ever.values_list("id", flat=True)) if known else set()


def _name_of(version: Any, names: Names) -> str:
    if isinstance(version, Channel.history.model):
        return str(version.value)
    if hasattr(version, "organisation_id"):
        where = names.later(Contact, version.organisation_id) if version.organisation_id else ""
        return ", ".join(part for part in (version.title, where) if part)
    if hasattr(version, "other_id"):
        return f"{version.get_kind_display()} {names.later(Contact, version.other_id)}"
    if hasattr(version, "scheme_id"):
        return names.later(Coordination._meta.get_field("scheme").related_model, version.scheme_id)
    if hasattr(version, "purpose"):
        return str(version.get_purpose_display())
    day = getattr(version, "on", None)
    return str(getattr(version, "text", "") or (formats.date_format(day, "d/m/Y") if day else ""))


def _written(version: Any, what: str, name: str, fields: list[FieldChange]) -> _Written:
    return _Written(
        at=version.history_date,
        by=str(version.history_user or ""),
        reason=version.history_change_reason or "",
        row=RowChange(what=what, deed=version.history_type, name=name, fields=fields),
    )


def _compare(before: Any, version: Any, hidden: Iterable[str], names: Names) -> Iterator[FieldChange]:
    for column in version.tracked_fields:
        if column.name in hidden:
            continue
        old, new = getattr(before, column.attname), getattr(version, column.attname)
        if old != new:
            yield FieldChange(
                label=str(column.verbose_name),
                old=shown_value(column, old, names),
                new=shown_value(column, new, names),
            )


def shown_value(column: Field[Any, Any], value: Any, names: Names) -> str:
    """A column's value as a person reads it."""
    if value in (None, ""):
        return ""
    if isinstance(column, ForeignKey):
        return names.later(column.related_model, value)
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    return str(formats.localize(value)) if not isinstance(value, str) else value


class Names:
    """Names of linked rows, asked for one by one and read in one statement a table.

    A record that `user` does not see is named as one that is gone; without a user, every name is told.
    """

    MARK = "\x00"

    def __init__(self, user: Any = None) -> None:
        self.user = user
        self.wanted: dict[type[Model], set[Any]] = defaultdict(set)
        self.found: dict[str, str] = {}

    def later(self, model: type[Model], pk: Any) -> str:
        """A placeholder that `text` replaces once `resolve` has read the names."""
        self.wanted[model].add(pk)
        return f"{self.MARK}{model._meta.label}:{pk}{self.MARK}"

    def resolve(self) -> None:
        for model, keys in self.wanted.items():
            rows: Any = model._default_manager.filter(pk__in=keys)
            if self.user is not None and hasattr(rows, "in_scope"):
                rows = rows.in_scope(self.user)
            for row in rows:
                self.found[f"{model._meta.label}:{row.pk}"] = str(row)

    def text(self, raw: str) -> str:
        pieces = raw.split(self.MARK)
        return "".join(
            self.found.get(piece, _("(supprimé)")) if place % 2 else piece
            for place, piece in enumerate(pieces)
        )
