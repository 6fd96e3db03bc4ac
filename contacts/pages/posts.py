"""A person changes post, or a record is verified: one act each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from contacts.forms import PostFields
from contacts.histories import changes_of
from contacts.models import Channel, Contact, Position
from contacts.organisation_field import OrganisationField, OrganisationSelect
from contacts.pages.scope import back_to, own_contact
from contacts.positioning import change_post
from crm.auditing import record_deed
from crm.doors import door
from crm.models import Deed
from crm.pages.frame import page_context
from crm.pages.meanwhile import lock, rests_on, sent_whole, written_meanwhile


class PostForm(PostFields):
    """What ends, which addresses end with it, and what begins; all that begins may be left empty."""

    field_order = (
        "leaves", "on", "retiring", "organisation", "title", "function", "service", "email", "phone",
    )  # fmt: skip

    leaves = forms.ModelChoiceField(
        label=gettext_lazy("Quitte"),
        queryset=Position.objects.none(),
        required=False,
        empty_label=gettext_lazy("aucune : garde ses fonctions"),
        widget=UnfoldAdminSelectWidget,
    )
    on = forms.DateField(
        label=gettext_lazy("À compter du"),
        widget=UnfoldAdminSingleDateWidget,
        help_text=gettext_lazy("L’ancienne fonction se termine la veille."),
    )
    retiring = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Coordonnées qui ne servent plus"),
        queryset=Channel.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    organisation = OrganisationField(
        label=gettext_lazy("Nouvelle structure"),
        help_text=gettext_lazy(
            "Tapez quelques lettres. Si elle n’y est pas, écrivez son nom : sa fiche sera créée."
        ),
    )
    title = forms.CharField(
        label=gettext_lazy("Nouvelle fonction"),
        max_length=250,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    email = forms.EmailField(
        label=gettext_lazy("Nouvel e-mail"),
        required=False,
        max_length=254,
        widget=UnfoldAdminEmailInputWidget,
        help_text=gettext_lazy("Il devient l’adresse principale."),
    )
    phone = forms.CharField(
        label=gettext_lazy("Nouveau téléphone"),
        max_length=40,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, person: Contact, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        fields: dict[str, Any] = self.fields
        held = (
            Position.objects.visible_to(user)
            .current()
            .filter(person=person)
            .select_related("organisation", "function")
        )
        fields["leaves"].queryset = held
        fields["leaves"].label_from_instance = str
        channels = Channel.objects.visible_to(user).in_use().filter(contact=person)
        fields["retiring"].queryset = channels
        fields["retiring"].label_from_instance = lambda channel: channel.value
        fields["organisation"].queryset = Contact.objects.visible_to(user).organisations()
        fields["organisation"].widget = OrganisationSelect(
            Position._meta.get_field("organisation"), admin.site, choices=fields["organisation"].choices
        )
        main = held.filter(is_main=True).first() or held.first()
        self.initial.setdefault("leaves", main)
        self.initial.setdefault("retiring", list(channels.filter(position=main)) if main else [])
        self.initial.setdefault("on", timezone.localdate())
        if main is None:
            del self.fields["leaves"]
        if not channels.exists():
            del self.fields["retiring"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        begins = any(given.get(name) for name in ("organisation", "title", "function"))
        if not self.errors and not begins and not given.get("leaves"):
            raise ValidationError(
                _("Indiquez la fonction que la personne quitte, celle qu’elle prend, ou les deux.")
            )
        if given.get("service") and not begins:
            self.add_error("service", _("Un service va avec une fonction ou une structure : indiquez-la."))
        return given


@door("contacts.view_contact", "contacts.change_contact", "contacts.see_private_channels")
@sent_whole
def new_post(request: HttpRequest, pk: int) -> HttpResponse:
    """One page, one button: the old post and its addresses end, the new ones begin."""
    person = own_contact(request, pk)
    if not person.is_person:
        return back_to(person)
    lock(person)
    form = PostForm(request.POST or None, person=person, user=request.user)
    stands = rests_on(
        person.positions.order_by("pk").values_list(), person.channels.order_by("pk").values_list()
    )
    if meanwhile := written_meanwhile(request, person, stands):
        form.add_error(None, meanwhile)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        given["organisation"] = OrganisationField.saved(given["organisation"], like=person)
        try:
            position = change_post(person, by=request.user, **given)  # type: ignore[arg-type]
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            record_deed(Deed.CHANGED, by=request.user, on=person, fields=["position"])
            done = _("La nouvelle fonction est enregistrée. L’ancienne reste au parcours.")
            left = _(
                "La fonction est close, la fiche est à vérifier : notez la suivante quand vous la connaîtrez."
            )
            messages.success(request, done if position else left)
            return back_to(person, "parcours")
    context = page_context(
        request,
        _("Changer de poste"),
        record=person,
        form=form,
        button=_("Enregistrer le changement"),
        tab="parcours",
        rests_on=stands,
        changes=changes_of(person, request.user, 1) if meanwhile else [],
        lead=_(
            "L’ancien poste reste au parcours. Si vous ne connaissez pas le nouveau, laissez-le vide : la fiche passera « à vérifier »."
        ),
    )
    return TemplateResponse(request, "contacts/record/deed.html", context)


@require_POST
@door("contacts.view_contact", "contacts.change_contact")
@sent_whole
def verified_today(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has just checked this record, as the page showed it."""
    contact = own_contact(request, pk)
    lock(contact)
    contact.refresh_from_db()
    if meanwhile := written_meanwhile(request, contact, rests_on(contact.version)):
        messages.error(request, meanwhile)
        return back_to(contact)
    contact.verify(by=request.user)  # type: ignore[arg-type]
    record_deed(Deed.CHANGED, by=request.user, on=contact, fields=["verified_on"])
    messages.success(request, _("C’est noté : la fiche est vérifiée à la date d’aujourd’hui."))
    return back_to(contact)
