"""Two people at one record: what each changed is put together; what both changed is shown, and one chooses.

Each change form carries what it showed (`read_state`). When it comes back, the record is locked; if it has changed
meanwhile, what was read, what the base says now and what was typed are compared (`crm.conflicts`). Where only one of the
two changed something, that is kept without a question; else a page shows both, and its answer is judged in the same way.
A record without a version of its own (a closed list's term, an account) is compared each time: what its form showed is
its version.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from crm.admin.comparing import ASKED, READ_STATE, Comparison, compare, read_state
from crm.conflicts import State


if TYPE_CHECKING:
    from crm.admin.record import RecordAdmin


class LockingMixin:
    """What a RecordAdmin does when somebody else has written the record since its form was shown."""

    change_form_before_template = "crm/conflicts/read_state.html"

    def render_change_form(self, request: HttpRequest, context: Any, **kwargs: Any) -> HttpResponse:
        """The form carries what it shows."""
        record = kwargs.get("obj")
        if record is not None and kwargs.get("change"):
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            version = getattr(record, "version", "")
            context["read_state"] = read_state(request, context["adminform"].form, formsets, version)
        return super().render_change_form(request, context, **kwargs)  # type: ignore[misc]

    def put_together(self: Any, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Lock the record and compare. Answers the page that asks, or None when the form may be saved as it now is.

        The caller has opened the transaction that will save it.
        """
        record = self.get_object(request, unquote(object_id))
        read = State.load(request.POST.get(READ_STATE, ""))
        if record is None or read is None or not self.has_change_permission(request, record):
            return None
        locked = self.model._base_manager.select_for_update().filter(pk=record.pk).first()
        is_same = bool(read.version) and str(getattr(locked, "version", "")) == read.version
        if locked is None or (is_same and ASKED not in request.POST):
            return None
        record = self.get_object(request, unquote(object_id))
        return None if record is None else compare(request, _shown_now(self, request, record))


def _shown_now(model_admin: RecordAdmin, request: HttpRequest, record: Model) -> Comparison:
    fields = flatten_fieldsets(model_admin.get_fieldsets(request, record))
    form = model_admin.get_form(request, record, change=True, fields=fields)(instance=record)
    return Comparison(
        form=form,
        record=record,
        back=model_admin.url_of(record),
        save_words=model_admin.save_words,
        formsets=list(_formsets(model_admin, request, record)),
    )


def _formsets(model_admin: RecordAdmin, request: HttpRequest, record: Model) -> Iterator[Any]:
    """The rows as they are, under the names that the form gives them."""
    met: dict[str, int] = {}
    for formset, inline in model_admin.get_formsets_with_inlines(request, record):
        prefix = formset.get_default_prefix()
        met[prefix] = met.get(prefix, 0) + 1
        if met[prefix] != 1:
            prefix = f"{prefix}-{met[prefix]}"
        if inline.has_change_permission(request, record):
            yield formset(instance=record, prefix=prefix, queryset=inline.get_queryset(request))
