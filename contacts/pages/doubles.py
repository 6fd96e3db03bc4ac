"""Likely doubles: the pairs to look at, the two records side by side, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts import merging
from contacts.duplicates import Likeness, likely_doubles
from contacts.models import Contact, DoublePair, Merge
from contacts.pages.scope import back_to, own_contact, visible_contact
from crm.auditing import record_deed
from crm.doors import door
from crm.models import Deed
from crm.pages.frame import page_context
from crm.pages.meanwhile import lock, rests_on, sent_whole, written_meanwhile
from crm.privacy import PRIVATE_CHANNEL
from crm.seeing import sees


if TYPE_CHECKING:
    from crm.models import User

PER_PAGE = 20
SHOWN = 5


def open_pairs(request: HttpRequest) -> Any:
    """The pairs that nobody has judged, of records this account may see."""
    pairs = DoublePair.objects.visible_to(request.user).filter(verdict=DoublePair.Verdict.OPEN)
    return pairs.select_related("first__main_organisation", "second__main_organisation", "batch")


@door("contacts.merge_contact")
def pairs(request: HttpRequest) -> HttpResponse:
    """What the tool found alike, to be judged one by one."""
    page = Paginator(open_pairs(request), PER_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(
        request, "contacts/doubles/pairs.html", page_context(request, _("Fiches proches"), pairs=page)
    )


@require_POST
@door("contacts.merge_contact")
def judge_different(request: HttpRequest) -> HttpResponse:
    """Two different contacts: the pair is never proposed again."""
    first, second = _two(request.POST.get("first"), request.POST.get("second"), request)
    DoublePair.objects.update_or_create(
        first=first,
        second=second,
        defaults={
            "verdict": DoublePair.Verdict.DIFFERENT,
            "judged_by": cast("User", request.user),
            "judged_at": timezone.now(),
        },
    )
    record_deed(Deed.CHANGED, by=request.user, on=first, fields=["double"])
    messages.success(request, _("C’est noté : ces deux fiches ne seront plus rapprochées."))
    return redirect("admin:contacts_doublepair_changelist")


@door("contacts.merge_contact", "contacts.see_private_channels", "contacts.see_notes")
@sent_whole
def compare(request: HttpRequest, kept_pk: int, absorbed_pk: int) -> HttpResponse:
    """GET shows both and what would happen; POST makes them one, as they were shown."""
    kept, absorbed = own_contact(request, kept_pk), own_contact(request, absorbed_pk)
    lock(kept, absorbed)
    kept.refresh_from_db()
    absorbed.refresh_from_db()
    try:
        merging.check(kept, absorbed)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return back_to(kept)
    fields = merging.choices(kept, absorbed, request.user)
    stands = rests_on(kept.version, absorbed.version)
    changed = max(kept, absorbed, key=lambda contact: contact.updated_at)
    meanwhile = written_meanwhile(request, changed, stands)
    if meanwhile:
        messages.error(request, meanwhile)
        asked = {field.name: request.POST.get(field.name, "") for field in fields}
        fields = [
            replace(field, proposed=asked[field.name]) if asked[field.name] else field for field in fields
        ]
    elif request.method == "POST":
        chosen = {field.name: request.POST.get(field.name, field.proposed) for field in fields}
        try:
            merging.merge(absorbed, into=kept, chosen=chosen, by=request.user)  # type: ignore[arg-type]
        except ValidationError as error:  # somebody else was quicker
            messages.error(request, error.messages[0])
            return redirect("admin:contacts_doublepair_changelist")
        messages.success(
            request,
            _(
                "Les deux fiches n’en font plus qu’une. Vous pouvez annuler cette fusion ici, dans l’historique."
            ),
        )
        return back_to(kept, "historique")
    context = page_context(
        request,
        _("Fusionner deux fiches"),
        kept=kept,
        absorbed=absorbed,
        fields=fields,
        rests_on=stands,
        moves=merging.moves(absorbed, request.user),
        joined=list(_joined(kept, absorbed)),
        refusals=sorted(
            {row.get_purpose_display() for one in (kept, absorbed) for row in one.oppositions.all()}
        ),
        swap=reverse("admin:contacts_contact_merge", args=[absorbed.pk, kept.pk]),
    )
    return TemplateResponse(request, "contacts/doubles/compare.html", context)


def _joined(kept: Contact, absorbed: Contact) -> Iterator[tuple[str, list[Any]]]:
    """What the kept record gains, list by list."""
    for name in merging.JOINED:
        have = set(getattr(kept, name).values_list("pk", flat=True))
        if new := [term for term in getattr(absorbed, name).all() if term.pk not in have]:
            yield str(Contact._meta.get_field(name).verbose_name), new  # type: ignore[union-attr]


@require_POST
@door("contacts.merge_contact", "contacts.see_private_channels", "contacts.see_notes")
def unmerge(request: HttpRequest, pk: int, merge: int) -> HttpResponse:
    """The two records again, as they were, with what was typed since."""
    contact = own_contact(request, pk)
    made = get_object_or_404(Merge.objects.visible_to(request.user), pk=merge, kept=contact)
    try:
        merging.unmerge(made, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(
            request, _("La fusion est annulée : « %(name)s » est de retour.") % {"name": made.absorbed}
        )
    return back_to(contact, "historique")


@door("contacts.view_contact", "contacts.merge_contact")
def choose_other(request: HttpRequest, pk: int) -> HttpResponse:
    """Which record is this one's double: likely ones first, any other by search."""
    contact = visible_contact(request, pk)
    asked = request.GET.get("q", "").strip()
    rows = Contact.objects.visible_to(request.user).filter(kind=contact.kind).exclude(pk=contact.pk)  # type: ignore[arg-type]
    context = page_context(
        request,
        _("Fusionner avec une autre fiche"),
        record=contact,
        asked=asked,
        found=rows.matching(asked).select_related("main_organisation")[:PER_PAGE] if asked else [],
        likely=likely_doubles_of(contact, request),
    )
    return TemplateResponse(request, "contacts/doubles/choose.html", context)


