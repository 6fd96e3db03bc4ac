"""The two boxes of this room on the home page: what awaits me first, a few figures after, each a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.coverage import departments_without_contact
from contacts.models import (
    Contact,
    DoublePair,
    Interaction,
    Scheme,
)
from crm.doors import door
from crm.models import ImportBatch
from crm.registry import HomePanel, home_panels
from crm.templatetags.french import grouped


if TYPE_CHECKING:
    from crm.models import User

SHOWN_FOLLOW_UPS = 6
MOST_FOLLOW_UPS = 100
# Above, a figure that reads every record is asked for once the page is there.
SMALL_BASE = 20_000


def awaiting(user: User) -> dict[str, Any]:
    """What this account may do now: exchanges to follow up, records to verify, pairs to examine, imports to confirm."""
    contacts = Contact.objects.visible_to(user)
    lines = []
    if user.has_perm("contacts.change_contact"):
        lines.append(_verification(contacts.active().to_verify().count()))
    if user.has_perm("contacts.merge_contact"):
        lines.append(
            _doubles(DoublePair.objects.visible_to(user).filter(verdict=DoublePair.Verdict.OPEN).count())
        )
    if user.has_perm("crm.import_file"):
        mine = ImportBatch.objects.filter(state=ImportBatch.State.PLANNED, owner=user.pk)
        lines.append(_imports(mine.count()))
    follow_ups = _follow_ups(user)
    return {
        "today": timezone.localdate(),
        "lines": [line for line in lines if line["count"]],
        "follow_ups": follow_ups[:SHOWN_FOLLOW_UPS],
        "more_follow_ups": max(0, len(follow_ups) - SHOWN_FOLLOW_UPS),
        "is_empty": not contacts.exists(),
        "steps": _first_steps(user),
    }


def _verification(count: int) -> dict[str, Any]:
    return {
        "count": count,
        "icon": "schedule",
        "one": _("fiche à vérifier"),
        "many": _("fiches à vérifier"),
        "url": f"{reverse('admin:contacts_contact_changelist')}?state=active&verified=to_verify&o=verified",
    }


def _doubles(count: int) -> dict[str, Any]:
    return {
        "count": count,
        "icon": "join_inner",
        "one": _("paire de fiches proches à examiner"),
        "many": _("paires de fiches proches à examiner"),
        "url": reverse("admin:contacts_doublepair_changelist"),
    }


def _imports(count: int) -> dict[str, Any]:
    return {
        "count": count,
        "icon": "upload_file",
        "one": _("import à confirmer"),
        "many": _("imports à confirmer"),
        "url": reverse("admin:crm_importbatch_changelist"),
    }


def _follow_ups(user: User) -> list[Interaction]:
    """My exchanges to follow up and those of nobody, the oldest date first; no more than a hundred are read."""
    rows = Interaction.objects.visible_to(user).to_follow_up().filter(Q(by=user.pk) | Q(by=None))
    return list(rows.select_related("contact").order_by("follow_up_on", "pk")[:MOST_FOLLOW_UPS])


def _first_steps(user: User) -> list[dict[str, str]]:
    steps = [
        (
            "crm.import_file",
            "upload_file",
            _("Importer un fichier"),
            _("Votre tableur tel qu’il est : vous verrez chaque ligne avant que rien n’entre."),
            "admin:crm_importbatch_upload",
        ),
        (
            "contacts.add_contact",
            "person_add",
            _("Ajouter une personne"),
            _("Six champs suffisent : le reste se complète plus tard."),
            "admin:contacts_contact_add",
        ),
        (
            "crm.add_user",
            "group_add",
            _("Inviter un·e collègue"),
            _("Un compte par personne, avec le rôle qui lui convient."),
            "admin:crm_user_add",
        ),
    ]
    return [
        {"icon": icon, "title": title, "text": text, "url": reverse(page)}
        for right, icon, title, text, page in steps
        if user.has_perm(right)
    ]


def counts(user: User) -> dict[str, Any]:
    """A few figures of today; each opens its list. One that takes long has no count yet but the address that gives it."""
    contacts = Contact.objects.visible_to(user).active()
    people, organisations = contacts.people().count(), contacts.organisations().count()
    if not people + organisations:
        return {"figures": []}
    page = f"{reverse('admin:contacts_contact_changelist')}?state=active"
    later = reverse("admin:contacts_contact_qualified") if people > SMALL_BASE else ""
    shown = [
        (_("Personnes actives"), people, f"{page}&kind__exact=person"),
        (_("Structures actives"), organisations, f"{page}&kind__exact=organisation"),
        (
            _("Contacts qualifiés"),
            None if later else contacts.qualified().count(),
            f"{page}&verified=qualified",
        ),
        (_("Fiches à vérifier"), contacts.to_verify().count(), f"{page}&verified=to_verify"),
    ]
    if user.has_perm("contacts.view_scheme"):
        running = Scheme.objects.visible_to(user).running().count()
        url = f"{reverse('admin:contacts_scheme_changelist')}?state__in=running,renewing"
        shown.append((_("Démarches en activité"), running, url))
    if user.has_perm("contacts.view_territory"):
        url = f"{reverse('admin:contacts_territory_changelist')}?reach=none"
        shown.append((_("Départements sans contact"), departments_without_contact(user).count(), url))
    return {
        "figures": [{"label": label, "count": count, "url": url} for label, count, url in shown],
        "later": later,
    }


@door("contacts.view_contact")
def qualified_count(request: HttpRequest) -> HttpResponse:
    """The number that the home page of a large base asks for when it is there."""
    contacts = Contact.objects.visible_to(request.user).active()  # type: ignore[arg-type]
    return HttpResponse(grouped(contacts.qualified().count()), content_type="text/plain; charset=utf-8")


def register() -> None:
    home_panels.add(
        HomePanel(
            name="contacts.awaiting",
            rank=10,
            permission="contacts.view_contact",
            template="contacts/home_awaiting.html",
            fill=awaiting,
        )
    )
    home_panels.add(
        HomePanel(
            name="contacts.figures",
            rank=90,
            permission="contacts.view_contact",
            template="contacts/home_figures.html",
            fill=counts,
        )
    )
