"""What a change form says, as a state to compare; and what a browser sent, read and written in the same words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.models import InlineForeignKeyField
from django.http import QueryDict
from django.utils.formats import localize
from django.utils.translation import gettext as _

from crm.conflicts import Filled, Row, Said, State


TICKED = "on"


def is_typed_again(field: forms.Field) -> bool:
    """A file or a password, which no page can send back for somebody."""
    return isinstance(field, forms.FileField) or getattr(field.widget, "input_type", "") == "password"


def compared(form: Any) -> Iterator[tuple[str, forms.Field]]:
    """The fields of a form, or of a row, that two people may change."""
    key = form._meta.model._meta.pk.name
    for name, field in form.fields.items():
        is_tie = isinstance(field, InlineForeignKeyField) or name in {key, "DELETE"}
        if not is_tie and not is_typed_again(field):
            yield name, field


def shown(form: Any) -> Row:
    """What a form that nobody has filled in yet shows."""
    return {name: _in_words(field, form[name].value()) for name, field in compared(form)}


def state_of(form: Any, formsets: Iterable[Any]) -> State:
    """What a form and its rows show."""
    rows = {
        formset.prefix: {str(row.instance.pk): shown(row) for row in formset.initial_forms}
        for formset in formsets
    }
    return State(shown(form), rows)


def filled_in(form: Any, formsets: Iterable[Any], data: QueryDict) -> Filled:
    """What was sent, in the words of `shown`; the forms say which fields there are."""
    fields = {name: _sent(form, name, field, form.add_prefix(name), data) for name, field in compared(form)}
    rows: dict[str, dict[str, Row | None]] = {}
    added: dict[str, list[Row]] = {}
    for formset in formsets:
        empty, prefix = formset.empty_form, formset.prefix
        untouched = shown(empty)
        rows[prefix], added[prefix] = {}, []
        for place in range(min(_number(data.get(f"{prefix}-TOTAL_FORMS")), formset.absolute_max)):
            row = {
                name: _sent(empty, name, field, f"{prefix}-{place}-{name}", data)
                for name, field in compared(empty)
            }
            is_gone = f"{prefix}-{place}-DELETE" in data
            if key := data.get(f"{prefix}-{place}-{formset.model._meta.pk.name}", ""):
                rows[prefix][key] = None if is_gone else row
            elif row != untouched and not is_gone:
                added[prefix].append(row)
    return Filled(fields, rows, added)


def rewritten(data: QueryDict, form: Any, formsets: Iterable[Any], filled: Filled, now: State) -> QueryDict:
    """What would have been sent if the form had been filled in so."""
    sent = data.copy()
    for name, said in filled.fields.items():
        _put(sent, form.add_prefix(name), form.fields[name], said, now.fields.get(name))
    for formset in formsets:
        prefix, empty = formset.prefix, formset.empty_form
        for name in [name for name in sent if name.startswith((f"{prefix}-", f"initial-{prefix}-"))]:
            del sent[name]
        known, new = filled.rows.get(prefix, {}), filled.added.get(prefix, [])
        there = now.rows.get(prefix, {})
        lines: list[tuple[str, Row, bool]] = [
            (key, row if row is not None else there[key], row is None) for key, row in known.items()
        ]
        lines += [("", row, False) for row in new]
        sent[f"{prefix}-TOTAL_FORMS"], sent[f"{prefix}-INITIAL_FORMS"] = str(len(lines)), str(len(known))
        sent[f"{prefix}-MIN_NUM_FORMS"], sent[f"{prefix}-MAX_NUM_FORMS"] = "0", "1000"
        for place, (key, row, is_gone) in enumerate(lines):
            for name, said in row.items():
                if name in empty.fields:
                    was = there.get(key, {}).get(name)
                    _put(sent, f"{prefix}-{place}-{name}", empty.fields[name], said, was)
            if key:
                sent[f"{prefix}-{place}-{formset.model._meta.pk.name}"] = key
                sent[f"{prefix}-{place}-{formset.fk.name}"] = str(formset.instance.pk)
            if is_gone:
                sent[f"{prefix}-{place}-DELETE"] = TICKED
    return sent


def as_read(field: forms.Field, said: Said) -> str:
    """A value as a person reads it, and not as a browser sends it."""
    if isinstance(field, forms.BooleanField):
        return _("oui") if said else _("non")
    if isinstance(field, forms.ModelChoiceField):
        keys: Sequence[str] = [said] if isinstance(said, str) else said
        names = [_name_of(field, key) for key in keys if key]
        return ", ".join(names)
    if isinstance(field, forms.ChoiceField):
        labels = _labels(field)
        return ", ".join(labels.get(one, one) for one in ([said] if isinstance(said, str) else said))
    return ", ".join(said) if isinstance(said, list) else said


def _name_of(field: forms.ModelChoiceField[Any], key: str) -> str:
    """The name of a row, if this account may choose it."""
    queryset = field.queryset
    try:
        row = queryset.filter(**{field.to_field_name or "pk": key}).first() if queryset is not None else None
    except (ValueError, TypeError, ValidationError):
        row = None
    return str(field.label_from_instance(row)) if row is not None else _("une autre fiche")


def _labels(field: forms.ChoiceField) -> Mapping[str, str]:
    labels: dict[str, str] = {}
    choices: Any = field.choices
    for value, label in choices:
        pairs = label if isinstance(label, list | tuple) else [(value, label)]
        labels |= {str(code): str(text) for code, text in pairs}
    return labels


def _in_words(field: forms.Field, value: Any) -> Said:
    """A value as the browser would send it back."""
    value = field.prepare_value(value)
    if isinstance(field, forms.BooleanField):
        return TICKED if field.widget.format_value(value) is not None or value is True else ""
    if isinstance(value, list | tuple | set) or hasattr(value, "all"):
        every = value.all() if hasattr(value, "all") else value
        return sorted(str(one.pk if isinstance(one, Model) else one) for one in every)
    if isinstance(field, forms.ModelMultipleChoiceField):
        return []
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        return "" if value is None else str(value)
    return _plain(field.widget.format_value(value))


def _sent(form: Any, name: str, field: forms.Field, html_name: str, data: QueryDict) -> Said:
    raw = field.widget.value_from_datadict(data, {}, html_name)
    if isinstance(field, forms.BooleanField):
        return TICKED if raw else ""
    if isinstance(field, forms.ModelMultipleChoiceField | forms.MultipleChoiceField):
        return sorted(str(one) for one in raw or [])
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        return "" if raw is None else str(raw)
    try:
        return _plain(field.widget.format_value(field.to_python(raw)))
    except ValidationError:
        return _plain(raw)


def _plain(value: Any) -> str:
    """Text alike whichever browser sent it."""
    text = "" if value is None else value if isinstance(value, str) else str(localize(value))
    return text.replace("\r\n", "\n").strip()


def _put(sent: QueryDict, html_name: str, field: forms.Field, said: Said, now: Said | None) -> None:
    """Write one field; where the form says beside it what it showed first, that is what the base holds now."""
    if field.show_hidden_initial and now is not None:
        _set(sent, f"initial-{html_name}", field, now)
    _set(sent, html_name, field, said)


def _set(sent: QueryDict, html_name: str, field: forms.Field, said: Said) -> None:
    if isinstance(said, list):
        sent.setlist(html_name, said)
    elif isinstance(field, forms.BooleanField) and not said:
        sent.pop(html_name, None)
    else:
        sent[html_name] = said


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0
