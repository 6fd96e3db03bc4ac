"""Work in the background: its progress is seen, its failure is said, and one file has one job at a time."""

from __future__ import annotations

import pytest
from django.db import transaction

from crm import jobs
from crm.models import Job
from tests.factories import ImportBatchFactory, JobFactory


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "SECONDS_BETWEEN_WRITES", 0.0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("impatient")
def test_progress_is_seen_while_the_work_goes_on_but_not_from_inside_a_transaction():
    number = JobFactory().pk
    seen = []

    with jobs.working(number) as (_job, advance):
        advance(10, 40)
        seen.append(Job.objects.get(pk=number).done)
        with transaction.atomic():
            advance(20, 40)
        seen.append(Job.objects.get(pk=number).done)

    assert seen == [10, 10]
    assert Job.objects.get(pk=number).state == Job.State.DONE


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