def likely_doubles_of(contact: Contact, request: HttpRequest) -> list[Likeness]:
    """The records this one resembles, but for those that somebody has judged different."""
    found = likely_doubles(
        kind=contact.kind,
        name=contact.name,
        first_name=contact.first_name,
        email=contact.main_email if sees(request.user, PRIVATE_CHANNEL) else contact.open_email,
        organisation=str(contact.main_organisation or ""),
        among=Contact.objects.visible_to(request.user),  # type: ignore[arg-type]
        private=sees(request.user, PRIVATE_CHANNEL),
    )
    judged = DoublePair.objects.filter(
        Q(first=contact) | Q(second=contact), verdict=DoublePair.Verdict.DIFFERENT
    )
    apart = {contact.pk, *(pk for pair in judged.values_list("first_id", "second_id") for pk in pair)}
    return [one for one in found if one.contact.pk not in apart]


@door("contacts.view_contact", "contacts.add_contact")
def while_typing(request: HttpRequest) -> HttpResponse:
    """The records that what is being typed resembles, as a fragment for the form; nothing is written."""
    asked = {
        name: request.GET.get(name, "").replace("\x00", "").strip()[:200]
        for name in ("name", "first_name", "email", "organisation")
    }
    found: list[Likeness] = []
    if len(asked["name"]) >= 2 or "@" in asked["email"]:
        kind = request.GET.get("kind", "")
        found = likely_doubles(
            kind=kind if kind in Contact.Kind.values else Contact.Kind.PERSON,
            among=Contact.objects.visible_to(request.user),  # type: ignore[arg-type]
            private=sees(request.user, PRIVATE_CHANNEL),
            name=asked["name"],
            first_name=asked["first_name"],
            email=asked["email"],
        )
    return TemplateResponse(request, "contacts/doubles/while_typing.html", {"found": found[:SHOWN]})


def _two(one: str | None, other: str | None, request: HttpRequest) -> tuple[Contact, Contact]:
    """The two records of a pair, the lower number first."""
    if not (one or "").isdigit() or not (other or "").isdigit() or one == other:
        raise Http404
    rows = Contact.objects.visible_to(request.user).filter(Q(pk=one) | Q(pk=other)).order_by("pk")  # type: ignore[arg-type]
    if len(rows) != 2:
        raise Http404
    return rows[0], rows[1]
