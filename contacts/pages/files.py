"""Files kept with a contact: added, given back as a download only, taken off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from contacts.models import ContactFile
from contacts.pages.scope import back_to, own_contact, visible_contact
from crm.auditing import record_deed
from crm.doors import door
from crm.models import Deed
from crm.pages.frame import page_context


class FileForm(forms.ModelForm[ContactFile]):
    """The file and what it is."""

    class Meta:
        model = ContactFile
        fields = ["file", "description"]
        widgets = {"file": UnfoldAdminFileFieldWidget, "description": UnfoldAdminTextInputWidget}
        error_messages = {
            "file": {
                "required": gettext_lazy("Choisissez un fichier."),
                "empty": gettext_lazy("Ce fichier est vide."),
            }
        }

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > settings.ATTACHMENT_MAX_BYTES:
            limit = filesizeformat(settings.ATTACHMENT_MAX_BYTES)
            raise ValidationError(
                _("Ce fichier est trop lourd : %(limit)s au plus."), params={"limit": limit}
            )
        return given


@door("contacts.view_contact", "contacts.add_contactfile")
def add_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a file with the contact."""
    contact = own_contact(request, pk)
    form = FileForm(request.POST or None, request.FILES or None, instance=ContactFile(contact=contact))
    if request.method == "POST" and form.is_valid():
        form.instance.name = form.cleaned_data["file"].name[:200]
        form.instance.added_by_id = request.user.pk
        form.save()
        record_deed(Deed.ADDED, by=request.user, on=form.instance)
        messages.success(request, _("Le fichier est joint à la fiche."))
        return back_to(contact, "activite")
    limit = filesizeformat(settings.ATTACHMENT_MAX_BYTES)
    lead = _("%(limit)s au plus. Seule l’équipe peut l’ouvrir.") % {"limit": limit}
    context = page_context(
        request,
        _("Joindre un fichier"),
        record=contact,
        form=form,
        button=_("Joindre le fichier"),
        tab="activite",
        lead=lead,
    )
    return TemplateResponse(request, "contacts/record/deed.html", context)


@door("contacts.view_contact", "contacts.view_contactfile")
def download(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """Always as an attachment of an opaque type: nothing that was uploaded is ever run by the browser."""
    row = get_object_or_404(visible_contact(request, pk).files.visible_to(request.user), pk=file)
    try:
        content = row.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    record_deed(Deed.EXPORTED, by=request.user, on=row)
    response = FileResponse(
        content, as_attachment=True, filename=row.name, content_type="application/octet-stream"
    )
    response["Content-Security-Policy"] = "sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@door("contacts.view_contact", "contacts.delete_contactfile")
def remove_file(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """The file is deleted for good."""
    contact = own_contact(request, pk)
    row = get_object_or_404(contact.files, pk=file)
    record_deed(Deed.DELETED, by=request.user, on=row)
    row.delete()
    messages.success(request, _("Le fichier « %(name)s » est retiré.") % {"name": row})
    return back_to(contact, "activite")
