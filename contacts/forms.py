"""The forms of a contact: six fields first, the rest is one click below."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from contacts.duplicates import Likeness, likely_doubles
from contacts.models import Channel, Contact, DoublePair, Function, Position, Service, Source
from contacts.organisation_field import OrganisationField, OrganisationSelect
from contacts.phones import normal_phone
from contacts.positioning import open_position
from crm.models import Purpose
from crm.privacy import PRIVATE_CHANNEL
from crm.seeing import sees


SURE = 98
"""Likeness, in percent, from which a new record asks whether it is not that one."""
LA_POSTE = "356000000"


def real_siret(text: str) -> str:
    """The fourteen digits of a SIRET, or of nothing.

    Raises:
        ValidationError: the number is none: wrong length, or its key (Luhn) does not hold. La Poste's own have another key.
    """
    digits = "".join(text.split())
    if not digits:
        return ""
    if len(digits) != 14 or not (digits.isascii() and digits.isdigit()):
        raise ValidationError(_("Un SIRET compte 14 chiffres."))
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    if sum(number - 9 if number > 9 else number for number in doubled) % 10 and not digits.startswith(
        LA_POSTE
    ):
        raise ValidationError(_("Ce SIRET n’existe pas : vérifiez les chiffres."))
    return digits


def real_phone(text: str) -> str:
    """A number that can be dialled, as it was typed.

    Raises:
        ValidationError: no number is like this.
    """
    if text and not normal_phone(text):
        raise ValidationError(_("Ce numéro de téléphone n’existe pas : vérifiez le nombre de chiffres."))
    return text


class _KindForm(forms.ModelForm[Contact]):
    """What holds of a contact's fields, new or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "siret" in self.fields:
            self.fields["siret"].max_length = None  # type: ignore[attr-defined]
            self.fields["siret"].validators = []
            self.fields["siret"].widget.attrs["maxlength"] = 20  # typed with its spaces
        if "name" in self.fields:
            self.fields["name"].error_messages["required"] = gettext("Indiquez au moins un nom.")
        if "source" in self.fields:
            self.fields["source"].error_messages["required"] = gettext("Indiquez d’où vient cette fiche.")

    def clean_siret(self) -> str:
        return real_siret(self.cleaned_data["siret"])


class PostFields(forms.Form):
    """What a form asks of a post beside its own words for it, and the number one answers at."""

    function = forms.ModelChoiceField(
        label=_("Fonction dans la liste"),
        queryset=Function.objects.in_use(),
        required=False,
        empty_label="—",
        widget=UnfoldAdminSelectWidget,
    )
    service = forms.ModelChoiceField(
        label=_("Service"),
        queryset=Service.objects.in_use(),
        required=False,
        empty_label="—",
        widget=UnfoldAdminSelectWidget,
    )

    def clean_phone(self) -> str:
        return real_phone(self.cleaned_data["phone"])


class ContactAddForm(PostFields, _KindForm):
    """A new person or organisation, with the address and the post that one knows of them from the start."""

    kind = forms.ChoiceField(choices=Contact.Kind, widget=forms.HiddenInput)
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        widget=UnfoldAdminEmailInputWidget,
        error_messages={
            "invalid": _("Cette adresse e-mail n’est pas complète ou contient un caractère interdit.")
        },
    )
    phone = forms.CharField(
        label=_("Téléphone"), required=False, max_length=40, widget=UnfoldAdminTextInputWidget
    )
    title = forms.CharField(
        label=_("Fonction"),
        required=False,
        max_length=250,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Comme la personne l’écrit : « coordinatrice du contrat local de santé »."),
    )
    organisation = OrganisationField(
        label=_("Structure"),
        help_text=_(
            "Tapez quelques lettres. Si elle n’y est pas, écrivez son nom : sa fiche sera créée avec celle-ci."
        ),
    )
    refuses_newsletter = forms.BooleanField(
        label=_("Ne souhaite pas recevoir la newsletter"), required=False, widget=UnfoldBooleanWidget
    )
    is_another = forms.BooleanField(
        label=_("Ce n’est pas la même : créer quand même cette fiche"),
        required=False,
        widget=UnfoldBooleanWidget,
    )

    class Meta:
        model = Contact
        fields = [
            "name", "first_name", "civility", "sigle", "siret", "parent", "category", "themes", "territories",
            "labels", "street", "postcode", "city", "website", "source", "collected_on", "notes",
        ]  # fmt: skip

    user: Any = None
    """Who fills it: only records and addresses that they see are offered or told as the same."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autofocus"] = True  # one types the name at once
        self.doubles: list[Likeness] = []
        self.new_organisation: Contact | None = None
        organisation: Any = self.fields["organisation"]
        organisation.queryset = Contact.objects.visible_to(self.user).organisations()
        organisation.widget = OrganisationSelect(
            Position._meta.get_field("organisation"), admin.site, choices=organisation.choices
        )
        if "source" in self.fields and not self.initial.get("source"):
            met = Source.objects.filter(code="RENCONTRE").first() or Source.objects.in_use().first()
            self.initial["source"] = met.pk if met else None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("kind") and not self.instance.pk:
            self.instance.kind = given["kind"]
        if given.get("name"):
            self.doubles = self._sure_doubles(given)
        if self.doubles and not given.get("is_another"):
            self.add_error("is_another", gettext("Ouvrez la fiche qui existe, ou cochez cette case."))
        return given

    def _sure_doubles(self, given: dict[str, Any]) -> list[Likeness]:
        found = likely_doubles(
            kind=given.get("kind") or Contact.Kind.PERSON,
            name=given["name"],
            first_name=given.get("first_name") or "",
            email=given.get("email") or "",
            among=Contact.objects.visible_to(self.user),
            private=sees(self.user, PRIVATE_CHANNEL),
        )
        return [one for one in found if one.score >= SURE]

    def add_parts(self, contact: Contact) -> None:
        """The post, the address and the number typed in the same form; the records it is not, remembered."""
        given = self.cleaned_data
        position = self._add_position(contact) if contact.is_person else None
        for kind, value in (
            (Channel.Kind.EMAIL, given.get("email")),
            (Channel.Kind.PHONE, given.get("phone")),
        ):
            if value:
                Channel.objects.create(
                    contact=contact, kind=kind, value=value, is_main=True, position=position
                )
        if (
            given.get("refuses_newsletter")
            and not contact.oppositions.filter(purpose=Purpose.NEWSLETTER).exists()
        ):
            contact.oppositions.create(purpose=Purpose.NEWSLETTER, source=gettext("Saisie de la fiche"))
        for other in self.doubles:
            first, second = sorted([contact.pk, other.contact.pk])
            DoublePair.objects.create(
                first_id=first, second_id=second, why=other.why, verdict=DoublePair.Verdict.DIFFERENT
            )

    def _add_position(self, person: Contact) -> Position | None:
        given = self.cleaned_data
        organisation: Contact | None = given.get("organisation")
        if not (organisation or given.get("title") or given.get("function")):
            return None
        if organisation and organisation._state.adding:
            self.new_organisation = organisation
        return open_position(
            person,
            organisation=OrganisationField.saved(organisation, like=person),
            title=given.get("title") or "",
            function=given.get("function"),
            service=given.get("service"),
        )


class ContactForm(_KindForm):
    """A contact that exists: its kind is fixed."""

    class Meta:
        model = Contact
        fields = [
            "name", "first_name", "civility", "sigle", "siret", "parent", "category", "themes", "territories", "labels",
            "street", "postcode", "city", "website", "state", "legal_basis", "source", "collected_on", "verified_on",
            "needs_check", "notes",
        ]  # fmt: skip
