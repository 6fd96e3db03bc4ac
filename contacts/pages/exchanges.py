"""Exchanges with a contact: noting one, mending it, taking it off, ticking off its follow-up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget, UnfoldAdminTextareaWidget

from contacts.models import Contact, Interaction
from contacts.pages.scope import back_to, own_contact
from crm.admin.comparing import Comparison, compare, read_state, tell_what_was_kept
from crm.auditing import record_deed
from crm.doors import door
from crm.models import Deed
from crm.pages.frame import page_context
from crm.pages.meanwhile import lock, rests_on, sent_whole, written_meanwhile


class ExchangeForm(forms.ModelForm[Interaction]):
    """A call, a meeting, a message: what was said, and when to come back to it."""

    class Meta:
        model = Interaction
        fields = ["kind", "on", "summary", "follow_up_on"]
        widgets = {
            "kind": UnfoldAdminSelectWidget,
            "on": UnfoldAdminSingleDateWidget,
            "summary": UnfoldAdminTextareaWidget(attrs={"rows": 4}),
            "follow_up_on": UnfoldAdminSingleDateWidget,
        }

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise ValidationError(
                _("Cette date n’est pas encore passée. Pour un rappel, remplissez « à relancer le ».")
            )
        return day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("follow_up_on") and given.get("on") and given["follow_up_on"] < given["on"]:
            self.add_error(
                "follow_up_on", _("La relance vient après l’échange : choisissez une date plus tardive.")
            )
        return given


@door("contacts.view_contact", "contacts.add_interaction", "contacts.see_notes")
def note_exchange(request: HttpRequest, pk: int) -> HttpResponse:
    """A new exchange."""
    contact = own_contact(request, pk)
    exchange = Interaction(contact=contact, by=request.user)  # type: ignore[misc]
    return _form(request, contact, exchange, _("Noter un échange"), _("L’échange est noté."))


@door("contacts.view_contact", "contacts.change_interaction", "contacts.see_notes")
def change_exchange(request: HttpRequest, pk: int, exchange: int) -> HttpResponse:
    """An exchange that was noted wrong."""
    contact = own_contact(request, pk)
    row = get_object_or_404(contact.interactions, pk=exchange)
    return _form(request, contact, row, _("Modifier un échange"), _("L’échange est corrigé."))


@sent_whole
def _form(request: HttpRequest, contact: Contact, row: Interaction, title: str, done: str) -> HttpResponse:
    is_new = row.pk is None
    if not is_new:
        lock(contact)
        row.refresh_from_db()
        asking = _put_together(request, contact, row) if request.method == "POST" else None
        if asking is not None:
            return asking
    form = ExchangeForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        record_deed(
            Deed.ADDED if is_new else Deed.CHANGED,
            by=request.user,
            on=row,
            fields=[] if is_new else form.changed_data,
        )
        messages.success(request, done)
        tell_what_was_kept(request)
        return back_to(contact, "activite")
    may_remove = not is_new and request.user.has_perm("contacts.delete_interaction")
    remove = (
        reverse("admin:contacts_contact_exchange_remove", args=[contact.pk, row.pk]) if may_remove else ""
    )
    context = page_context(
        request,
        title,
        record=contact,
        form=form,
        button=_("Enregistrer l’échange"),
        tab="activite",
        read_state="" if is_new else read_state(request, form),
        rests_on="" if is_new else _as_shown(row),
        remove=remove,
        remove_button=_("Retirer cet échange"),
    )
    return TemplateResponse(request, "contacts/record/deed.html", context)


def _put_together(request: HttpRequest, contact: Contact, row: Interaction) -> HttpResponse | None:
    """What somebody else changed in the exchange since the page was shown is kept, or asked."""
    back = f"{reverse('admin:contacts_contact_record', args=[contact.pk])}?onglet=activite"
    now = ExchangeForm(instance=row)
    return compare(
        request, Comparison(form=now, record=row, back=back, save_words=_("Enregistrer l’échange"))
    )


def _as_shown(row: Interaction) -> str:
    return rests_on(type(row).objects.filter(pk=row.pk).values_list())


@require_POST
@door("contacts.view_contact", "contacts.delete_interaction", "contacts.see_notes")
@sent_whole
def remove_exchange(request: HttpRequest, pk: int, exchange: int) -> HttpResponse:
    """An exchange that should not be there; the history keeps what it said."""
    contact = own_contact(request, pk)
    lock(contact)
    row = get_object_or_404(contact.interactions, pk=exchange)
    if meanwhile := written_meanwhile(request, row, _as_shown(row)):
        messages.error(request, meanwhile)
        return redirect("admin:contacts_contact_exchange_change", contact.pk, row.pk)
    record_deed(Deed.DELETED, by=request.user, on=row)
    row.delete()
    messages.success(request, _("L’échange est retiré."))
    return back_to(contact, "activite")


@require_POST
@door("contacts.view_contact", "contacts.change_interaction", "contacts.see_notes")
def followed_up(request: HttpRequest, pk: int, exchange: int) -> HttpResponse:
    """The follow-up was done today."""
    contact = own_contact(request, pk)
    row = get_object_or_404(contact.interactions, pk=exchange)
    if row.followed_up_on is None:
        row.followed_up_on = timezone.localdate()
        row.save()
        record_deed(Deed.CHANGED, by=request.user, on=row, fields=["followed_up_on"])
    messages.success(request, _("Relance faite : elle ne vous sera plus rappelée."))
    return back_to(contact, "activite")
