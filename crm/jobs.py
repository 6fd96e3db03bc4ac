"""Work that may take more than a moment: a `Job` shows its progress, a task in the queue does it.

    begin(batch, kind="import", by=user, task=import_file, at_once=False)     # the request is over at once
    with working(number) as (job, advance): ...                               # in the task

The queue is Django's own tasks API on the database (`TASKS`), so any other back-end of that API serves as well. Short
work goes through the same task, called at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from crm.models import ImportBatch, Job
from crm.progressing import Beside


if TYPE_CHECKING:
    from django_tasks import Task

    from crm.models import User

type Advance = Callable[[int, int], None]

SECONDS_BETWEEN_WRITES = 2.0


class BusyError(Exception):
    """Another job is at this record: somebody pressed twice, or has two windows open."""


def begin(
    batch: ImportBatch, *, kind: str, by: User | None, task: Task[..., Any], at_once: bool, **arguments: Any
) -> Job:
    """Do work on a file that came in: in the queue, or here and now when it is short. One job at a time for one file.

    Raises:
        BusyError: a job is at this file.
    """
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if held.job is not None and not held.job.is_over and not held.job.is_stalled:
            raise BusyError
        job = Job.objects.create(kind=kind, owner=by)
        held.job = batch.job = job
        held.save(update_fields=["job"])
        if not at_once:
            transaction.on_commit(partial(task.enqueue, job.pk, batch=batch.pk, **arguments))
    if at_once:
        task.call(job.pk, batch=batch.pk, **arguments)
        job.refresh_from_db()
    return job


@contextmanager
def working(number: int) -> Iterator[tuple[Job, Advance]]:
    """Do a job's work: shown as running, then as done, or as failed with the exception passed on.

    `advance(done, total)` may be called as often as one likes: it writes at most every two seconds; inside a transaction
    it writes beside it (`crm/progressing.py`), or nobody would see it before the end.
    """
    job = Job.objects.get(pk=number)
    job.advance(0, 0)
    last = time.monotonic()
    beside = Beside(job)

    def advance(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < SECONDS_BETWEEN_WRITES:
            return
        if connection.in_atomic_block:
            beside.tell(done, total)
        else:
            job.advance(done, total)
        last = time.monotonic()

    try:
        yield job, advance
    except BaseException:
        beside.close()
        job.finish(
            failed=True, message=job.message or _("La tâche s’est interrompue. Vous pouvez la relancer.")
        )
        raise
    beside.close()
    job.finish(message=job.message)


def give_up_interrupted() -> int:
    """Mark as failed what a worker that is gone left running; for a machine whose only worker is about to start."""
    left = list(Job.objects.filter(state=Job.State.RUNNING))
    for job in left:
        job.finish(failed=True, message=_("La tâche s’est interrompue. Vous pouvez la relancer."))
    return len(left)
