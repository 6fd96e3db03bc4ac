"""The life of a file that comes in: received, previewed, confirmed or left, and taken back.

Its bytes are stored before anything is read from them; nothing enters the base before `confirm`. Pages and the command
call these verbs and nothing else:

    batch = receive(kind="contacts", name="contacts.xlsx", data=upload, by=user)
    plan = preview(batch)                        # raises Refused when the file cannot be read
    settle_columns(batch, {3: "title", 7: ""})   # for each of plan.asked(); then preview again
    settle_choices(batch, terms={"theme": {unknown.key: "T04"}}, replace=["title"])  # then preview again
    report = confirm(batch, by=user)             # raises PlanOutdated when the preview no longer holds
    take_back(batch, by=user)                    # raises CannotUndo with the names of what changed since
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, BinaryIO

from django.core.files.base import File
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from crm.folding import fold
from crm.importing import Plan, PlanOutdated, Refused
from crm.models import ImportBatch, ImportMapping
from crm.registry import Importer, importers
from crm.surveying import MANY, survey


if TYPE_CHECKING:
    from crm.models import User

State = ImportBatch.State
BUSY = gettext_lazy(
    "Un autre import entre dans la base en ce moment : rien de celui-ci n’est entré. Confirmez-le à nouveau quand l’autre "
    "sera fini."
)
OPEN_STATES = frozenset({State.RECEIVED, State.UNREADABLE, State.PLANNED, State.FAILED})


def importer_of(batch: ImportBatch) -> Importer:
    """The importer of this batch's kind.

    Raises:
        Refused: no room registers this kind.
    """
    if batch.kind not in importers:
        raise Refused(_("On ne sait pas importer « %(kind)s ».") % {"kind": batch.kind})
    return importers[batch.kind]


def receive(*, kind: str, name: str, data: BinaryIO, by: User | None) -> ImportBatch:
    """Store a file as it is. Columns that an earlier file has taught are settled when it is previewed."""
    digest = hashlib.sha256()
    data.seek(0)
    while chunk := data.read(1 << 20):
        digest.update(chunk)
    data.seek(0)
    name = PurePath(name.replace("\\", "/")).name[-200:] or "fichier"
    batch = ImportBatch(kind=kind, name=name, digest=digest.hexdigest(), owner=by)
    batch.file.save(name, File(data), save=False)
    batch.save()
    return batch


def earlier(batch: ImportBatch) -> ImportBatch | None:
    """The last import of exactly the same file that is still in the base, if any."""
    known = ImportBatch.objects.filter(kind=batch.kind, digest=batch.digest, state=State.APPLIED).exclude(
        pk=batch.pk
    )
    return known.order_by("-applied_at").first()


def preview(batch: ImportBatch) -> Plan:
    """Say what the file would do, and keep the fingerprint of what was said.

    Raises:
        Refused: the file cannot be read, or the batch is no longer open; the batch keeps the sentence.
    """
    _must_be_open(batch)
    try:
        plan: Plan = importer_of(batch).plan(batch)
    except Refused as refusal:
        batch.state, batch.message, batch.plan_digest = State.UNREADABLE, str(refusal)[:500], ""
        batch.save(update_fields=["state", "message", "plan_digest"])
        raise
    batch.state, batch.message = State.PLANNED, ""
    batch.plan_digest, batch.report, batch.sheet = plan.digest, plan.report(), plan.sheet[:120]
    batch.save(update_fields=["state", "message", "plan_digest", "report", "sheet"])
    return plan


def settle_columns(batch: ImportBatch, columns: Mapping[int, str], *, remember: bool = True) -> None:
    """Keep what headings mean: `{place in the file: column key, or IGNORED}`; for the files to come too if `remember`.

    Raises:
        Refused: a column that the importer does not know, or one heading too many for a column.
    """
    _must_be_open(batch)
    importer = importer_of(batch)
    known = {column.key for column in importer.columns}
    if unknown := {key for key in columns.values() if key} - known:
        raise Refused(_("Colonne inconnue : %(columns)s.") % {"columns": ", ".join(sorted(unknown))})
    batch.columns = batch.columns | {str(place): key for place, key in columns.items()}
    batch.save(update_fields=["columns"])
    if remember:
        texts = {heading.place: heading.text for heading in importer.headings(batch)}
        for place, key in columns.items():
            if folded := fold(texts.get(place, ""))[:200]:
                ImportMapping.objects.update_or_create(
                    kind=batch.kind, heading=folded, defaults={"column": key}
                )


def settle_choices(
    batch: ImportBatch,
    *,
    terms: Mapping[str, Mapping[str, str]] | None = None,
    replace: Iterable[str] | None = None,
    create_missing: bool | None = None,
) -> None:
    """Keep what was decided: for unknown terms `{vocabulary: {Unknown.key: code, CREATE or LEAVE_OUT}}`; which columns
    replace what is there (all keys each time); whether every other unknown term is created « à classer »."""
    _must_be_open(batch)
    choices: dict[str, Any] = dict(batch.choices)
    for vocabulary, chosen in (terms or {}).items():
        choices["terms"] = {
            **choices.get("terms", {}),
            vocabulary: {**choices.get("terms", {}).get(vocabulary, {}), **chosen},
        }
    if replace is not None:
        choices["replace"] = sorted(set(replace))
    if create_missing is not None:
        choices["create_missing"] = create_missing
    batch.choices = choices
    batch.save(update_fields=["choices"])


def confirm(
    batch: ImportBatch, *, by: User | None, advance: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """Let the previewed file enter, all of it or nothing, and answer its report.

    Raises:
        PlanOutdated: the preview no longer holds; preview again.
        Refused: the batch was not previewed, or somebody else has confirmed it.
    """
    try:
        taken = ImportBatch.objects.filter(pk=batch.pk, state=State.PLANNED).update(state=State.RUNNING)
    except OperationalError as error:
        if is_locked(error):
            raise Refused(str(BUSY)) from error
        raise
    if not taken:
        raise Refused(
            _(
                "Cet import n’attend plus de confirmation : il a été confirmé ou laissé dans une autre fenêtre."
            )
        )
    try:
        report = importer_of(batch).apply(batch, by=by, advance=advance)
    except OperationalError as error:
        if not is_locked(error):
            _interrupted(batch)
            raise
        ImportBatch.objects.filter(pk=batch.pk).update(state=State.PLANNED)
        raise Refused(str(BUSY)) from error
    except PlanOutdated:
        ImportBatch.objects.filter(pk=batch.pk).update(state=State.PLANNED)
        raise
    except BaseException:
        _interrupted(batch)
        raise
    finally:
        batch.refresh_from_db()
    if report["rows"] >= MANY:
        survey()
    return report


def _interrupted(batch: ImportBatch) -> None:
    message = _("L’import s’est interrompu : rien n’est entré dans la base. Vous pouvez recommencer.")
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.FAILED, message=message)


def is_locked(error: OperationalError) -> bool:
    """Whether SQLite's one writer is somebody else, and was for longer than we wait."""
    return connection.vendor == "sqlite" and "locked" in str(error)


def cancel(batch: ImportBatch) -> None:
    """Leave a file that has not entered."""
    _must_be_open(batch)
    batch.state = State.CANCELLED
    batch.save(update_fields=["state"])


def take_back(batch: ImportBatch, *, by: User | None) -> dict[str, Any]:
    """Undo an import: what it created goes, what it changed is as before.

    Raises:
        CannotUndo: records were changed since; nothing is undone.
        Refused: the batch is not in the base.
    """
    with transaction.atomic():
        taken = ImportBatch.objects.filter(pk=batch.pk, state=State.APPLIED).update(state=State.UNDONE)
        if not taken:
            raise Refused(_("Cet import n’est pas dans la base : il n’y a rien à annuler."))
        report: dict[str, Any] = importer_of(batch).undo(batch, by=by)
        ImportBatch.objects.filter(pk=batch.pk).update(
            message=_("Annulé le %(day)s.") % {"day": timezone.localdate().strftime("%d/%m/%Y")}
        )
    batch.refresh_from_db()
    return report


def _must_be_open(batch: ImportBatch) -> None:
    if batch.state not in OPEN_STATES:
        raise Refused(
            _("Cet import n’est plus à préparer : il est « %(state)s ».")
            % {"state": batch.get_state_display()}
        )
