"""What the network's own tables tell on a contact's timeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Contact, Interaction, Merge, Position
from crm.models import ImportBatch
from crm.registry import TimelineEvent, TimelineSource, timeline_sources


if TYPE_CHECKING:
    from crm.models import User

_ICONS = {"call": "call", "meeting": "groups", "email": "mail", "video": "videocam", "other": "forum"}


def exchanges(contact: Any, user: User, limit: int) -> Iterable[TimelineEvent]:
    """Calls, meetings, messages; each leads to its form for who may mend it."""
    rows = Interaction.objects.visible_to(user).filter(contact=contact).select_related("by")[:limit]
    may_change = user.has_perm("contacts.change_interaction")
    return [
        TimelineEvent(
            day=row.on,
            icon=_ICONS[row.kind],
            title=_("%(kind)s, par %(who)s") % {"kind": row.get_kind_display(), "who": row.by}
            if row.by
            else row.get_kind_display(),
            text=row.summary,
            url=reverse("admin:contacts_contact_exchange_change", args=[contact.pk, row.pk])
            if may_change
            else "",
        )
        for row in rows
    ]


def posts(contact: Any, user: User, limit: int) -> Iterator[TimelineEvent]:
    """Posts taken and left: the person's own, or those of the people of an organisation."""
    rows = Position.objects.visible_to(user).select_related("person", "organisation", "function")
    rows = rows.filter(person=contact) if contact.is_person else rows.filter(organisation=contact)
    dated = rows.filter(Q(starts_on__isnull=False) | Q(ends_on__isnull=False))
    for row in dated.order_by(
        Greatest(Coalesce("ends_on", "starts_on"), Coalesce("starts_on", "ends_on")).desc(), "pk"
    )[:limit]:
        subject = (
            str(row)
            if contact.is_person
            else ", ".join(str(one) for one in (row.person, row.title or row.function) if one)
        )
        if row.starts_on:
            yield TimelineEvent(day=row.starts_on, icon="login", title=_("Prise de poste"), text=subject)
        if row.ends_on:
            yield TimelineEvent(day=row.ends_on, icon="logout", title=_("Fin de poste"), text=subject)


def decisions(contact: Any, user: User, limit: int) -> Iterator[TimelineEvent]:
    """Refusals and agreements, withdrawn ones included."""
    for opposition in contact.oppositions.all()[:limit]:
        title = _("Ne veut plus : %(purpose)s") % {"purpose": opposition.get_purpose_display()}
        yield TimelineEvent(day=opposition.since, icon="block", title=title, text=opposition.source)
    for consent in contact.consents.all()[:limit]:
        title = _("Consent à : %(purpose)s") % {"purpose": consent.get_purpose_display()}
        yield TimelineEvent(day=consent.since, icon="check_circle", title=title, text=consent.source)
        if consent.withdrawn_on:
            title = _("Retire son accord : %(purpose)s") % {"purpose": consent.get_purpose_display()}
            yield TimelineEvent(day=consent.withdrawn_on, icon="undo", title=title)


def merges(contact: Any, user: User, limit: int) -> Iterator[TimelineEvent]:
    """Records folded into this one."""
    made = Merge.objects.visible_to(user).filter(kept=contact, undone_at=None)
    for merge in made.select_related("absorbed", "by")[:limit]:
        yield TimelineEvent(
            day=timezone.localtime(merge.at),
            icon="join_inner",
            title=_("Fiche « %(name)s » fusionnée dans celle-ci") % {"name": merge.absorbed},
            text=str(merge.by or ""),
        )


def arrival(contact: Any, user: User, limit: int) -> Iterator[TimelineEvent]:
    """Where the record comes from: an import, or somebody."""
    if contact.batch_id:
        yield TimelineEvent(
            day=contact.batch.received_at,
            icon="upload_file",
            title=_("Arrivée par un import"),
            text=contact.batch.name,
            url=reverse("admin:crm_importbatch_record", args=[contact.batch_id])
            if ImportBatch.objects.visible_to(user).filter(pk=contact.batch_id).exists()
            else "",
        )
    else:
        yield TimelineEvent(
            day=contact.collected_on, icon="person_add", title=_("Fiche recueillie"), text=str(contact.source)
        )


def register() -> None:
    """Hand the sources down, each with the right it asks for."""
    model = Contact._meta.label_lower
    for name, permission, events in (
        ("contacts.exchanges", "contacts.see_notes", exchanges),
        ("contacts.posts", "contacts.view_position", posts),
        ("contacts.decisions", "contacts.view_opposition", decisions),
        ("contacts.merges", "contacts.merge_contact", merges),
        ("contacts.arrival", "contacts.view_contact", arrival),
    ):
        timeline_sources.add(TimelineSource(name=name, model=model, permission=permission, events=events))
