"""Two people at one record: what each changed is put together; what both changed is shown, and one chooses.

Each change form carries what it showed (`read_state`). When it comes back, the record is locked; if it has changed
meanwhile, what was read, what the base says now and what was typed are compared (`crm.conflicts`). Where only one of the
two changed something, that is kept without a question; else a page shows both, and its answer is judged in the same way.
A record without a version of its own (a closed list's term, an account) is compared each time: what its form showed is
its version.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.admin.form_states import as_read, compared, filled_in, is_typed_again, rewritten, state_of
from crm.conflicts import BOTH, MINE, THEIRS, Conflict, Merged, Row, Said, State, merge
from crm.once import ONCE
from crm.writers import Written, field_written, last_written, row_written


if TYPE_CHECKING:
    from crm.admin.record import RecordAdmin

READ_STATE = "read_state"
ASKED = "asked"
CHOICE = "choice-"
NOT_CARRIED = {"csrfmiddlewaretoken", ONCE, READ_STATE, ASKED}


@dataclass(frozen=True)
class Question:
    """One thing that two people changed, as the page asks it."""

    code: str
    label: str
    read: Sequence[tuple[str, str]]
    theirs: Sequence[tuple[str, str]]
    mine: Sequence[tuple[str, str]]
    written: Written | None
    may_join: bool

    @property
    def name(self) -> str:
        return f"{CHOICE}{self.code}"


class LockingMixin:
    """What a RecordAdmin does when somebody else has written the record since its form was shown."""

    change_form_before_template = "crm/conflicts/read_state.html"

    def render_change_form(self, request: HttpRequest, context: Any, **kwargs: Any) -> HttpResponse:
        """The form carries what it shows; sent back with errors, what the base said when it was compared."""
        form, record = context["adminform"].form, kwargs.get("obj")
        if record is not None and kwargs.get("change"):
            carried = getattr(request, "read_state", None) or request.POST.get(READ_STATE)
            if carried is None:
                state = state_of(form, [inline.formset for inline in context["inline_admin_formsets"]])
                state.version = str(getattr(record, "version", ""))
                carried = state.dump()
            context["read_state"] = carried
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
        is_answer = ASKED in request.POST
        is_same = bool(read.version) and str(getattr(locked, "version", "")) == read.version
        if locked is None or (is_same and not is_answer):
            return None
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return None
        page = _Page(self, request, record)
        if not is_answer and (page.now.fields, page.now.rows) == (read.fields, read.rows):
            request.read_state = page.now.dump()  # type: ignore[attr-defined]
            return None
        return page.answer(read)

    def tell_what_was_kept(self, request: HttpRequest) -> None:
        """What the other person changed meanwhile, once the form is saved."""
        if text := getattr(request, "kept_words", ""):
            messages.info(request, text)


class _Page:
    """One form sent back after somebody else wrote the record."""

    def __init__(self, model_admin: RecordAdmin, request: HttpRequest, record: Model) -> None:
        self.admin, self.request, self.record = model_admin, request, record
        fields = flatten_fieldsets(model_admin.get_fieldsets(request, record))
        self.form = model_admin.get_form(request, record, change=True, fields=fields)(instance=record)
        self.formsets = list(self._formsets())
        self.now = state_of(self.form, self.formsets)
        self.now.version = str(getattr(record, "version", ""))

    def _formsets(self) -> Iterator[Any]:
        """The rows as they are, under the names that the form gives them."""
        met: dict[str, int] = {}
        for formset, inline in self.admin.get_formsets_with_inlines(self.request, self.record):
            prefix = formset.get_default_prefix()
            met[prefix] = met.get(prefix, 0) + 1
            if met[prefix] != 1:
                prefix = f"{prefix}-{met[prefix]}"
            rows = inline.get_queryset(self.request)
            if inline.has_change_permission(self.request, self.record):
                yield formset(instance=self.record, prefix=prefix, queryset=rows)

    def answer(self, read: State) -> HttpResponse | None:
        sent = self.request.POST
        asked = sent.getlist(ASKED)
        answers = {code: sent.get(f"{CHOICE}{code}", "") for code in asked}
        mine = filled_in(self.form, self.formsets, sent)
        merged = merge(read, self.now, mine, asked=asked, answers=answers)
        if merged.conflicts:
            return self._ask(merged)
        filled = merged.filled.without_lost(self.now)
        self.request.POST = rewritten(sent, self.form, self.formsets, filled, self.now)  # type: ignore[assignment]
        self.request.read_state = self.now.dump()  # type: ignore[attr-defined]
        if merged.kept:
            self.request.kept_words = self._kept_words(merged.kept)  # type: ignore[attr-defined]
        return None

    def _ask(self, merged: Merged) -> HttpResponse:
        carried = rewritten(self.request.POST, self.form, self.formsets, merged.filled, self.now)
        context = {
            **self.admin.admin_site.each_context(self.request),
            "opts": self.admin.opts,
            "title": _("Deux personnes ont modifié cette fiche"),
            "record": self.record,
            "record_url": self.admin.url_of(self.record),
            "written": last_written(self.record),
            "questions": [self._question(one) for one in merged.conflicts],
            "kept": [self._label(name) for name in merged.kept],
            "carried": list(_carried(carried)),
            "read_state": self.now.dump(),
            "typed_again": [self.form[name] for name in self._typed_again()],
            "choices": {"mine": MINE, "theirs": THEIRS, "both": BOTH},
            "save_words": self.admin.save_words,
            "media": self.admin.media + self.form.media,
        }
        return TemplateResponse(self.request, "crm/conflicts/choose.html", context, status=409)

    def _typed_again(self) -> Iterator[str]:
        """Files and passwords that were given, which must be given once more."""
        for name, field in self.form.fields.items():
            html_name = self.form.add_prefix(name)
            if is_typed_again(field) and (
                self.request.FILES.get(html_name) or self.request.POST.get(html_name)
            ):
                yield name

    def _question(self, conflict: Conflict) -> Question:
        if not conflict.key:
            field = self.form.fields[conflict.name]
            return Question(
                code=conflict.code,
                label=self._label(conflict.name),
                read=_field_words(field, conflict.read),
                theirs=_field_words(field, conflict.theirs),
                mine=_field_words(field, conflict.mine),
                written=field_written(self.record, conflict.name),
                may_join=field.widget.__class__.__name__.endswith("TextareaWidget"),
            )
        formset = next(one for one in self.formsets if one.prefix == conflict.name)
        said = (conflict.read, conflict.theirs, conflict.mine)
        fields = [
            (name, field)
            for name, field in compared(formset.empty_form)
            if len({str(row[name]) for row in said if isinstance(row, dict) and name in row}) > 1
            or None in (conflict.theirs, conflict.mine)
        ]
        return Question(
            code=conflict.code,
            label=self._row_label(formset, conflict),
            read=_row_words(fields, conflict.read),
            theirs=_row_words(fields, conflict.theirs),
            mine=_row_words(fields, conflict.mine),
            written=row_written(formset.model, conflict.key, self.record),
            may_join=False,
        )

    def _label(self, name: str) -> str:
        if name in self.form.fields:
            return capfirst(str(self.form.fields[name].label or name))
        model = next(one.model for one in self.formsets if one.prefix == name)
        return capfirst(str(model._meta.verbose_name_plural))

    def _row_label(self, formset: Any, conflict: Conflict) -> str:
        row = next(
            (one.instance for one in formset.initial_forms if str(one.instance.pk) == conflict.key), None
        )
        name = capfirst(str(formset.model._meta.verbose_name))
        return _("%(list)s « %(row)s »") % {"list": name, "row": row} if row is not None else name

    def _kept_words(self, names: Sequence[str]) -> str:
        """What was kept of the other's changes, and whose they are."""
        written = last_written(self.record)
        labels = ", ".join(dict.fromkeys(self._label(name) for name in names))
        if written is None:
            return _(
                "La fiche avait changé pendant que vous la remplissiez : ces changements sont gardés aussi (%(fields)s)."
            ) % {"fields": labels}
        text = _(
            "%(who)s avait modifié cette fiche %(when)s, pendant que vous la remplissiez : ses changements sont gardés aussi (%(fields)s)."
        )
        return text % {"who": written.by, "when": written.when, "fields": labels}


def _carried(data: QueryDict) -> Iterator[tuple[str, str]]:
    """All that was typed, to be sent again with the answers."""
    for name, values in data.lists():
        if name not in NOT_CARRIED and not name.startswith(CHOICE):
            for value in values:
                yield name, str(value)


def _field_words(field: Any, said: Said | Row | None) -> list[tuple[str, str]]:
    return [("", as_read(field, said))] if isinstance(said, str | list) else []


def _row_words(fields: Sequence[tuple[str, Any]], row: Said | Row | None) -> list[tuple[str, str]]:
    """The fields of a row that differ; none when it was taken off."""
    if not isinstance(row, dict):
        return []
    return [(capfirst(str(field.label or name)), as_read(field, row.get(name, ""))) for name, field in fields]
