"""The trash: a record that should not be there goes out of sight for 30 days, then for good, with all that is its own.

An organisation that people work in or have worked in, that others depend on or that leads a scheme does not go: their
path names it. Such a one has left the field, or is the double of another: its state and the merge say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from contacts.models import Contact, ContactFile, Coordination, Position, Scheme
from contacts.models.contact_queries import ContactQuerySet
from contacts.moving import rows_on
from crm import registry
from crm.auditing import record_deed
from crm.deleting import objections_to
from crm.models import Deed, RecentRecord
from crm.records import one_act


if TYPE_CHECKING:
    from crm.models import User

DAYS = 30


class CannotTrashError(ValidationError):
    """Other records need this one; each message says which."""


@dataclass(frozen=True)
class Hanging:
    """What hangs on the record, and would go with it."""

    label: str
    count: int


def in_trash() -> ContactQuerySet:
    """What is in the trash, whoever may see it."""
    return Contact.objects.filter(trashed_at__isnull=False, merged_into=None)


def hanging(contact: Contact, user: User | Any) -> list[Hanging]:
    """What goes with the record when it goes for good, by kind, as far as this account sees it."""
    found = []
    for rows in rows_on():
        if rows.field.remote_field.on_delete is models.CASCADE and (
            count := rows.seen(contact, user).count()
        ):
            found.append(Hanging(rows.label, count))
    return found


def objections(contact: Contact, user: User | Any) -> list[str]:
    """Why the record cannot go: what this room and those above it would be left without. Empty when it can."""
    return objections_to(contact, user)


def needed_by(contact: Contact, user: User | Any) -> Iterator[str]:
    """Of an organisation: who works there, what depends on it, what it leads. A count is of what this account sees; without one, of all."""
    if contact.is_person:
        return
    people = Position.objects.filter(organisation=contact, person__merged_into=None)
    seen = (people if user is None else people.visible_to(user)).values("person").distinct().count()
    if seen:
        text = ngettext(
            "%(n)s personne y travaille ou y a travaillé.",
            "%(n)s personnes y travaillent ou y ont travaillé.",
            seen,
        )
        yield text % {"n": seen}
    parts = contact.parts.present()
    depending = (parts if user is None else parts.in_scope(user)).count()
    if depending:
        text = ngettext("%(n)s structure en dépend.", "%(n)s structures en dépendent.", depending)
        yield text % {"n": depending}
    schemes = Scheme.objects.filter(lead=contact).count()
    if schemes:
        yield ngettext("Elle porte %(n)s démarche.", "Elle porte %(n)s démarches.", schemes) % {"n": schemes}
    if (not seen and people.exists()) or (not depending and parts.exists()):
        yield _("Elle est citée ailleurs.")


def coordinated(scheme: Scheme, user: User | Any) -> Iterator[str]:
    """Of a scheme: who coordinated it in its time, for their path names it."""
    rows = Coordination.objects.filter(scheme=scheme, ends_on__lt=timezone.localdate())
    seen = (rows if user is None else rows.visible_to(user)).values("person").distinct().count()
    if seen:
        text = ngettext("%(n)s personne l’a coordonnée.", "%(n)s personnes l’ont coordonnée.", seen)
        yield text % {"n": seen}
    elif rows.exists():
        yield _("Elle est citée ailleurs.")


def register() -> None:
    """What stands in the way of deleting this room's records."""
    registry.objections.add(
        registry.Objection(name="contacts.needed_by", model="contacts.contact", say=needed_by)
    )
    registry.objections.add(
        registry.Objection(name="contacts.coordinated", model="contacts.scheme", say=coordinated)
    )


@transaction.atomic
def put_in_trash(contact: Contact, *, by: User | None) -> None:
    """Out of sight for 30 days, then gone for good.

    Raises:
        CannotTrashError: other records need it.
    """
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    if found := objections(contact, by):
        raise CannotTrashError(found)
    if contact.trashed_at is None:
        with one_act(by=by, reason=_("Mise à la corbeille")):
            contact.put_in_trash()


@transaction.atomic
def take_back(contact: Contact, *, by: User | None) -> None:
    """The record is back as it was."""
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    if contact.trashed_at is not None:
        with one_act(by=by, reason=_("Reprise de la corbeille")):
            contact.take_out_of_trash()
        record_deed(Deed.RESTORED, by=by, on=contact)


def due(now: datetime | None = None) -> models.QuerySet[Contact]:
    """The records whose 30 days are over."""
    limit = (now or timezone.now()) - timedelta(days=DAYS)
    return Contact.objects.filter(trashed_at__lte=limit, merged_into=None).order_by("pk")


def empty(now: datetime | None = None) -> tuple[int, list[Contact]]:
    """Delete for good what has been in the trash for 30 days; how many, and those that other records hold meanwhile."""
    gone, held = 0, []
    for contact in due(now):
        try:
            _delete_for_good(contact)
        except (models.ProtectedError, models.RestrictedError):
            held.append(contact)
        else:
            gone += 1
    return gone, held


def _delete_for_good(contact: Contact) -> None:
    """The record, those folded into it, their files and their past versions; what it refused outlives it as a fingerprint."""
    with transaction.atomic():
        every = _with_absorbed(contact)
        pks = [one.pk for one in every]
        files = list(ContactFile.objects.filter(contact__in=pks))
        own = [
            (
                rows.model,
                rows.field.name,
                list(
                    rows.model._base_manager.filter(**{f"{rows.field.name}__in": pks}).values_list(
                        "pk", flat=True
                    )
                ),
            )
            for rows in rows_on()
            if rows.is_part and hasattr(rows.model, "history")
        ]
        for one in reversed(every):
            one.delete()
        for model, owner, keys in own:
            model.history.filter(Q(id__in=keys) | Q(**{f"{owner}__in": pks})).delete()
        Contact.history.filter(id__in=pks).delete()
        RecentRecord.objects.filter(
            model=Contact._meta.label_lower, record__in=[str(pk) for pk in pks]
        ).delete()
        record_deed(
            Deed.DELETED, by=None, model=Contact._meta.label_lower, record=str(pks[0]), count=len(pks)
        )
        transaction.on_commit(lambda: _delete_files(files))


def _with_absorbed(contact: Contact) -> list[Contact]:
    """The record, then those folded into it, and into these."""
    every = [contact]
    for one in every:
        every += Contact.objects.filter(merged_into=one)
    return every


def _delete_files(files: Iterable[ContactFile]) -> None:
    for row in files:
        row.file.delete(save=False)
