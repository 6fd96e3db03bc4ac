"""The page of a contact: who it is, its path, what happened, what it receives, what was changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contacts.deciding import decisions_of
from contacts.histories import changes_of
from contacts.merging import last_merge
from contacts.models import Channel, Contact, ContactTerritory, Coordination, Merge, Position, Scheme
from crm.pages.meanwhile import rests_on
from crm.pages.timeline import timeline_of
from crm.privacy import NOTES, PRIVATE_CHANNEL
from crm.seeing import sees


if TYPE_CHECKING:
    from crm.models import User

TABS = {
    "fiche": _("Fiche"),
    "parcours": _("Parcours"),
    "activite": _("Activité"),
    "diffusion": _("Diffusion"),
    "historique": _("Historique"),
}
PEOPLE_PER_PAGE = 50
PARTS_SHOWN = 50


def context(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """What the page shows: the header, and the tab asked for by `?onglet=`."""
    asked = request.GET.get("onglet", "fiche")
    tab = asked if asked in TABS else "fiche"
    fill: Callable[[HttpRequest, Contact], dict[str, Any]] = _FILL[tab]
    return {
        "tabs": TABS,
        "tab": tab,
        "tab_template": f"contacts/record/tab_{tab}.html",
        "refused": sorted(opposition.get_purpose_display() for opposition in contact.oppositions.all()),
        "rests_on": rests_on(contact.version),
        "write_to": contact.main_email if sees(request.user, PRIVATE_CHANNEL) else contact.open_email,
        **fill(request, contact),
    }


def shown_channels(request: HttpRequest, contact: Contact) -> list[Channel]:
    """The addresses and numbers this account may see: those in use, the main one first, then former ones."""
    return sorted(
        contact.channels.visible_to(request.user),
        key=lambda channel: (channel.state != Channel.State.ACTIVE, channel.kind, not channel.is_main),
    )


def _positions(request: HttpRequest, contact: Contact) -> list[Position]:
    rows = contact.positions.visible_to(request.user)
    return list(rows.select_related("organisation", "function", "service"))


def _sheet(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    present = Contact.objects.visible_to(request.user)  # type: ignore[arg-type]
    reach = list(contact.reach.select_related("territory").order_by("territory__folded", "pk"))
    filled: dict[str, Any] = {
        "channels": shown_channels(request, contact),
        "themes": contact.themes.select_related("parent"),
        "labels": contact.labels.all(),
        "reach": [row.territory for row in reach],
        "reach_origin": _origin(contact, reach[0].origin) if reach else "",
        "aliases": contact.aliases.all(),
        "links": contact.links.visible_to(request.user).select_related("other"),
        "links_to": contact.links_to.visible_to(request.user).select_related("contact"),
        "parent": present.filter(pk=contact.parent_id).first() if contact.parent_id else None,
        "category_is_inherited": contact.category_id is None and contact.shown_category_id is not None,
        "may_see_notes": sees(request.user, NOTES),
        "may_change_post": sees(request.user, PRIVATE_CHANNEL),
    }
    if contact.is_person:
        return filled | {
            "positions": [position for position in _positions(request, contact) if position.is_current]
        }
    people = Position.objects.visible_to(request.user).filter(organisation=contact)
    people = people.select_related("person", "function")
    people = people.order_by("person__sort_name", "person_id", "pk")
    return filled | {
        "people": Paginator(people.current(), PEOPLE_PER_PAGE).get_page(request.GET.get("page")),
        "former_people": people.former()[:PEOPLE_PER_PAGE],
        "parts": contact.parts.visible_to(cast("User", request.user))[:PARTS_SHOWN],
    }


def _origin(contact: Contact, origin: str) -> str:
    """Where inherited territories come from: the schemes, by name, or the organisation."""
    if origin == ContactTerritory.Origin.SCHEME:
        rows = Coordination.objects.current().filter(person=contact, scheme__territories__isnull=False)
        return ", ".join(
            Scheme.objects.filter(coordinations__in=rows).distinct().values_list("name", flat=True)
        )
    return str(contact.main_organisation or "") if origin == ContactTerritory.Origin.ORGANISATION else ""


def _path(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    positions = _positions(request, contact)
    coordinations = contact.coordinations.visible_to(request.user)
    schemes = Scheme.objects.visible_to(request.user).select_related("type").prefetch_related("territories")
    return {
        "current": [position for position in positions if position.is_current],
        "former": [position for position in positions if not position.is_current],
        "coordinations": coordinations.select_related("scheme__type").prefetch_related("scheme__territories"),
        "schemes": schemes.filter(Q(lead=contact) | Q(elected_official=contact)),
        "may_change_post": sees(request.user, PRIVATE_CHANNEL),
    }


def _activity(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    return {
        "events": timeline_of(contact, request.user),
        "to_follow_up": contact.interactions.visible_to(request.user)
        .to_follow_up()
        .select_related("by")
        .order_by("follow_up_on", "pk"),
        "files": contact.files.visible_to(request.user).select_related("added_by"),
    }


def _mailings(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    return {
        "decisions": decisions_of(contact),
        "may_read_decisions": request.user.has_perm("contacts.view_opposition"),
        "may_decide": request.user.has_perms(["contacts.add_opposition", "contacts.add_consent"]),
    }


def _past(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    may_merge = request.user.has_perm("contacts.merge_contact")
    merges = Merge.objects.visible_to(request.user).filter(kept=contact).select_related("by", "absorbed")
    return {
        "changes": changes_of(contact, request.user),
        "merges": merges if may_merge else [],
        "last_merge": last_merge(contact) if may_merge else None,
        "may_restore": request.user.has_perms(
            ["contacts.change_contact", "contacts.see_private_channels", "contacts.see_notes"]
        ),
    }


_FILL: dict[str, Callable[[HttpRequest, Contact], dict[str, Any]]] = {
    "fiche": _sheet,
    "parcours": _path,
    "activite": _activity,
    "diffusion": _mailings,
    "historique": _past,
}
