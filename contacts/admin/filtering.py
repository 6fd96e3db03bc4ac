"""What a filter of the list of contacts is, in general; `contacts.admin.filters` has each of them.

Several values of one filter are alternatives, several filters add up. A value that nobody knows finds nothing and is shown
as such: a filter that silently fell away would let an export take everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.admin import ListFilter
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext

from contacts.models.contact_queries import ContactQuerySet


MOST_VALUES = 60
LONGEST_VALUE = 60


@dataclass(frozen=True)
class Chosen:
    """A value that the address asks for, in words; unknown when it means nothing (any more)."""

    value: str
    label: str
    known: bool = True


@dataclass(frozen=True)
class Option:
    """A value one may choose, and how many contacts it would give with the other filters as they are."""

    value: str
    label: str
    count: int
    chosen: bool = False
    below: bool = False
    hint: str = ""


class ContactFilter(ListFilter):
    """One question of the list. `template` draws what one chooses from; `lazy` values come when the filter is opened."""

    parameter_name: ClassVar[str]
    title: Any
    hint: ClassVar[Any] = ""
    template = "contacts/list/filter_lazy.html"
    lazy: ClassVar[bool] = True

    def __init__(
        self, request: HttpRequest, params: dict[str, list[str]], model: Any, model_admin: Any
    ) -> None:
        super().__init__(request, params, model, model_admin)
        self.asked = _readable(params.pop(self.parameter_name, []))

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Iterator[Mapping[str, object]]:
        return iter(())

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter_name]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.asked:
            return queryset
        return self.narrow(queryset, list(self.found.values())) if self.found else queryset.none()

    @cached_property
    def found(self) -> Mapping[str, Any]:
        """What each known value asked for stands for."""
        return self.find(self.asked)

    @property
    def chosen(self) -> list[Chosen]:
        unknown = gettext("%(value)s (valeur inconnue)")
        return [
            Chosen(value, self.label_of(self.found[value]))
            if value in self.found
            else Chosen(value, unknown % {"value": value}, known=False)
            for value in self.asked
        ]

    def find(self, values: Sequence[str]) -> Mapping[str, Any]:
        raise NotImplementedError

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        raise NotImplementedError

    def label_of(self, thing: Any) -> str:
        return str(thing)

    def options(self, rows: ContactQuerySet) -> list[Option]:
        """What one may choose, counted in `rows`: the contacts that the other filters leave."""
        return []


def _readable(values: Iterable[str]) -> list[str]:
    """The values to look up, each once, made harmless: one that is huge or holds a null character matches nothing."""
    kept = dict.fromkeys(value.strip().replace("\x00", "\ufffd")[:LONGEST_VALUE] for value in values)
    return [value for value in kept if value][:MOST_VALUES]


class ClosedFilter(ContactFilter):
    """A few fixed answers."""

    answers: ClassVar[Sequence[tuple[str, Any]]]

    def find(self, values: Sequence[str]) -> Mapping[str, Any]:
        known = dict(self.answers)
        return {value: value for value in values if value in known}

    def label_of(self, thing: Any) -> str:
        return str(dict(self.answers)[thing])

    def options(self, rows: ContactQuerySet) -> list[Option]:
        return [
            Option(value, str(label), self.narrow(rows, [value]).count(), value in self.asked)
            for value, label in self.answers
        ]


class TermFilter(ContactFilter):
    """The terms of a closed list, by their code, which stays when a name changes."""

    terms: ClassVar[Any]

    def find(self, values: Sequence[str]) -> Mapping[str, Any]:
        return {term.code: term for term in self.terms.objects.filter(code__in=values)}

    def tally(self, rows: ContactQuerySet) -> Mapping[int, int]:
        """How many of `rows` each term would keep, by its primary key."""
        return {term.pk: self.narrow(rows, [term]).count() for term in self.terms.objects.in_use()}

    def options(self, rows: ContactQuerySet) -> list[Option]:
        counts = self.tally(rows)
        return [
            self._option(term, counts)
            for term in self.terms.objects.all()
            if term.is_active or counts.get(term.pk) or term.code in self.asked
        ]

    def _option(self, term: Any, counts: Mapping[int, int], *, below: bool = False) -> Option:
        return Option(
            term.code, term.name, counts.get(term.pk, 0), term.code in self.asked, below, term.definition
        )


class TreeFilter(TermFilter):
    """A closed list of two levels: choosing the first takes all that is below it."""

    def options(self, rows: ContactQuerySet) -> list[Option]:
        counts = self.tally(rows)
        terms = list(self.terms.objects.all())
        shown = [term for term in terms if term.is_active or counts.get(term.pk) or term.code in self.asked]
        return [
            self._option(term, counts, below=term is not first)
            for first in terms
            if first.parent_id is None
            for term in [first, *(other for other in shown if other.parent_id == first.pk)]
        ]


class DayFilter(ContactFilter):
    """A day; several leave the last one."""

    template = "contacts/list/filter_day.html"
    lazy = False

    def find(self, values: Sequence[str]) -> Mapping[str, Any]:
        days = {}
        for value in values:
            try:
                days[value] = date.fromisoformat(value)
            except ValueError:
                continue
        return days

    def label_of(self, thing: Any) -> str:
        return date_format(thing, "d/m/Y")


def numbers(values: Iterable[str]) -> list[int]:
    """The primary keys among these values."""
    return [int(value) for value in values if value.isdecimal() and len(value) <= 15]
