"""One form that comes back after somebody else wrote what it shows: what each changed is put together, or asked.

    asking = compare(request, Comparison(form=ExchangeForm(instance=row), record=row, …))

answers the page on which one chooses, or None: then `request.POST` holds what is to be saved, and the view goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model
from django.forms import Textarea
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.admin.form_states import as_read, compared, filled_in, is_typed_again, rewritten, state_of
from crm.conflicts import BOTH, MINE, THEIRS, Conflict, Merged, Row, Said, State, merge
from crm.once import ONCE
from crm.writers import Written, field_written, last_written, row_written


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


@dataclass
class Comparison:
    """A form as it would be shown now: not filled in, its rows beside it, the record it is of, the way back."""

    form: Any
    record: Model
    back: str
    save_words: Any
    formsets: Sequence[Any] = ()

    @cached_property
    def now(self) -> State:
        state = state_of(self.form, self.formsets)
        state.version = str(getattr(self.record, "version", ""))
        return state

    def answer(self, request: HttpRequest, read: State) -> HttpResponse | None:
        """The page that asks, or None with the answers put into what was sent."""
        sent = request.POST
        asked = sent.getlist(ASKED)
        answers = {code: sent.get(f"{CHOICE}{code}", "") for code in asked}
        mine = filled_in(self.form, self.formsets, sent)
        merged = merge(read, self.now, mine, asked=asked, answers=answers)
        if merged.conflicts:
            return self._ask(request, merged)
        filled = merged.filled.without_lost(self.now)
        request.POST = rewritten(sent, self.form, self.formsets, filled, self.now)  # type: ignore[assignment]
        request.read_state = self.now.dump()  # type: ignore[attr-defined]
        if merged.kept:
            request.kept_words = self._kept_words(merged.kept)  # type: ignore[attr-defined]
        return None

    def _ask(self, request: HttpRequest, merged: Merged) -> HttpResponse:
        carried = rewritten(request.POST, self.form, self.formsets, merged.filled, self.now)
        context = {
            **admin.site.each_context(request),
            "title": _("Deux personnes ont modifié cette fiche"),
            "record": self.record,
            "record_url": self.back,
            "written": last_written(self.record),
            "questions": [self._question(one) for one in merged.conflicts],
            "kept": [self._label(name) for name in merged.kept],
            "carried": list(_carried(carried)),
            "read_state": self.now.dump(),
            "typed_again": [self.form[name] for name in self._typed_again(request)],
            "choices": {"mine": MINE, "theirs": THEIRS, "both": BOTH},
            "save_words": self.save_words,
            "media": self.form.media,
        }
        return TemplateResponse(request, "crm/conflicts/choose.html", context, status=409)

    def _typed_again(self, request: HttpRequest) -> Iterator[str]:
        """Files and passwords that were given, which must be given once more."""
        for name, field in self.form.fields.items():
            html_name = self.form.add_prefix(name)
            if is_typed_again(field) and (request.FILES.get(html_name) or request.POST.get(html_name)):
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
                may_join=isinstance(field.widget, Textarea) and bool(conflict.theirs) and bool(conflict.mine),
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
        """What kind of row, and what it says that no other row says."""
        what = capfirst(str(formset.model._meta.verbose_name))
        row = next(said for said in (conflict.read, conflict.theirs, conflict.mine) if isinstance(said, dict))
        named = getattr(formset, "once_field", "") or next(iter(row), "")
        field = formset.empty_form.fields.get(named)
        name = as_read(field, row.get(named, "")) if field is not None else ""
        return _("%(list)s « %(row)s »") % {"list": what, "row": name} if name else what

    def _kept_words(self, names: Sequence[str]) -> str:
        """What was kept of the other's changes, and whose they are."""
        written = last_written(self.record)
        labels = ", ".join(dict.fromkeys(self._label(name) for name in names))
        if written is None:
            return _(
                "La fiche avait changé pendant que vous la remplissiez : ces changements sont gardés aussi (%(fields)s)."
            ) % {"fields": labels}
        text = _(
            "%(who)s avait modifié cette fiche %(when)s, pendant que vous la remplissiez : ses changements sont gardés aussi (%(fields)s)."
        )
        return text % {"who": capfirst(written.by), "when": written.when, "fields": labels}


def compare(request: HttpRequest, comparison: Comparison) -> HttpResponse | None:
    """Compare what was sent with what its form showed and with what the base says now, which the caller has locked."""
    read = State.load(request.POST.get(READ_STATE, ""))
    if read is None:
        return None
    now = comparison.now
    if ASKED not in request.POST and (now.fields, now.rows) == (read.fields, read.rows):
        request.read_state = now.dump()  # type: ignore[attr-defined]
        return None
    return comparison.answer(request, read)


def read_state(request: HttpRequest, form: Any, formsets: Sequence[Any] = (), version: object = "") -> str:
    """What a form must carry: what it shows; sent back with errors, what the base said when it was compared."""
    carried = getattr(request, "read_state", None) or request.POST.get(READ_STATE)
    if carried is None:
        state = state_of(form, formsets)
        state.version = str(version)
        carried = state.dump()
    return str(carried)


def tell_what_was_kept(request: HttpRequest) -> None:
    """What the other person changed meanwhile, once the form is saved."""
    if text := getattr(request, "kept_words", ""):
        messages.info(request, text)


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
