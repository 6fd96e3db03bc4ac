"""The journal: the base refuses to change it, and whatever is done past the base's refusal is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from crm import sealing
from crm.demonstrating import remove_demo
from crm.models import AuditEntry, AuditSeal, Deed
from crm.registry import daily_deeds
from tests.factories import AuditEntryFactory, UserFactory


pytestmark = [pytest.mark.django_db, pytest.mark.data]
# Noon of the day that is not sealed yet, so that no minute of the night makes the days others.
NOW = (timezone.now() - sealing.LATE).astimezone(UTC).replace(hour=12, minute=0)
LINES, SEALS = "crm_auditentry", "crm_auditseal"


def execute(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        count: int = cursor.rowcount
        return count


@contextmanager
def without_triggers() -> Iterator[None]:
    """What somebody does who owns the base: take the guards off, do it, put them back."""
    if connection.vendor == "postgresql":
        for table in (LINES, SEALS):
            execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in (LINES, SEALS):
            execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%%'")
        kept = cursor.fetchall()
        for name, _sql in kept:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _name, sql in kept:
            cursor.execute(sql)


def lines(count: int, *, days: int = 10) -> list[AuditEntry]:
    """Lines of the last `days` days, as many each day."""
    user = UserFactory()
    return AuditEntry.objects.bulk_create(
        AuditEntry(
            at=NOW - timedelta(days=days - n * days // count, minutes=n % 7),
            actor=user if n % 3 else None,
            deed=Deed.CHANGED,
            model="contacts.contact",
            record=str(n),
            fields=["name"],
        )
        for n in range(count)
    )


def found(**said: str) -> list[str]:
    return [str(fault) for fault in sealing.faults(**said)]


REFUSED = {
    "a line is changed": "UPDATE crm_auditentry SET count = 7",
    "a young line is deleted": "DELETE FROM crm_auditentry",
    "a seal is changed": "UPDATE crm_auditseal SET count = 7",
    "a seal is deleted": "DELETE FROM crm_auditseal",
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_the_base_refuses_what_the_journal_forbids(statement):
    lines(3)
    sealing.seal()

    with pytest.raises(IntegrityError), transaction.atomic():
        execute(statement)

    with without_triggers():
        assert execute(statement) > 0


def test_a_line_is_not_replaced_by_another_of_its_number():
    line = AuditEntryFactory()
    verb = "INSERT OR REPLACE INTO" if connection.vendor == "sqlite" else "INSERT INTO"

    with pytest.raises(IntegrityError), transaction.atomic():
        execute(
            f"{verb} {LINES} (id, at, deed, model, record, count, fields) VALUES (%s, %s, 'read', '', '', 1, '[]')",
            line.pk,
            timezone.now(),
        )

    line.refresh_from_db()
    assert line.deed == Deed.CHANGED


def test_a_line_past_its_term_is_cleared_and_the_day_is_still_vouched_for():
    year, day = timedelta(days=366), timedelta(days=1)
    old = AuditEntryFactory(at=NOW - year - day)
    kept = AuditEntryFactory(at=NOW - timedelta(days=360))

    gone = sealing.purge()

    assert gone == 1
    assert not AuditEntry.objects.filter(pk=old.pk).exists()
    assert AuditEntry.objects.filter(pk=kept.pk).exists()
    assert [*AuditEntry.objects.filter(deed=Deed.DELETED).values_list("model", "count")] == [
        ("crm.auditentry", 1)
    ]
    assert found() == []


def test_a_line_stays_its_twelve_months_to_the_day():
    at = datetime(2025, 3, 14, 23, 59, tzinfo=UTC)
    AuditEntryFactory(at=at)

    assert sealing.purge(now=datetime(2026, 3, 14, 23, 59, tzinfo=UTC)) == 0
    assert sealing.purge(now=datetime(2026, 3, 15, 0, 0, tzinfo=UTC)) == 1


def test_each_day_that_is_over_has_its_seal_and_today_has_none_yet():
    lines(20, days=5)

    made = sealing.seal()

    assert made == 5
    assert sealing.seal() == 0
    assert AuditSeal.objects.filter(day=NOW.astimezone(UTC).date()).count() == 0
    assert found() == []


def test_the_daily_pass_seals_before_it_clears():
    names = daily_deeds.names()

    assert names.index("seal") < names.index("journal")
    assert (daily_deeds["seal"].run, daily_deeds["journal"].run) == (sealing.seal, sealing.purge)


def test_a_day_is_not_sealed_in_the_hour_after_midnight():
    AuditEntryFactory(at=datetime(2026, 3, 12, 12, tzinfo=UTC))

    assert sealing.seal(now=datetime(2026, 3, 13, 0, 59, tzinfo=UTC)) == 0
    assert sealing.seal(now=datetime(2026, 3, 13, 1, 0, tzinfo=UTC)) == 1


def flip(line: AuditEntry, other: AuditEntry) -> None:
    execute("UPDATE crm_auditentry SET count = count + 1 WHERE id = %s", line.pk)


def rename(line: AuditEntry, other: AuditEntry) -> None:
    execute("UPDATE crm_auditentry SET actor_id = NULL, record = 'x' WHERE id = %s", line.pk)


def delete(line: AuditEntry, other: AuditEntry) -> None:
    execute("DELETE FROM crm_auditentry WHERE id = %s", line.pk)


def swap(line: AuditEntry, other: AuditEntry) -> None:
    execute("UPDATE crm_auditentry SET record = %s WHERE id = %s", other.record, line.pk)
    execute("UPDATE crm_auditentry SET record = %s WHERE id = %s", line.record, other.pk)


def insert(line: AuditEntry, other: AuditEntry) -> None:
    execute(
        "INSERT INTO crm_auditentry (at, deed, model, record, count, fields) VALUES (%s, 'read', '', '', 1, '[]')",
        line.at,
    )


def move(line: AuditEntry, other: AuditEntry) -> None:
    execute("UPDATE crm_auditentry SET at = %s WHERE id = %s", line.at - timedelta(seconds=1), line.pk)


ATTACKS: tuple[Callable[[AuditEntry, AuditEntry], None], ...] = (flip, rename, delete, swap, insert, move)


def unseen(count: int) -> list[str]:
    """The attacks on each of `count` lines that the seals do not show."""
    made = lines(count)
    assert sealing.seal() == 10
    sealed = [line for line in made if line.at.astimezone(UTC).date() < NOW.astimezone(UTC).date()]
    passed = []
    for position, line in enumerate(sealed):
        attack = ATTACKS[position % len(ATTACKS)] if count > 200 else None
        for one in (attack,) if attack else ATTACKS:
            other = sealed[(position + 1) % len(sealed)]
            sid = transaction.savepoint()
            with without_triggers():
                one(line, other)
            if not found():
                passed.append(f"{one.__name__} at {position}")
            transaction.savepoint_rollback(sid)
    return passed


def test_what_is_done_at_any_position_is_found():
    assert unseen(100) == []


@pytest.mark.deep
def test_what_is_done_at_any_of_a_thousand_positions_is_found():
    assert unseen(1_000) == []


@pytest.mark.parametrize("position", [0, 4, 8])
def test_a_seal_that_is_changed_or_taken_out_is_found(position):
    lines(50)
    sealing.seal()
    kept = AuditSeal.objects.order_by("day")[position]

    for statement in (
        "UPDATE crm_auditseal SET count = count + 1 WHERE id = %s",
        "UPDATE crm_auditseal SET digest = 'x' WHERE id = %s",
        "DELETE FROM crm_auditseal WHERE id = %s",
    ):
        sid = transaction.savepoint()
        with without_triggers():
            execute(statement, kept.pk)
        assert found() != []
        transaction.savepoint_rollback(sid)


def test_seals_made_again_without_the_key_do_not_hold(settings):
    made = lines(50)
    sealing.seal()

    with without_triggers():
        flip(made[10], made[11])
        execute("DELETE FROM crm_auditseal")
        own, settings.AUDIT_KEY = settings.AUDIT_KEY, "another key"
        sealing.seal()
        settings.AUDIT_KEY = own

    assert found() != []


def test_the_end_cut_off_is_found_only_by_a_seal_noted_elsewhere():
    lines(50)
    sealing.seal()
    noted = sealing.head()
    assert noted is not None
    cut = AuditSeal.objects.order_by("day")[6]

    with without_triggers():
        execute(
            "DELETE FROM crm_auditentry WHERE at >= %s",
            datetime.combine(cut.day, datetime.min.time(), tzinfo=UTC),
        )
        execute("DELETE FROM crm_auditseal WHERE day >= %s", cut.day)

    assert found() == []
    sealing.seal()
    assert found() == []
    assert len(found(noted=noted.digest)) == 1


def test_the_command_seals_says_the_head_and_checks():
    made = lines(50)
    out = StringIO()

    call_command("audit_seal", stdout=out)
    head = sealing.head()
    call_command("audit_seal", check=True, head=str(head), stdout=out)

    assert out.getvalue().splitlines() == [
        "10 jours scellés.",
        str(head),
        "Le journal est tel qu’il a été scellé.",
        str(head),
    ]
    with without_triggers():
        flip(made[0], made[1])
    with pytest.raises(SystemExit) as stop:
        call_command("audit_seal", check=True, stdout=out)
    assert stop.value.code == 1
    assert "une ligne n’est plus ce qu’elle était" in out.getvalue()


def test_the_doctor_sees_the_guards_taken_off_and_the_journal_changed():
    made = lines(20)
    sealing.seal()
    assert [*sealing.ailments()] == []

    with without_triggers():
        flip(made[3], made[4])
        if connection.vendor == "sqlite":
            assert "audit_line_kept" in str(next(iter(sealing.ailments())).what)

    assert "Le journal a été modifié" in str(next(iter(sealing.ailments())).what)


def test_an_account_that_goes_leaves_its_number_in_the_journal():
    """Only the demonstration's accounts are ever deleted; the line is not changed for that."""
    user = UserFactory(email="responsable@demo.example")
    line = AuditEntryFactory(actor=user)
    number = user.pk

    remove_demo()

    line.refresh_from_db()
    assert line.actor_id == number
    assert AuditEntry.objects.select_related("actor").get(pk=line.pk).actor is None
