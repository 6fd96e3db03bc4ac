"""Sealing the journal day by day, so that what is done to it past the triggers is found; and clearing what is past its term.

A seal is an HMAC over the day's lines and the seal before, by a key that is not in the base (`AUDIT_KEY`). Days are UTC, and
each has its seal, those without a line too. A line that is changed, deleted, swapped or slipped in is found; cutting off the
latest days with their seals is not, but by a seal that was noted elsewhere: hence `head()` on the manager's page and in the
terminal. Lines hold no value, so erasing a person breaks no seal; neither does clearing whole days after twelve months.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from crm.auditing import record_deed
from crm.models import AuditEntry, AuditSeal, Deed
from crm.models.audit import TERM_MONTHS
from crm.registry import Ailment, DailyDeed, daily_deeds


LATE: Final = timedelta(hours=1)
"""How long after midnight a line of the day before may still be committed: a day is sealed after that."""
COLUMNS: Final = ("pk", "at", "actor_id", "deed", "model", "record", "count", "fields")
TRIGGERS: Final = frozenset(
    {"audit_line_unchanged", "audit_line_kept", "audit_seal_unchanged", "audit_seal_kept"}
)


@dataclass(frozen=True)
class Fault:
    """What no longer fits, and on which day."""

    day: date
    what: StrOrPromise

    def __str__(self) -> str:
        return f"{date_format(self.day, 'd/m/Y')} : {self.what}"


@dataclass(frozen=True)
class _Sum:
    """What the lines of a day come to."""

    count: int
    first: int | None
    last: int | None
    rows_digest: str


def register() -> None:
    """The journal's daily deeds."""
    daily_deeds.add(DailyDeed(name="seal", label=gettext_lazy("Jours du journal scellés"), run=seal, rank=60))
    daily_deeds.add(
        DailyDeed(
            name="journal", label=gettext_lazy("Lignes du journal arrivées à leur terme"), run=purge, rank=70
        )
    )


def head() -> AuditSeal | None:
    """The latest seal: noted elsewhere, it vouches for all before it."""
    return AuditSeal.objects.order_by("day").last()


def seal(now: datetime | None = None) -> int:
    """Seal each day that is over and has no seal; how many."""
    until = _day(now, behind=LATE)
    made = 0
    with transaction.atomic():
        before = head()
        day = before.day + timedelta(days=1) if before else _first_day()
        while day is not None and day < until:
            found = _summed(day)
            before = AuditSeal.objects.create(
                day=day,
                count=found.count,
                first=found.first,
                last=found.last,
                rows_digest=found.rows_digest,
                digest=_chained(before.digest if before else "", day, found),
            )
            made, day = made + 1, day + timedelta(days=1)
    return made


def purge(now: datetime | None = None) -> int:
    """Delete the lines of whole days that are past their term, once they are sealed; how many."""
    seal(now)
    past = AuditEntry.objects.filter(at__lt=_start(_oldest_kept(now)))
    with transaction.atomic():
        gone = past.count()
        if gone:
            past.delete()
            record_deed(Deed.DELETED, by=None, model=AuditEntry._meta.label_lower, count=gone)
    return gone


def faults(*, noted: str = "", now: datetime | None = None) -> Iterator[Fault]:
    """Each day on which lines or seals are not what they were; `noted` is a seal kept elsewhere, which must be there still."""
    before, expected, kept_from = "", None, _oldest_kept(now)
    was_seen = not noted
    for found in AuditSeal.objects.order_by("day", "pk").iterator():
        if expected is None:
            yield from _before(found.day)
        elif found.day != expected:
            yield Fault(found.day, gettext_lazy("le sceau de la veille manque."))
        yield from _checked(found, before, past_term=found.day < kept_from)
        was_seen = was_seen or hmac.compare_digest(found.digest, noted)
        before, expected = found.digest, found.day + timedelta(days=1)
    if not was_seen:
        yield Fault(
            _day(now),
            gettext_lazy("le sceau noté ailleurs n’est plus dans le journal : la fin a été coupée."),
        )


