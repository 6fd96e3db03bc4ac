"""Dates written into the past and figures asked by their code, for the tests that count by hand."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from contacts.models import (
    Contact,
    Scheme,
    SchemeType,
    Territory,
    Theme,
)
from crm.registry import figures
from tests.factories import (
    PersonFactory,
    SchemeFactory,
)


THIS = timezone.localdate().year
LAST = THIS - 1


def year_of(year: int, month: int = 6, day: int = 15) -> datetime.date:
    return datetime.date(year, month, day)


def written_on(record: Any, day: datetime.date) -> None:
    """Make every version of a record, and of what hangs on it, of that day."""
    at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
    record.history.update(history_date=at)
    for parts in ("channels", "positions", "coordinations", "oppositions", "consents"):
        for part in getattr(record, parts).all() if hasattr(record, parts) else ():
            part.history.update(history_date=at)


def latest_on(record: Any, day: datetime.date) -> None:
    """Make the last version only of that day."""
    at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
    record.history.filter(pk=record.history.latest("history_id").pk).update(history_date=at)


def place(level: str, code: str) -> Territory:
    return Territory.objects.get(level=level, code=code)


def value(code: str, year: int = THIS) -> int | None:
    return figures[code].count(year).value


def by(code: str, year: int = THIS) -> dict[str, int]:
    return {str(name): count for name, count in figures[code].count(year).by.items()}


def qualified_person(town: Contact, **values: Any) -> Contact:
    given = {
        "email": "lea@exemple.org",
        "organisation": town,
        "themes": [Theme.objects.get(code="T04")],
        "verified_on": timezone.localdate(),
    }
    return PersonFactory(**(given | values))


def scheme(code: str, **values: Any) -> Scheme:
    return SchemeFactory(type=SchemeType.objects.get(code=code), **values)
