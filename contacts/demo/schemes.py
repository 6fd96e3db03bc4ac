"""Invented ASV, CLS and CLSM, held by towns and groups of towns, coordinated by the people who say they do."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.demo.inventing import Inventor, Organisation
from contacts.demo.names import of
from contacts.models import Coordination, Scheme, SchemeType, Service
from contacts.models.deriving import derive
from crm.models import ImportBatch
from crm.records import bulk_write


TYPES = {"ASV": 35, "CLS": 40, "CLSM": 18, "VSCV": 4, "ADT": 2}
STATES = {"running": 70, "renewing": 10, "planned": 8, "suspended": 3, "ended": 9}
SERVICES = {"SANTE": 5, "POLITIQUE-VILLE": 3, "COHESION-SOCIALE": 2}
CHUNK = 2_000


def write(
    inventor: Inventor, organisations: Sequence[Organisation], wanted: int, batch: ImportBatch
) -> Counter[str]:
    """Up to `wanted` schemes, no two of one type at one place; answers what was written."""
    rng = inventor.rng
    types = dict(SchemeType.objects.filter(code__in=TYPES).values_list("code", "pk"))
    services = dict(Service.objects.filter(code__in=SERVICES).values_list("code", "pk"))
    # Where somebody coordinates, there is something to coordinate.
    leads = [made for made in organisations if made.kind.code in {"COL-1", "COL-2", "COL-3"}]
    leads.sort(key=lambda made: not any(code.startswith("COORDINATION") for code in made.staff))
    drawn: dict[tuple[str, int], Organisation] = {}
    for made in leads * 2:
        for _time in range(rng.choice((1, 1, 2))):
            if len(drawn) < wanted and types:
                drawn.setdefault((_type(inventor, made, types), made.place.pk), made)
    rows: list[tuple[Scheme, Organisation, str]] = []
    for (code, _place), made in drawn.items():
        started = datetime.date(inventor.today.year - rng.randint(1, 12), rng.randint(1, 12), 1)
        state = rng.choices([*STATES], [*STATES.values()])[0]
        ended = started + datetime.timedelta(days=1_095) if state == Scheme.State.ENDED else None
        named = of(made.place.name) if made.place.level == "commune" else f"– {made.place.name}"
        officials = made.staff.get("ELU-SANTE", [])
        scheme = Scheme(
            type_id=types[code],
            name=f"{code} {named}"[:200],
            lead=made.record,
            service_id=services.get(rng.choices([*SERVICES], [*SERVICES.values()])[0])
            if rng.random() < 0.7
            else None,
            email=f"{code.lower()}@{made.domain}" if rng.random() < 0.3 else "",
            state=state,
            starts_on=None if state == Scheme.State.PLANNED else started,
            ends_on=min(ended, inventor.today - datetime.timedelta(days=1)) if ended else None,
            elected_official_id=rng.choice(officials) if officials else None,
            batch=batch,
        )
        rows.append((_dated(inventor, scheme, started), made, code))
    reason = _("Démonstration")
    places = [(number, made.place.pk) for number, (_scheme, made, _code) in enumerate(rows)]
    bulk_write([scheme for scheme, _made, _code in rows], reason=reason, links={"territories": places})
    held = [row for scheme, made, code in rows for row in _coordinations(inventor, scheme, made, code)]
    bulk_write(held, reason=reason)
    derive({row.person_id for row in held}, followers=False)
    return Counter({"scheme": len(rows), "coordination": len(held)})


def _type(inventor: Inventor, made: Organisation, types: dict[str, int]) -> str:
    """The type that somebody there coordinates, else one drawn."""
    said = [code.removeprefix("COORDINATION-") for code in made.staff if code.startswith("COORDINATION-")]
    said = [code for code in said if code in types]
    if said and inventor.rng.random() < 0.7:
        return inventor.rng.choice(said)
    known = [code for code in TYPES if code in types]
    return inventor.rng.choices(known, [TYPES[code] for code in known])[0]


def _coordinations(inventor: Inventor, scheme: Scheme, made: Organisation, code: str) -> list[Coordination]:
    """Whoever says so in that organisation; else, often, whoever coordinates another of its schemes."""
    if scheme.state == Scheme.State.PLANNED:
        return []
    people = made.staff.get(f"COORDINATION-{code}", [])
    if not people and inventor.rng.random() < 0.6:
        people = [pk for name, some in made.staff.items() if name.startswith("COORDINATION") for pk in some]
    if not people:
        return []
    row = Coordination(
        scheme=scheme,
        person_id=inventor.rng.choice(people),
        share=inventor.rng.choice(Coordination.Share.values),
        starts_on=scheme.starts_on,
        ends_on=scheme.ends_on,
    )
    return [_dated(inventor, row, inventor.opened_on)]


def _dated(inventor: Inventor, row: Any, day: datetime.date) -> Any:
    row._history_date = at = timezone.make_aware(inventor.entered_at(day))
    if isinstance(row, Scheme):
        row.created_at = at
    return row
