"""Records that remember: a version to see that somebody else wrote, a history to see what they wrote.

A *root record* is what a page edits as a whole (a contact, a scheme). Its *parts* (e-mails, positions …) have no version
of their own: writing one bumps the root's, so that two people editing one page always notice each other.

Several writes that are one deed are one *act*: `with one_act(by=user, reason=…)`. All its rows in the history carry one
moment, one author and one reason, and each record it touched is bumped and derived once, when it ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


if TYPE_CHECKING:
    from crm.models.user import User


BATCH = 1_000


class _Writing:
    """What an act has written so far: records to bump, records to derive, objects to bring up to date."""

    def __init__(self) -> None:
        self.moment: datetime | None = None
        self.bumped: dict[type[Record], set[int]] = defaultdict(set)
        self.touched: dict[type[Record], set[int]] = defaultdict(set)
        self.made: set[tuple[type[Record], int]] = set()
        self.instances: list[Record] = []

    def now(self) -> datetime:
        """The moment of the act: that of its first row in the history, when the record is locked already."""
        self.moment = self.moment or timezone.now()
        return self.moment

    def finish(self) -> None:
        for model, pks in self.bumped.items():
            for some in _batches(pk for pk in pks if (model, pk) not in self.made):
                rows = model._base_manager.filter(pk__in=some)
                rows.update(version=models.F("version") + 1, updated_at=timezone.now())
        for model, pks in self.touched.items():
            model.after_writes(pks)
        for record in self.instances:
            record.refresh_computed()


@dataclass(frozen=True)
class _Act:
    writing: _Writing
    by: User | None = None
    reason: str = ""


_current: ContextVar[_Act | None] = ContextVar("act", default=None)


@contextmanager
def one_act(*, by: User | None = None, reason: str = "") -> Iterator[None]:
    """Make all that is written inside one deed. Within another act it joins that one, with its own author and reason.

    The caller opens the transaction around it; when an exception ends the act, nothing is bumped or derived.
    """
    outer = _current.get()
    if outer is not None:
        token = _current.set(replace(outer, by=by or outer.by, reason=reason or outer.reason))
        try:
            yield
        finally:
            _current.reset(token)
        return
    writing = _Writing()
    token = _current.set(_Act(writing, by, reason))
    try:
        yield
    finally:
        _current.reset(token)
    writing.finish()


def moment() -> datetime:
    """The moment of the act under way, as the history keeps it; now, outside any."""
    act = _current.get()
    return act.writing.now() if act else timezone.now()


class TrackedHistory(HistoricalRecords):
    """History as this house keeps it: computed columns are left out; inside an act, one moment, author and reason."""

    def __init__(self, *, computed: Iterable[str] = (), **options: Any) -> None:
        super().__init__(
            excluded_fields=[*computed],
            verbose_name=_("version passée"),
            verbose_name_plural=_("versions passées"),
            **options,
        )

    def create_historical_record(self, instance: Any, history_type: str, using: str | None = None) -> None:
        act = _current.get()
        if act is None or hasattr(instance, "_history_date"):
            super().create_historical_record(instance, history_type, using)
            return
        instance._history_date = act.writing.now()
        try:
            super().create_historical_record(instance, history_type, using)
        finally:
            del instance._history_date

    def create_historical_record_m2ms(self, history_instance: Any, instance: Any) -> None:
        """Copy what the record is linked to, without reading back the columns that are left out nor the linked rows."""
        for field in history_instance._history_m2m_fields:
            through = field.remote_field.through
            copied = [column.attname for column in through._meta.fields]
            rows = through._base_manager.filter(**{field.m2m_column_name(): instance.pk})
            past = self.m2m_models[field]
            past.objects.bulk_create(
                past(history=history_instance, **{name: getattr(row, name) for name in copied})
                for row in rows
            )

    def get_history_user(self, instance: Any) -> Any:
        act = _current.get()
        return act.by if act is not None and act.by is not None else super().get_history_user(instance)

    def get_change_reason_for_object(self, instance: Any, history_type: str, using: str | None) -> str | None:
        reason = super().get_change_reason_for_object(instance, history_type, using)
        act = _current.get()
        return str(reason or (act.reason if act else "") or "")[:100] or None


class Record(models.Model):
    """A root record: dated, versioned, and told when it or one of its parts was written."""

    COMPUTED: ClassVar[Collection[str]] = ()
    """Columns that are worked out from others after each write, and never saved from an object in memory."""

    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    created_at = models.DateTimeField(_("créée le"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("modifiée le"), default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the record, but for its version and its computed columns: an object read a while ago knows old ones."""
        is_new = self._state.adding
        self.version += 1
        self.updated_at = timezone.now()
        if not is_new:
            kwargs["update_fields"] = self._written_fields(kwargs.get("update_fields"))
        super().save(*args, **kwargs)
        _write(type(self), self.pk, bump=not is_new, instance=self)

    def _written_fields(self, asked: Iterable[str] | None) -> set[str]:
        if asked is not None:
            return {*asked, "updated_at"} - {"version", *self.COMPUTED}
        late = self.get_deferred_fields()
        every = {
            one.name for one in self._meta.concrete_fields if not one.primary_key and one.attname not in late
        }
        return every - {"version", *self.COMPUTED}

    def bump(self) -> None:
        """One of this record's parts was written: the version says so."""
        _write(type(self), self.pk, bump=True)

    def after_write(self) -> None:
        """Work out again what is computed from this record and its parts."""
        type(self).after_writes([self.pk])

    @classmethod
    def after_writes(cls, pks: Collection[int]) -> None:
        """What must be computed again once these records or their parts are written; nothing by default."""

    def refresh_computed(self) -> None:
        """Read the version and the computed columns back into this object, if it is still there."""
        with suppress(ObjectDoesNotExist):
            self.refresh_from_db(fields=["version", *self.COMPUTED])


