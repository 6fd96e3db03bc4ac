"""The daily pass: due each morning, one at a time, written down in numbers, and one failure stops no other deed."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from contacts.models import Channel, Contact
from contacts.trashing import DAYS
from crm import daily, registry
from crm.check_ups import DAYS_WITHOUT_A_PASS
from crm.models import Association, DailyPass
from crm.registry import DailyDeed, Shelf
from tests.factories import ChannelFactory, PersonFactory, PositionFactory


ROOT = Path(__file__).parents[2]
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def deeds(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], int]], None]:
    """Only the deeds that the test registers."""
    shelf: Shelf[DailyDeed] = Shelf("daily deed")
    monkeypatch.setattr(daily, "daily_deeds", shelf)

    def add(name: str, run: Callable[[], int]) -> None:
        shelf.add(DailyDeed(name=name, label=name, run=run))

    return add


def passed(started_at: datetime, **more: object) -> DailyPass:
    values = {"finished_at": started_at, "is_running": False} | more
    return DailyPass.objects.create(started_at=started_at, **values)


def doctor() -> tuple[dict[str, str], list[str]]:
    out = StringIO()
    with contextlib.suppress(SystemExit):
        call_command("doctor", "--json", stdout=out)
    said = json.loads(out.getvalue())
    return said["told"], [found["what"] for found in said["ailments"] if found["check"] == "daily pass"]


@pytest.mark.data
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, "2026-03-10 03:00", True),
        ("2026-03-10 05:00", "2026-03-10 23:59", False),
        ("2026-03-10 04:59", "2026-03-10 05:00", True),
        ("2026-03-09 09:00", "2026-03-10 04:59", False),
        ("2026-03-09 09:00", "2026-03-10 08:00", True),
        ("2026-03-29 01:30", "2026-03-29 05:00", True),  # the night that is an hour shorter
        ("2026-01-01 09:00", "2026-03-10 02:00", True),
    ],
)
def test_a_pass_is_due_once_a_morning_of_paris_and_when_the_last_one_was_missed(last, now, due):
    if last:
        passed(datetime.fromisoformat(last).replace(tzinfo=PARIS))

    assert daily.is_due(datetime.fromisoformat(now).replace(tzinfo=PARIS)) is due


@pytest.mark.data
@pytest.mark.django_db
def test_it_is_run_once_and_its_numbers_are_kept(deeds):
    deeds("un", lambda: 3)

    first, second = daily.run_when_due(), daily.run_when_due()

    assert second is None
    kept = DailyPass.objects.get()
    assert (first, kept.counts, kept.failed, kept.is_running) == (kept, {"un": 3}, [], False)


@pytest.mark.django_db
def test_a_deed_that_fails_stops_no_other_and_its_log_names_nobody(deeds, caplog):
    somebody = "jeanne.dupont@exemple.org"

    def fail() -> int:
        raise ValueError(somebody)

    deeds("a", lambda: 1)
    deeds("b", fail)
    deeds("c", lambda: 2)

    done = daily.run()

    assert (done.counts, done.failed) == ({"a": 1, "c": 2}, ["b"])
    assert "daily deed b: ValueError" in caplog.text
    assert "jeanne" not in caplog.text
    assert not daily.is_due()


@pytest.mark.data
@pytest.mark.django_db(transaction=True)
def test_one_pass_at_a_time_until_its_worker_is_known_to_be_dead(deeds):
    inside = []

    def again() -> int:
        with pytest.raises(daily.AlreadyRunningError):
            daily.run()
        inside.append(daily.run_when_due())
        return 1

    deeds("encore", again)
    daily.run()
    assert inside == [None]

    passed(timezone.now() - DailyPass.PATIENCE - timedelta(hours=30), is_running=True, finished_at=None)
    DailyPass.objects.filter(is_running=False).delete()

    assert daily.run_when_due() is not None
    assert DailyPass.objects.filter(is_running=True).count() == 0


@pytest.mark.django_db
def test_a_pass_that_was_killed_is_due_again(deeds):
    def stop() -> int:
        raise SystemExit

    deeds("arrêt", stop)
    with pytest.raises(SystemExit):
        daily.run()

    assert daily.is_due()
    assert not DailyPass.objects.filter(is_running=True).exists()
    passed(timezone.now(), is_running=True, finished_at=None)
    assert daily.give_up_interrupted() == 1


@pytest.mark.data
@pytest.mark.django_db
def test_the_room_empties_its_trash_and_retires_posts_even_after_a_long_sleep():
    old = PersonFactory()
    Contact.objects.filter(pk=old.pk).update(trashed_at=timezone.now() - timedelta(days=DAYS + 1))
    post = PositionFactory(is_main=True, title="Directrice")
    ChannelFactory(contact=post.person, value="a@exemple.org", position=post)
    type(post).objects.filter(pk=post.pk).update(ends_on=timezone.localdate() - timedelta(days=50))
    moved = PositionFactory(is_main=True, title="Chargé de mission")
    type(moved).objects.filter(pk=moved.pk).update(ends_on=timezone.localdate() - timedelta(days=50))
    passed(timezone.now() - timedelta(days=60))

    counts = daily.run().counts

    assert (counts["trash"], counts["posts"]) == (1, 1)
    assert not Contact.objects.filter(pk=old.pk).exists()
    assert Channel.objects.get(contact=post.person).state == Channel.State.RETIRED
    assert Contact.objects.get(pk=moved.person_id).main_title == ""


@pytest.mark.django_db
def test_doctor_says_when_it_last_ran_and_that_it_is_late():
    assert doctor()[0]["daily pass"] == "Passage quotidien : pas encore."
    assert doctor()[1] == []
    Association.own()
    Association.objects.update(started_at=timezone.now() - timedelta(days=DAYS_WITHOUT_A_PASS, hours=1))
    assert len(doctor()[1]) == 1

    daily.run()

    told, ailments = doctor()
    assert "Fiches supprimées pour de bon 0" in told["daily pass"]
    assert ailments == []
    DailyPass.objects.update(started_at=timezone.now() - timedelta(days=DAYS_WITHOUT_A_PASS, hours=1))
    assert "en retard" in doctor()[1][0]


@pytest.mark.django_db
def test_doctor_names_what_failed():
    passed(timezone.now(), failed=["trash"])

    assert doctor()[1] == ["Le dernier passage quotidien n’a pas tout fait : Fiches supprimées pour de bon."]


@pytest.mark.django_db
def test_the_command_counts_and_says_whether_it_was_due():
    out = StringIO()

    call_command("daily", "--if-due", "--json", stdout=out)
    call_command("daily", "--if-due", "--json", stdout=out)

    first, second = map(json.loads, out.getvalue().splitlines())
    assert (first["ran"], first["failed"], set(first["counts"])) == (
        True,
        [],
        set(registry.daily_deeds.names()),
    )
    assert second == {"ran": False, "counts": {}, "failed": []}


@pytest.mark.data
@pytest.mark.django_db(transaction=True)
def test_four_processes_that_find_it_due_run_it_once(database_url):
    command = [sys.executable, "manage.py", "daily", "--if-due", "--json"]
    started = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": database_url},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _number in range(4)
    ]

    said = [json.loads(process.communicate()[0]) for process in started]

    assert [answer.get("ran") for answer in said].count(True) == 1
    assert DailyPass.objects.count() == 1
