"""The forms of a closed list: a term, and the term it is joined to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from contacts.closed_lists import next_code
from contacts.models.vocabulary import Term, TreeTerm


class TermForm(forms.ModelForm[Any]):
    """A term; a new one is given its code when none is typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].required = False
            self.fields["code"].help_text = _("Laissez vide : un code est donné. Il ne changera plus.")
        if "parent" in self.fields:
            levels = type(self.instance)._default_manager.filter(parent=None, is_active=True)
            self.fields["parent"].queryset = levels.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
            self.fields["parent"].help_text = _("Laissez vide pour un terme de niveau 1.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "code" in self.fields and given.get("name") and not given.get("code"):
            given["code"] = next_code(type(self.instance), given["name"], given.get("parent"))
        if "parent" in self.changed_data or "parent" not in self.fields:
            # Whoever gives a term its place, or reads one of a flat list and saves it, has sorted it.
            self.instance.is_unsorted = False
        return given


class JoinForm(forms.Form):
    """Which term takes what this one holds."""

    into: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("Joindre à"),
        queryset=None,
        empty_label=_("Choisissez un terme"),
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, term: Term, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms: Any = type(term)._default_manager
        rows = terms.in_use().filter(is_unsorted=False).exclude(pk=term.pk)
        if isinstance(term, TreeTerm):
            rows = rows.order_by("code")
        field: Any = self.fields["into"]
        field.queryset = rows
        field.label_from_instance = lambda row: f"{'— ' if getattr(row, 'parent_id', None) else ''}{row.name}"
