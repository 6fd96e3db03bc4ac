"""The rows of a contact's form: its addresses and its posts, checked together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext as _

from contacts.models import Channel, Position


class ChannelForm(forms.ModelForm[Channel]):
    """An address typed on the record's form: cleaned by the model's own rule."""

    class Meta:
        model = Channel
        fields = ["kind", "value", "nature", "position", "is_main", "is_private", "state", "comment"]

    def validate_constraints(self) -> None:
        """`key` is worked out from what was typed: it is no field of the form, but nothing may be there twice."""
        try:
            self.instance.validate_constraints(exclude=self._get_validation_exclusions() - {"key"})  # type: ignore[attr-defined]
        except ValidationError as error:
            texts = [text for name, found in error.message_dict.items() for text in found if name in {NON_FIELD_ERRORS, "key"}]
            self.add_error("value", texts or error.messages)


class PositionForm(forms.ModelForm[Position]):
    """A post; that only one is the main one is seen by `PositionFormSet`."""

    class Meta:
        model = Position
        fields = ["organisation", "title", "function", "service", "starts_on", "ends_on", "is_main"]

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"person"}  # type: ignore[misc,no-any-return]


class _PartFormSet(BaseInlineFormSet[Any, Any, Any]):
    def kept(self) -> Iterator[Any]:
        """The forms whose rows will be there, in order."""
        for form in self.forms:
            is_gone = self.can_delete and self._should_delete_form(form)  # type: ignore[attr-defined]
            if not is_gone and hasattr(form, "cleaned_data") and (form.instance.pk or form.has_changed()):
                yield form


class ChannelFormSet(_PartFormSet):
    """The addresses of one contact: none twice, one main one of each kind, tied to this person's own posts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posts = list(self.instance.positions.select_related("organisation", "function")) if self.instance.pk else []

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "position" in form.fields:
            # One list for all rows: the posts are read once.
            form.fields["position"].queryset = self.instance.positions.all()
            form.fields["position"].choices = [("", "—"), *((post.pk, str(post)) for post in self.posts)]
            if not self.posts:
                form.fields["position"].widget = forms.HiddenInput()

    def clean(self) -> None:
        super().clean()
        seen: set[tuple[str, str]] = set()
        mains: set[str] = set()
        for form in self.kept():
            channel = form.instance
            if channel.key and (channel.kind, channel.key) in seen:
                form.add_error("value", _("Cette coordonnée est déjà sur la fiche."))
            seen.add((channel.kind, channel.key))
            if channel.is_main and channel.state == Channel.State.ACTIVE:
                if channel.kind in mains:
                    form.add_error("is_main", _("Une seule est la principale : décochez l’autre."))
                mains.add(channel.kind)


class PositionFormSet(_PartFormSet):
    """The posts of one person: one is the main one."""

    def clean(self) -> None:
        super().clean()
        mains = [form for form in self.kept() if form.instance.is_main]
        for form in mains[1:]:
            form.add_error("is_main", _("Une seule fonction est la principale : décochez l’autre."))
