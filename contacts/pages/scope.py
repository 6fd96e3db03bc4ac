"""A contact as this account may see it: out of scope answers as absent."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from contacts.models import Contact


def visible_contact(request: HttpRequest, pk: int) -> Contact:
    """The record, or 404 alike whether it is hidden, in the trash or was never there."""
    return get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)  # type: ignore[arg-type]


def back_to(contact: Contact, tab: str = "") -> HttpResponse:
    """The record's page, on that tab."""
    url = reverse("admin:contacts_contact_record", args=[contact.pk])
    return redirect(f"{url}?onglet={tab}" if tab else url)