def _write(model: type[Record], pk: int, *, bump: bool, instance: Record | None = None) -> None:
    """Bump and derive a record: at once, or when the act under way ends."""
    act = _current.get()
    writing = act.writing if act else _Writing()
    writing.touched[model].add(pk)
    if bump:
        writing.bumped[model].add(pk)
    if instance is not None:
        writing.instances.append(instance)
        if not bump:
            writing.made.add((model, pk))
    if act is None:
        writing.finish()


def _batches(pks: Iterable[int]) -> Iterator[list[int]]:
    every = sorted(pks)
    for start in range(0, len(every), BATCH):
        yield every[start : start + BATCH]


class Part(models.Model):
    """A row that belongs to a root record, by the foreign key that `ROOT` names; writing or deleting it is writing the root.

    `TOUCHES` names the other foreign keys to records whose computed columns depend on this row.
    """

    ROOT: ClassVar[str] = "contact"
    TOUCHES: ClassVar[Sequence[str]] = ()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self._write_records()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        self._write_records()
        return gone

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        """Remember which records the row was read under: when it moves to another, both are written."""
        row = super().from_db(*args, **kwargs)
        keys: dict[str, Any] = {name: cls._meta.get_field(name) for name in (cls.ROOT, *cls.TOUCHES)}
        row._read_under = {name: row.__dict__.get(key.attname) for name, key in keys.items()}
        return row

    def _write_records(self) -> None:
        was: dict[str, int | None] = getattr(self, "_read_under", {})
        now: dict[str, int | None] = {}
        with one_act():
            for name in (self.ROOT, *self.TOUCHES):
                key: Any = self._meta.get_field(name)
                now[name] = getattr(self, key.attname)
                for pk in {now[name], was.get(name)}:
                    if pk is not None:
                        _write(key.related_model, pk, bump=name == self.ROOT)
        self._read_under = now


def bulk_write[M: models.Model](
    objects: Sequence[M],
    *,
    reason: str,
    by: User | None = None,
    fields: Sequence[str] | None = None,
    links: Mapping[str, Sequence[tuple[int, int]]] | None = None,
) -> list[M]:
    """Write many rows of one tracked model with their history, many-to-many included: a constant number of statements a thousand.

    Without `fields` the objects are created; with them, those columns are updated. `links` maps a many-to-many field to
    `(place of the object in objects, primary key of the other side)`: links to add (they must not be there yet; none is
    taken away). The caller opens the transaction.
    """
    if not objects:
        return []
    model = type(objects[0])
    if issubclass(model, Record):
        now = timezone.now()
        for record in objects:
            record.version += 1  # type: ignore[attr-defined]
            record.updated_at = now  # type: ignore[attr-defined]
        fields = [*fields, "version", "updated_at"] if fields is not None else None
    if fields is None:
        objects = model._base_manager.bulk_create(objects, batch_size=BATCH)
    else:
        model._base_manager.bulk_update(objects, fields, batch_size=BATCH)
    made: dict[str, list[models.Model]] = {}
    for name, pairs in (links or {}).items():
        made[name] = _link(model, name, [(objects[place].pk, other) for place, other in pairs])
    remember(objects, created=fields is None, reason=reason, by=by, links=made if fields is None else None)
    return list(objects)


def remember(
    objects: Sequence[models.Model],
    *,
    created: bool,
    reason: str,
    by: User | None = None,
    links: Mapping[str, Sequence[models.Model]] | None = None,
) -> None:
    """Write one history row for each object as it now is, many-to-many included.

    `links` holds the through rows of each many-to-many field; without it they are read back, one statement a thousand.
    """
    if not objects:
        return
    model = type(objects[0])
    history = getattr(model, "history", None)
    if history is None:
        return
    past = history.bulk_history_create(
        objects,
        batch_size=BATCH,
        update=not created,
        default_user=by,
        default_change_reason=reason,
        default_date=moment(),
    )
    version_of = {obj.pk: version.pk for obj, version in zip(objects, past, strict=True)}
    for field in history.model._history_m2m_fields:
        through = field.remote_field.through
        rows = links.get(field.name, ()) if links is not None else _through_rows(field, [*version_of])
        copied = [column.attname for column in through._meta.fields]
        owner = field.m2m_column_name()
        past_model = getattr(history.model, field.name).model
        past_model.objects.bulk_create(
            [
                past_model(
                    history_id=version_of[getattr(row, owner)],
                    **{name: getattr(row, name) for name in copied},
                )
                for row in rows
            ],
            batch_size=BATCH,
        )


def _link(model: type[models.Model], name: str, pairs: Sequence[tuple[int, int]]) -> list[models.Model]:
    field: Any = model._meta.get_field(name)
    through = field.remote_field.through
    owner, other = field.m2m_column_name(), field.m2m_reverse_name()
    rows = [through(**{owner: own_id, other: other_id}) for own_id, other_id in pairs]
    return list(through._base_manager.bulk_create(rows, batch_size=BATCH))


def _through_rows(field: Any, owners: Sequence[int]) -> Iterable[models.Model]:
    through, column = field.remote_field.through, field.m2m_column_name()
    for start in range(0, len(owners), BATCH):
        yield from through._base_manager.filter(**{f"{column}__in": owners[start : start + BATCH]})
