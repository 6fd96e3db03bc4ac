"""What the command palette finds in the network, and how its records are named among those seen last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from contacts.models import Contact, Scheme, Territory
from crm.folding import search_words
from crm.privacy import PRIVATE_CHANNEL
from crm.registry import PaletteSource, RecordModel, palette_sources, record_models
from crm.seeing import sees


if TYPE_CHECKING:
    from crm.models import User

type Found = Sequence[tuple[str, str, str, str]]


def _contacts(kind: str, icon: str, text: str, user: User | Any, limit: int) -> Found:
    private = sees(user, PRIVATE_CHANNEL)
    rows = (
        Contact.objects.visible_to(user)
        .filter(kind=kind)
        .matching(text, private=private)
        .select_related("main_organisation")
        .only(
            "kind",
            "name",
            "first_name",
            "sigle",
            "city",
            "main_title",
            "main_organisation__name",
            "main_organisation__first_name",
        )
        .order_by("sort_name", "pk")[:limit]
    )
    return [
        (str(row), _what(row), reverse("admin:contacts_contact_record", args=[row.pk]), icon) for row in rows
    ]


def _what(row: Contact) -> str:
    parts: list[Any] = [row.main_title, row.main_organisation] if row.is_person else [row.sigle, row.city]
    return ", ".join(str(part) for part in parts if part) or str(row.get_kind_display())


def people(text: str, user: User, limit: int) -> Found:
    return _contacts(Contact.Kind.PERSON, "person", text, user, limit)


def organisations(text: str, user: User, limit: int) -> Found:
    return _contacts(Contact.Kind.ORGANISATION, "domain", text, user, limit)


def schemes(text: str, user: User, limit: int) -> Found:
    rows = Scheme.objects.visible_to(user).select_related("type")
    for word in search_words(text):
        rows = rows.filter(pk__in=Scheme.objects.mentioning(word, user).values("pk"))
    return [
        (row.name, str(row.type), reverse("admin:contacts_scheme_record", args=[row.pk]), "hub")
        for row in rows.order_by("name", "pk")[:limit]
    ]


def places(text: str, user: User, limit: int) -> Found:
    """A territory opens the list of the contacts that are in it."""
    page = reverse("admin:contacts_contact_changelist")
    rows = Territory.objects.selectable().named_like(text).largest_first()[:limit]
    return [
        (str(row), str(Territory.Level(row.level).label), f"{page}?in={row.level}:{row.code}", "map")
        for row in rows
    ]


def register() -> None:
    see = "contacts.view_contact"
    palette_sources.add(PaletteSource(name="people", rank=10, permission=see, find=people))
    palette_sources.add(PaletteSource(name="organisations", rank=20, permission=see, find=organisations))
    palette_sources.add(
        PaletteSource(name="schemes", rank=30, permission="contacts.view_scheme", find=schemes)
    )
    palette_sources.add(PaletteSource(name="territories", rank=40, permission=see, find=places))
    record_models.add(
        RecordModel(
            model="contacts.contact",
            rows=Contact.objects.visible_to,
            url_name="admin:contacts_contact_record",
        )
    )
    record_models.add(
        RecordModel(
            model="contacts.scheme", rows=Scheme.objects.visible_to, url_name="admin:contacts_scheme_record"
        )
    )
