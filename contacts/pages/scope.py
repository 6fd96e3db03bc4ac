"""A contact as this account may see it: out of scope answers as absent."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from contacts.models import Contact
from crm.seeing import note_reading
from crm.sharing import may


def visible_contact(request: HttpRequest, pk: int) -> Contact:
    """The record, or 404 alike whether it is hidden, in the trash or was never there."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)  # type: ignore[arg-type]
    note_reading(request.user, contact)
    return contact


def own_contact(request: HttpRequest, pk: int, verb: str = "change") -> Contact:
    """The record to work on: a confidential one that was given to this account to be seen only is refused."""
    contact = visible_contact(request, pk)
    if not may(request.user, verb, contact):
        raise PermissionDenied
    return contact


def back_to(contact: Contact, tab: str = "") -> HttpResponse:
    """The record's page, on that tab."""
    url = reverse("admin:contacts_contact_record", args=[contact.pk])
    return redirect(f"{url}?onglet={tab}" if tab else url)
