"""A contact as it was at a moment, and taking it back there."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from contacts.pages.scope import back_to, own_contact
from contacts.restoring import CannotRestoreError, preview, restore
from crm.doors import door
from crm.pages.frame import page_context
from crm.pages.meanwhile import lock, rests_on, sent_whole, written_meanwhile


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise Http404
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


@door(
    "contacts.view_contact", "contacts.change_contact", "contacts.see_private_channels", "contacts.see_notes"
)
@sent_whole
def as_of(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows what would change, POST does it."""
    contact = own_contact(request, pk)
    lock(contact)
    contact.refresh_from_db()
    stands = rests_on(contact.version)
    meanwhile = written_meanwhile(request, contact, stands)
    if meanwhile:
        messages.error(request, meanwhile)
    at = _moment(request.POST.get("a", "") or request.GET.get("a", ""))
    try:
        restoration = preview(contact, at, seen_by=request.user)
        if request.method == "POST" and not meanwhile:
            restore(contact, at, by=request.user)  # type: ignore[arg-type]
            messages.success(
                request,
                _(
                    "La fiche est revenue à ce qu’elle était. Pour annuler ce retour, choisissez la version d’avant dans l’historique."
                ),
            )
            return back_to(contact, "historique")
    except CannotRestoreError as error:
        messages.error(request, error.messages[0])
        return back_to(contact, "historique")
    context = page_context(
        request,
        _("Revenir à une version passée"),
        record=contact,
        restoration=restoration,
        at=at,
        rests_on=stands,
    )
    return TemplateResponse(request, "contacts/record/as_of.html", context)
