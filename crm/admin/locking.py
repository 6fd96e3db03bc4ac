"""Two people at one record: the second to save is told what the first has written, and loses nothing of what they typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _


class VersionedForm(forms.ModelForm[Any]):
    """The form of a record: it carries the version that was read, and refuses to write over a later one unseen."""

    version_read = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["version_read"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        read = given.get("version_read")
        if self.instance.pk and read is not None:
            # Locks the record until it is written.
            rows: Any = type(self.instance)._base_manager.select_for_update()
            row = rows.filter(pk=self.instance.pk).first()
            if row is not None and row.version != read:
                self._tell(row)
        return given

    def _tell(self, row: Any) -> None:
        """Say who wrote what meanwhile; saving again then writes what is in the form."""
        past = row.history.select_related("history_user").order_by("-history_date", "-history_id").first()
        who = str(past.history_user or _("L’outil")) if past else _("Quelqu’un")
        when = date_format(localtime(row.updated_at), "G:i").replace(":", " h ")
        text = _(
            "%(who)s a modifié cette fiche à %(when)s, pendant que vous la remplissiez. Rien de votre saisie n’est perdu."
        )
        self.add_error(None, text % {"who": who, "when": when})
        differing = [name for name in self.changed_data if name in self.fields and name != "version_read"]
        for name in differing:
            now = _shown(row, name)
            self.add_error(name, _("La fiche dit maintenant : %(value)s") % {"value": now or _("rien")})
        self.add_error(None, _("Vérifiez, puis enregistrez à nouveau : c’est votre saisie qui sera gardée."))
        given: Any = self.data
        data = given.copy()
        data[self.add_prefix("version_read")] = row.version
        self.data = data


def _shown(row: Model, name: str) -> str:
    value = getattr(row, name, "")
    if hasattr(value, "all"):
        return ", ".join(str(one) for one in value.all())
    display = getattr(row, f"get_{name}_display", None)
    return str(display() if display else "" if value is None else value)
