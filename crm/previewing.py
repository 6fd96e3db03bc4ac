"""Keeping what a plan says, so that the workbench opens at once and turns its pages in the database.

A plan is an object of one request or one task; what people look at for ten minutes is the batch's `preview` (headings,
unknown terms, counts) and its `ImportLine` rows. Both are written again by each plan and can be thrown away.
"""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from itertools import batched
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm import receiving
from crm.importing import Line, Outcome, Plan, Refused
from crm.models import ImportBatch, ImportLine
from crm.records import BATCH


Group = ImportLine.Group
log = logging.getLogger(__name__)


def look(batch: ImportBatch, *, outdated: bool = False) -> None:
    """Plan the file, and keep what the plan says for the workbench; `outdated` when an earlier preview no longer held.

    Raises:
        Refused: the file cannot be read; the batch keeps the sentence.
    """
    try:
        plan = receiving.preview(batch)
    except Refused:
        forget_lines(batch)
        raise
    except Exception as error:
        log_trace(batch, error)  # a file from outside must never break the page
        batch.state = ImportBatch.State.UNREADABLE
        batch.message = _(
            "Ce fichier n’a pas pu être lu jusqu’au bout. Il est conservé tel quel : enregistrez-le au format .xlsx depuis "
            "votre tableur et déposez-le à nouveau, ou signalez-le à la personne qui s’occupe de l’outil."
        )
        batch.save(update_fields=["state", "message"])
        forget_lines(batch)
        raise Refused(batch.message) from error
    keep(batch, plan, outdated=outdated)


def log_trace(batch: ImportBatch, error: Exception) -> None:
    """Where it broke, without the error's message: it may hold somebody's name or address."""
    log.error(
        "import %s: %s\n%s", batch.pk, type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
    )


def keep(batch: ImportBatch, plan: Plan, *, outdated: bool = False) -> None:
    """Write what the plan says, in place of what the last one said."""
    columns = Counter((found.key, found.column) for found in plan.conflicts)
    counts: Counter[str] = Counter()
    with transaction.atomic():
        batch.lines.all().delete()
        for rows in batched(_lines_of(plan, batch), BATCH):
            ImportLine.objects.bulk_create(rows)
            counts.update(row.group for row in rows)
        batch.preview = {
            "digest": plan.digest,
            "outdated": outdated,
            "sheets": [*plan.sheets],
            "rows": plan.counts().rows,
            "accepted": plan.counts().accepted,
            "groups": {group.value: counts[group] for group in Group},
            "objects": dict(plan.objects),
            "headings": [asdict(heading) for heading in plan.headings],
            "unknown": [asdict(term) for term in plan.unknown],
            "conflict_columns": [
                {"key": key, "column": column, "count": count}
                for (key, column), count in columns.most_common()
            ],
        }
        batch.save(update_fields=["preview"])


def forget_lines(batch: ImportBatch) -> None:
    """Throw away what was said line by line: the file was left, taken back, or could not be read."""
    batch.preview = {}
    batch.save(update_fields=["preview"])
    batch.lines.all().delete()


def told_by_report(batch: ImportBatch, group: str) -> list[ImportLine]:
    """The lines behind one count when no workbench was opened: a batch that the command imported has its report only."""
    said = {
        Group.REJECTED: "rejected",
        Group.NOT_DATA: "not_data",
        Group.CONFLICT: "conflicts",
        Group.WARNING: "warnings",
    }
    return [
        ImportLine(
            batch=batch,
            group=group,
            number=found.get("line") or 0,
            column=found.get("column", ""),
            details={name: found[name] for name in ("reason", "kept", "offered") if name in found},
        )
        for found in batch.report.get(said.get(Group(group), ""), ())
    ]


def _lines_of(plan: Plan, batch: ImportBatch) -> Iterator[ImportLine]:
    named = {found.line for found in plan.conflicts} | {warning.line for warning in plan.warnings}
    labels = {}
    for line in plan.lines:
        if line.number in named:
            labels[line.number] = line.label
        told = line.problems[0] if line.problems else None
        yield ImportLine(
            batch=batch,
            group=line.outcome.value,
            number=line.number,
            label=line.label[:300],
            column=told.column[:120] if told and line.outcome is Outcome.REJECTED else "",
            details=_details(line),
        )
    for line_ in plan.not_data:
        yield ImportLine(
            batch=batch, group=Group.NOT_DATA, number=line_.line, details={"reason": line_.reason}
        )
    for found in plan.conflicts:
        yield ImportLine(
            batch=batch,
            group=Group.CONFLICT,
            number=found.line,
            label=labels.get(found.line, "")[:300],
            column=found.column[:120],
            details={"kept": found.kept, "offered": found.offered},
        )
    for warning in plan.warnings:
        yield ImportLine(
            batch=batch,
            group=Group.WARNING,
            number=warning.line,
            label=labels.get(warning.line, "")[:300],
            column=warning.column[:120],
            details={"reason": warning.reason},
        )


def _details(line: Line) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if line.into is not None:
        details["into"] = line.into
    if line.changes:
        details["changes"] = [[change.column, change.before, change.after] for change in line.changes]
    if line.problems:
        key = "reason" if line.outcome is Outcome.REJECTED else "told"
        reasons = [problem.reason for problem in line.problems]
        details[key] = "\n".join(reasons)
    return details
