"""What an import became: its report, what to do next, and why it can or cannot be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.models import ImportBatch
from crm.pages.import_workbench import AFTER, Group, lines_shown
from crm.registry import Importer


if TYPE_CHECKING:
    from crm.models import User

State = ImportBatch.State

# What a state looks like, and what it means; the colour says no more than the word and the icon beside it.
BADGES: dict[str, tuple[str, str, Promise]] = {
    State.RECEIVED: ("m-new", "inbox", _("Le fichier est arrivé et n’a pas encore été lu.")),
    State.UNREADABLE: (
        "m-late",
        "error",
        _("Le fichier n’a pas pu être lu ; sa page dit pourquoi et que faire."),
    ),
    State.PLANNED: (
        "m-wait",
        "pending_actions",
        _("L’aperçu est prêt ; rien n’entre avant votre confirmation."),
    ),
    State.RUNNING: ("m-new", "sync", _("Les lignes entrent en ce moment, toutes ou aucune.")),
    State.APPLIED: ("m-done", "task_alt", _("Les lignes acceptées sont dans la base.")),
    State.FAILED: ("m-late", "error", _("L’import s’est interrompu ; rien n’est entré.")),
    State.CANCELLED: ("", "block", _("L’import a été abandonné ; rien n’est entré.")),
    State.UNDONE: ("", "undo", _("L’import a été annulé ; la base est redevenue comme avant.")),
}


# What a report counts: its data lines, then those that enter; the rest was set aside.
COUNTS = ("rows", "created", "updated", "unchanged", "merged")


def badge(batch: ImportBatch) -> dict[str, str]:
    colour, icon, definition = BADGES[batch.state]
    return {
        "colour": colour,
        "icon": icon,
        "label": str(State(batch.state).label),
        "definition": str(definition),
    }


def row(batch: Any, importer: Importer) -> dict[str, Any]:
    """A line of the list of imports; the batch carries the counts of its report as `said_…`."""
    rows, *outcomes = (getattr(batch, f"said_{name}") or 0 for name in COUNTS)
    accepted = sum(outcomes)
    return {
        "batch": batch,
        "kind": importer.label,
        "badge": badge(batch),
        "counted": batch.said_rows is not None
        and batch.state not in {State.UNREADABLE, State.RECEIVED, State.CANCELLED},
        "is_in": batch.state in {State.APPLIED, State.UNDONE},
        "accepted": accepted,
        "rejected": rows - accepted,
    }


def context(
    batch: ImportBatch, importer: Importer, *, asked: Mapping[str, str], user: User | Any
) -> dict[str, Any]:
    """The page of a batch that is no longer to be prepared, or cannot be."""
    report = batch.report
    is_in = batch.state == State.APPLIED
    found: dict[str, Any] = {
        "badge": badge(batch),
        "kind": importer.label,
        "is_in": is_in,
        "interrupted": batch.state == State.RUNNING and batch.job is not None and batch.job.is_over,
        "kept_by": batch.preview.get("kept_by", []),
        "refusal": batch.preview.get("refusal", ""),
    }
    if report and batch.state in {State.APPLIED, State.UNDONE}:
        counts = batch.preview.get("groups") or counts_of(report)
        found |= {
            "report": report,
            "accepted": report["rows"] - len(report["rejected"]),
            "rejected_count": len(report["rejected"]),
            "objects": [
                importer.object_words(name, count) for name, count in report["objects"].items() if count
            ],
            "conflict_count": counts[Group.CONFLICT],
            "warning_count": counts[Group.WARNING],
        }
        if is_in:
            found |= {
                **lines_shown(batch, counts, AFTER, asked=asked, user=user),
                "links": importer.links(batch),
            }
    return found


def counts_of(report: Mapping[str, Any]) -> dict[str, int]:
    """How many lines each group of the report has."""
    return {
        Group.CREATED: report["created"],
        Group.UPDATED: report["updated"],
        Group.UNCHANGED: report["unchanged"],
        Group.MERGED: report["merged"],
        Group.REJECTED: len(report["rejected"]),
        Group.NOT_DATA: len(report["not_data"]),
        Group.CONFLICT: len(report["conflicts"]),
        Group.WARNING: len(report["warnings"]),
    }
