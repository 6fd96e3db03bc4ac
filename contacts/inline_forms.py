"""The rows of the forms of contacts and schemes, checked together."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from contacts.models import Channel, ContactAlias, Coordination
from crm.admin.rows import PartFormSet
from crm.folding import fold_name


class ChannelFormSet(PartFormSet):
    """The addresses of one contact: none twice, one main one of each kind, tied to this person's own posts."""

    once_field = "value"
    once_words = gettext_lazy("Cette coordonnée est déjà sur la fiche.")

    user: Any = None
    """Who fills it: the inline says so."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posts = (
            list(self.instance.positions.visible_to(self.user).select_related("organisation", "function"))
            if self.instance.pk
            else []
        )

    def said(self, row: Channel) -> Hashable | None:
        return (row.kind, row.key) if row.key else None

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        tied = form.instance.position_id
        if "position" in form.fields and tied and tied not in {post.pk for post in self.posts}:
            del form.fields["position"]  # tied to a post that this account does not see: it stays so
        elif "position" in form.fields:
            # One list for all rows: the posts are read once.
            form.fields["position"].queryset = self.instance.positions.all()
            form.fields["position"].choices = [("", "—"), *((post.pk, str(post)) for post in self.posts)]
            if not self.posts:
                form.fields["position"].widget = forms.HiddenInput()

    def clean(self) -> None:
        super().clean()
        mains: set[str] = set()
        for form in self.kept():
            channel = form.instance
            if channel.is_main and channel.state == Channel.State.ACTIVE:
                if channel.kind in mains:
                    form.add_error("is_main", _("Une seule est la principale : décochez l’autre."))
                mains.add(channel.kind)


class PositionFormSet(PartFormSet):
    """The posts of one person: one is the main one."""

    def clean(self) -> None:
        super().clean()
        mains = [form for form in self.kept() if form.instance.is_main]
        for form in mains[1:]:
            form.add_error("is_main", _("Une seule fonction est la principale : décochez l’autre."))


class AliasFormSet(PartFormSet):
    """The other names of one contact, none twice."""

    once_field = "text"
    once_words = gettext_lazy("Ce nom est déjà noté.")

    def said(self, row: ContactAlias) -> Hashable | None:
        return fold_name(row.text) or None


class CoordinationFormSet(PartFormSet):
    """Who coordinates one scheme: nobody twice at a time."""

    once_field = "person"
    once_words = gettext_lazy("Cette personne coordonne déjà cette démarche.")

    def said(self, row: Coordination) -> Hashable | None:
        return row.person_id if row.ends_on is None else None
