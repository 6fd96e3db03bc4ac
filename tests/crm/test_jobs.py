"""Work in the background: its progress is seen, its failure is said, and one file has one job at a time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections, transaction

from crm import jobs
from crm.models import Job
from crm.progressing import up_to_date
from tests.factories import ImportBatchFactory, JobFactory


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "SECONDS_BETWEEN_WRITES", 0.0)


def seen(number: int) -> int:
    """How far the page would show it, asked by another connection."""
    with ThreadPoolExecutor(max_workers=1) as elsewhere:
        done = elsewhere.submit(lambda: up_to_date(Job.objects.get(pk=number)).done).result()
        elsewhere.submit(connections.close_all)
    return done


@pytest.mark.data
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("impatient")
def test_progress_is_seen_while_the_work_goes_on_even_from_inside_its_transaction():
    number = JobFactory().pk
    shown = []

    with jobs.working(number) as (_job, advance):
        advance(10, 40)
        shown.append(seen(number))
        with transaction.atomic():
            ImportBatchFactory()  # SQLite's one writer is busy from here on
            advance(20, 40)
            limit = time.monotonic() + 10
            while seen(number) != 20 and time.monotonic() < limit:
                time.sleep(0.01)
            shown.append(seen(number))

    assert shown == [10, 20]
    job = Job.objects.get(pk=number)
    assert job.state == Job.State.DONE
    assert not (Path(settings.VAR_DIR) / "progress" / str(number)).exists()


@pytest.mark.django_db
def test_work_that_breaks_is_shown_as_failed_and_the_error_goes_on():
    number = JobFactory().pk

    with pytest.raises(ZeroDivisionError), jobs.working(number):
        raise ZeroDivisionError

    job = Job.objects.get(pk=number)
    assert job.state == Job.State.FAILED
    assert "Vous pouvez la relancer" in job.message
    assert job.finished_at is not None


@pytest.mark.django_db
def test_a_file_has_one_job_at_a_time():
    batch = ImportBatchFactory(job=JobFactory(state=Job.State.RUNNING))

    with pytest.raises(jobs.BusyError):
        jobs.begin(batch, kind="import", by=None, task=None, at_once=False)

    assert Job.objects.count() == 1
