"""The trash: what goes with a record before it goes, what is there, and taking it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts import trashing
from contacts.pages.scope import back_to, own_contact
from crm.auditing import record_deed
from crm.doors import door
from crm.models import Deed
from crm.pages.frame import page_context
from crm.pages.meanwhile import lock, rests_on, sent_whole, written_meanwhile
from crm.sharing import may


PER_PAGE = 50


@door("contacts.view_contact", "contacts.delete_contact")
@sent_whole
def put_in(request: HttpRequest, pk: int) -> HttpResponse:
    """GET says what would go with the record, or why it cannot; POST puts it in the trash."""
    contact = own_contact(request, pk, "delete")
    lock(contact)
    contact.refresh_from_db()
    stands = rests_on(contact.version)
    if meanwhile := written_meanwhile(request, contact, stands):
        messages.error(request, meanwhile)
    elif request.method == "POST":
        try:
            trashing.put_in_trash(contact, by=request.user)  # type: ignore[arg-type]
        except trashing.CannotTrashError as error:
            for text in error.messages:
                messages.error(request, text)
            return back_to(contact)
        record_deed(Deed.DELETED, by=request.user, on=contact)
        text = _("« %(name)s » est à la corbeille. Vous pouvez la reprendre ici pendant %(days)s jours.")
        messages.success(request, text % {"name": contact, "days": trashing.DAYS})
        return redirect("admin:contacts_contact_trash")
    context = page_context(
        request,
        _("Mettre à la corbeille"),
        record=contact,
        rests_on=stands,
        hanging=trashing.hanging(contact, request.user),
        objections=trashing.objections(contact, request.user),
        days=trashing.DAYS,
        until=timezone.localdate() + timedelta(days=trashing.DAYS),
    )
    return TemplateResponse(request, "contacts/trash/put_in.html", context)


@door("contacts.view_contact", "contacts.delete_contact")
def trash(request: HttpRequest) -> HttpResponse:
    """What is in the trash, the latest first, with the day each record goes for good."""
    user: Any = request.user
    rows = trashing.in_trash().in_scope(user).select_related("main_organisation")
    page = Paginator(rows.order_by("-trashed_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    shown = [
        (contact, contact.trashed_at + timedelta(days=trashing.DAYS))
        for contact in page
        if contact.trashed_at
    ]
    context = page_context(request, _("Corbeille"), page=page, shown=shown, days=trashing.DAYS)
    return TemplateResponse(request, "contacts/trash/trash.html", context)


@require_POST
@door("contacts.view_contact", "contacts.delete_contact")
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The record is back where it was."""
    contact = get_object_or_404(trashing.in_trash().in_scope(request.user), pk=pk)
    if not may(request.user, "delete", contact):
        raise PermissionDenied
    trashing.take_back(contact, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("La fiche est reprise, telle qu’elle était."))
    return back_to(contact)
