"""A field that finds an organisation by its name, or takes the name of a new one: nobody has to leave the form.

The page sends a primary key, or `+` and a name (`static/crm/organisation.js` writes it).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _

from contacts.models import Contact
from crm.folding import fold_name


NEW = "+"


class OrganisationSelect(AutocompleteSelect):
    """Select2 over the organisations, where what is typed is the last choice."""

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        attrs = super().build_attrs(base_attrs, extra_attrs)
        attrs["data-new-label"] = gettext("Créer la structure « %s »")
        attrs["class"] = attrs["class"].replace("admin-autocomplete", "m-organisation")
        return attrs

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        """A new organisation's name stays chosen when the form comes back."""
        typed = next((str(one) for one in value if str(one).startswith(NEW)), "")
        groups = super().optgroups(name, [] if typed else value, attr)
        if typed:
            label = gettext("Créer la structure « %s »") % typed.removeprefix(NEW)
            groups[0][1].append(self.create_option(name, typed, label, True, len(groups[0][1])))
        return groups

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["crm/organisation.js"])


class OrganisationField(forms.ModelChoiceField[Contact]):
    """An organisation that is there, or one that is not saved yet: `saved` saves it."""

    default_error_messages = {"invalid_choice": _("Cette structure n’existe plus : choisissez-en une autre.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"queryset": Contact.objects.none(), "required": False, **options})

    def to_python(self, value: Any) -> Any:
        if not str(value or "").startswith(NEW):
            return super().to_python(value)
        name = " ".join(str(value).removeprefix(NEW).split())
        if not name:
            return None
        if len(name) > 200:
            raise ValidationError(_("Ce nom est trop long : 200 caractères au plus."))
        same = list(self.queryset.filter(sort_name=fold_name(name)[:320])[:2])  # type: ignore[union-attr]
        return same[0] if len(same) == 1 else Contact(kind=Contact.Kind.ORGANISATION, name=name)

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "")

    @staticmethod
    def saved(organisation: Contact | None, *, like: Contact) -> Contact | None:
        """The organisation, saved if it is new, with the source of the record it comes with."""
        if organisation is not None and organisation._state.adding:
            organisation.source, organisation.collected_on, organisation.legal_basis = (
                like.source,
                like.collected_on,
                like.legal_basis,
            )
            organisation.save()
        return organisation
