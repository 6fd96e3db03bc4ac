"""How far a job is, said from inside its transaction, where a row that it writes is seen by nobody until the end.

PostgreSQL: the job's row, through a connection of its own. SQLite has one writer, which the job is: a small file in the
local data folder, where the web server of the same machine reads it.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone

from crm.models import Job


class Beside:
    """Tells of one job beside its transaction; close it when the job is over."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._thread: ThreadPoolExecutor | None = None
        self._last: Future[None] | None = None

    def tell(self, done: int, total: int) -> None:
        if connection.vendor == "sqlite":
            _write(_place(self.job), done, total)
            return
        if self._last is not None and not self._last.done():
            return
        self._thread = self._thread or ThreadPoolExecutor(max_workers=1)
        self._last = self._thread.submit(_save, self.job.pk, done, total)

    def close(self) -> None:
        _place(self.job).unlink(missing_ok=True)
        if self._thread is not None:
            self._thread.submit(connections.close_all)
            self._thread.shutdown(wait=True)


def up_to_date(job: Job) -> Job:
    """The job, as far as it is now: what was told beside its transaction is on this object, not in the base."""
    place = _place(job)
    try:
        done, total = map(int, place.read_text().split())
        job.moved_at = datetime.fromtimestamp(place.stat().st_mtime, UTC)
    except (OSError, ValueError):
        return job
    job.done, job.total = done, total
    return job


def _place(job: Job) -> Path:
    return Path(settings.VAR_DIR) / "progress" / str(job.pk)


def _write(place: Path, done: int, total: int) -> None:
    """Whole or not at all: somebody may read at this moment."""
    place.parent.mkdir(exist_ok=True)
    new = place.with_suffix(".new")
    new.write_text(f"{done} {total}")
    new.replace(place)


def _save(number: int, done: int, total: int) -> None:
    """On the thread's own connection; never wait for a row that somebody holds."""
    with transaction.atomic():
        if Job.objects.select_for_update(skip_locked=True).filter(pk=number).exists():
            Job.objects.filter(pk=number).update(done=done, total=total, moved_at=timezone.now())