def ailments() -> Iterator[Ailment]:
    """What `manage.py doctor` says of the journal."""
    if missing := TRIGGERS - _triggers():
        yield Ailment(
            what=_("La base ne protège plus le journal : %(names)s.") % {"names": ", ".join(sorted(missing))},
            cure=_("Cherchez qui a modifié la base, puis remettez la sauvegarde."),
        )
    for fault in faults():
        yield Ailment(
            what=_("Le journal a été modifié. %(fault)s") % {"fault": fault},
            cure=_("Comparez avec une sauvegarde, et notez-le au registre des violations."),
        )
    latest = head()
    if latest is not None and latest.day < _day() - timedelta(days=3):
        yield Ailment(
            what=_("Le journal n’est plus scellé depuis le %(day)s.")
            % {"day": date_format(latest.day, "d/m/Y")},
            cure=_("Lancez : manage.py audit_seal"),
        )


def told() -> str:
    """The head, for who reads what the doctor says: worth noting elsewhere."""
    latest = head()
    if latest is None:
        return _("Journal : pas encore scellé.")
    return _("Dernier sceau du journal, à noter hors de cette machine : %(head)s") % {"head": latest}


def _day(now: datetime | None = None, behind: timedelta = timedelta(0)) -> date:
    return ((now or timezone.now()) - behind).astimezone(UTC).date()


def _oldest_kept(now: datetime | None) -> date:
    """The first day whose lines are still within their term."""
    return _day(now) - relativedelta(months=TERM_MONTHS)


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def _first_day() -> date | None:
    first = AuditEntry.objects.order_by("at").values_list("at", flat=True).first()
    return first.astimezone(UTC).date() if first else None


def _lines(day: date) -> QuerySet[AuditEntry, tuple[Any, ...]]:
    within = AuditEntry.objects.filter(at__gte=_start(day), at__lt=_start(day + timedelta(days=1)))
    return within.order_by("pk").values_list(*COLUMNS)


def _hmac(*parts: Any) -> str:
    said = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(settings.AUDIT_KEY.encode(), said, hashlib.sha256).hexdigest()


def _summed(day: date) -> _Sum:
    running = hmac.new(settings.AUDIT_KEY.encode(), digestmod=hashlib.sha256)
    count, first, last = 0, None, None
    for pk, at, *others in _lines(day).iterator(chunk_size=2_000):
        said = [pk, at.astimezone(UTC).isoformat(timespec="microseconds"), *others]
        running.update(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        count, first, last = count + 1, first or pk, pk
    return _Sum(count, first, last, running.hexdigest())


def _chained(before: str, day: date, found: _Sum) -> str:
    return _hmac(before, day.isoformat(), found.count, found.first, found.last, found.rows_digest)


def _checked(kept: AuditSeal, before: str, *, past_term: bool) -> Iterator[Fault]:
    said = _Sum(kept.count, kept.first, kept.last, kept.rows_digest)
    if not hmac.compare_digest(_chained(before, kept.day, said), kept.digest):
        yield Fault(kept.day, gettext_lazy("le sceau ne suit pas celui de la veille, ou a été modifié."))
    found = _summed(kept.day)
    if past_term and found.count == 0:
        return  # cleared at its term
    if found.count != said.count:
        yield Fault(
            kept.day,
            _("le journal compte %(found)s lignes, le sceau en compte %(said)s.")
            % {"found": found.count, "said": said.count},
        )
    elif found != said:
        yield Fault(kept.day, gettext_lazy("une ligne n’est plus ce qu’elle était."))


def _before(first: date) -> Iterator[Fault]:
    """Lines dated before the first seal, where there were none."""
    if AuditEntry.objects.filter(at__lt=_start(first)).exists():
        yield Fault(first, gettext_lazy("des lignes sont datées d’avant le premier sceau."))


def _triggers() -> set[str]:
    """The triggers that the base has."""
    table = "pg_trigger" if connection.vendor == "postgresql" else "sqlite_master"
    column = "tgname" if connection.vendor == "postgresql" else "name"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")  # noqa: S608 -- two literals
        return {row[0] for row in cursor.fetchall()}
