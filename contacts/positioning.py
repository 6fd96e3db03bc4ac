"""A person takes up a post, leaves one, or does both in one act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Channel, Contact, Function, Position, Service
from contacts.models.deriving import derive, stale_ids
from crm.records import one_act


if TYPE_CHECKING:
    from crm.models import User


def open_position(
    person: Contact,
    *,
    organisation: Contact | None = None,
    title: str = "",
    function: Function | None = None,
    service: Service | None = None,
    starts_on: date | None = None,
) -> Position:
    """A new post; it is the main one when the person holds no other main one today."""
    position = Position(
        person=person,
        organisation=organisation,
        title=title,
        function=function,
        service=service,
        starts_on=starts_on,
        is_main=not Position.objects.current().filter(person=person, is_main=True).exists(),
    )
    # A main post that is not current gives way when this one is saved.
    position.clean_fields(exclude=["person", "organisation", "function", "service"])
    position.validate_constraints(exclude={"person"})
    position.save()
    return position


@transaction.atomic
def close_position(position: Position, *, on: date) -> None:
    """The post ends; its e-mails and phones retire with it, and the record is to be verified.

    Raises:
        ValidationError: it would end before it began.
    """
    if position.starts_on and on < position.starts_on:
        raise ValidationError(
            _("Cette fonction a commencé le %(day)s : elle ne peut pas se terminer avant. Corrigez la date.")
            % {"day": f"{position.starts_on:%d/%m/%Y}"}
        )
    with one_act():
        position.ends_on, position.is_main = on, False
        position.save()
        retire_with(position)


def retire_with(position: Position) -> None:
    """The post has ended: what was tied to it no longer serves, and the person's record is to be verified."""
    retire(Channel.objects.in_use().filter(contact=position.person_id, position=position))
    person = Contact.objects.get(pk=position.person_id)
    if not person.needs_check:
        person.needs_check = True
        person.save(update_fields=["needs_check"])


def retire(channels: Iterable[Channel]) -> None:
    """These addresses and numbers no longer serve; they stay on the record, struck through."""
    for channel in channels:
        channel.state, channel.is_main = Channel.State.RETIRED, False
        channel.save()


@transaction.atomic
def change_post(
    person: Contact,
    *,
    by: User | None = None,
    leaves: Position | None = None,
    on: date | None = None,
    retiring: Iterable[Channel] = (),
    organisation: Contact | None = None,
    title: str = "",
    function: Function | None = None,
    service: Service | None = None,
    email: str = "",
    phone: str = "",
) -> Position | None:
    """One act: the old post ends the day before, its addresses retire, the new post and its addresses begin.

    The new addresses become the main ones. Without a new post (no organisation, title or function) the person has left
    and the record is to be verified; with one, it has just been.

    Raises:
        ValidationError: the dates or the new address do not hold.
    """
    day = on or timezone.localdate()
    with one_act(by=by, reason=_("Changement de poste")):
        if leaves:
            close_position(leaves, on=day - timedelta(days=1))
        retire(channel for channel in retiring if channel.state == Channel.State.ACTIVE)
        begins = bool(organisation or title or function)
        position = (
            open_position(
                person,
                organisation=organisation,
                title=title,
                function=function,
                service=service,
                starts_on=day,
            )
            if begins
            else None
        )
        for kind, value in ((Channel.Kind.EMAIL, email), (Channel.Kind.PHONE, phone)):
            if value:
                _give(person, position, kind, value)
        person = Contact.objects.get(pk=person.pk)
        if position:
            person.verify(by=by)
        elif not person.needs_check:
            person.needs_check = True
            person.save(update_fields=["needs_check"])
    return position


def _give(person: Contact, position: Position | None, kind: Channel.Kind, value: str) -> None:
    """The address becomes the person's main one; one that they had already serves again."""
    channel = Channel(contact=person, kind=kind, value=value)
    channel.clean()
    channel = Channel.objects.filter(contact=person, kind=kind, key=channel.key).first() or channel
    channel.position, channel.is_main, channel.state = position, True, Channel.State.ACTIVE
    channel.save()


@transaction.atomic
def retire_lapsed(days: int = 31) -> int:
    """What the calendar alone has changed: posts that ended meanwhile take their addresses with them. Answers how many.

    `days` is how long nobody may have looked.
    """
    lapsed = Position.objects.former().filter(channels__state=Channel.State.ACTIVE).distinct()
    with one_act(reason=_("Fin de poste")):
        for position in lapsed:
            retire_with(position)
        derive(stale_ids(days))
    return len(lapsed)
