"""The rows of a record in its form, checked together: Django looks at each alone, and not at what the record's key is part of."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, ClassVar

from django.forms import BaseInlineFormSet
from django.utils.translation import gettext, gettext_lazy as _


class PartFormSet(BaseInlineFormSet[Any, Any, Any]):
    """Rows of one record, of which no two may say the same: `said` tells what a row says, or None when that does not matter."""

    once_field: ClassVar[str] = ""
    """Where the error is shown."""
    once_words: ClassVar[Any] = _("Cette ligne y est déjà.")

    def said(self, row: Any) -> Hashable | None:
        return None

    def kept(self) -> Iterator[Any]:
        """The forms whose rows will be there, in order."""
        for form in self.forms:
            is_gone = self.can_delete and self._should_delete_form(form)  # type: ignore[attr-defined]
            if not is_gone and hasattr(form, "cleaned_data") and (form.instance.pk or form.has_changed()):
                yield form

    def clean(self) -> None:
        super().clean()
        if not self.once_field:
            return
        before = {row.pk: self.said(row) for row in self._rows_there()}
        shown = {form.instance.pk for form in self.initial_forms}
        seen = {said for pk, said in before.items() if pk not in shown}
        for form in self.kept():
            said = self.said(form.instance)
            if said is None:
                continue
            if said in seen:
                form.add_error(self.once_field, self.once_words)
            elif form.instance.pk and said in {
                other for pk, other in before.items() if pk != form.instance.pk
            }:
                # Rows are written in order: this one would stand beside the other's old value for an instant.
                form.add_error(
                    self.once_field,
                    gettext(
                        "Une autre ligne le dit encore : enregistrez d’abord son retrait ou son changement."
                    ),
                )
            seen.add(said)

    def _rows_there(self) -> list[Any]:
        """All rows of the record, those that this account does not see included."""
        if not self.instance.pk:
            return []
        model: Any = self.model
        return list(model._base_manager.filter(**{self.fk.name: self.instance.pk}))
