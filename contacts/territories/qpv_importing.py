"""`import_file qpv`: the official file of priority districts, by page or by command, with preview and undoing."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import xlsxwriter
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from contacts.importing import showing
from contacts.models import Contact, Scheme
from contacts.models.territory import Territory
from contacts.territories import qpv
from crm.auditing import record_deed
from crm.folding import fold
from crm.importing import IGNORED, CannotUndo, Column, Heading, NotData, Outcome, Plan, PlanOutdated, Refused
from crm.models import Deed, ImportBatch, ImportChange
from crm.reading.limits import Unreadable
from crm.reading.sheet import Sheet, open_sheet
from crm.reading.table import Table, find_table


if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from crm.models import User

_KNOWN = {
    qpv.CODE: "code qp|code qpv|code quartier|code du quartier|numero|num qp|code|codgeo|quartier prioritaire code",
    qpv.LABEL: "lib qp|lib qpv|libelle|libelle qp|libelle du quartier|nom qp|nom qpv|nom|nom du quartier|quartier|label",
    qpv.COMMUNES: "insee com|code insee|codes insee|code commune|codes communes|code com|codes com|depcom|insee|com"
    "|insee commune|code insee commune|list com|commune|communes",
}
_COLUMN_OF = {fold(name): key for key, names in _KNOWN.items() for name in names.split("|")}


@dataclass(slots=True)
class _Opened:
    """A stored file, read: the table and where each column of ours stands in it."""

    sheet: Sheet
    table: Table
    headings: list[Heading]
    places: dict[str, int]


class QpvImporter:
    """Implements `crm.registry.Importer`."""

    kind = "qpv"
    label: StrOrPromise = gettext_lazy("Quartiers prioritaires (fichier officiel)")
    permission = "contacts.import_territory"
    model = "contacts.territory"

    @property
    def columns(self) -> Sequence[Column]:
        """The three columns of the official file."""
        return (
            Column(qpv.CODE, _("Numéro du quartier"), example="QN09301M"),
            Column(qpv.LABEL, _("Nom du quartier"), example="Les Tilleuls"),
            Column(qpv.COMMUNES, _("Codes INSEE des communes"), example="93066, 93001"),
        )

    def headings(self, batch: ImportBatch) -> Sequence[Heading]:
        """What each heading is taken for: chosen for this file, or known."""
        opened = _open(batch)
        opened.sheet.close()
        return opened.headings

    def plan(self, batch: ImportBatch) -> Plan:
        """What the file would do; all three columns are needed."""
        opened = _open(batch)
        missing = [column.label for column in self.columns if column.key not in opened.places]
        if missing:
            opened.sheet.close()
            raise Refused(
                _("Il manque : %(columns)s. Le fichier officiel a les colonnes code_qp, lib_qp et insee_com.")
                % {"columns": ", ".join(missing)}
            )
        texts = {heading.place: heading.text for heading in opened.headings}
        names = {key: texts[place] for key, place in opened.places.items()}
        since = batch.choices.get("in_force")
        lines, planned, warnings = qpv.plan_rows(
            _rows(opened),
            names=names,
            **({"in_force": datetime.date.fromisoformat(since)} if since else {}),
        )
        plan = Plan(
            kind=self.kind,
            sheet=opened.sheet.sheet_name or "",
            sheets=opened.sheet.sheet_names,
            heading_line=opened.table.header_line,
            headings=opened.headings,
            lines=lines,
            not_data=[NotData(*line) for line in opened.table.not_data],
            warnings=warnings,
            objects={"territories": sum(what.outcome is Outcome.CREATED for what in planned)},
            digest=_digest(planned),
            content=planned,
        )
        opened.sheet.close()
        return plan

    def apply(
        self, batch: ImportBatch, *, by: User | None, advance: Callable[[int, int], None] | None = None
    ) -> dict[str, Any]:
        """Plan again, refuse if the preview no longer holds, and write in one transaction."""
        with transaction.atomic():
            plan = self.plan(batch)
            if plan.digest != batch.plan_digest:
                raise PlanOutdated(
                    _("Les territoires ont changé depuis l’aperçu : relisez-le avant de confirmer.")
                )
            qpv.write(plan.content)
            written = [what for what in plan.content if what.outcome is not Outcome.UNCHANGED]
            ImportChange.objects.bulk_create(_change(batch, what) for what in written)
            batch.state, batch.applied_at, batch.report = (
                ImportBatch.State.APPLIED,
                timezone.now(),
                plan.report(),
            )
            batch.save(update_fields=["state", "applied_at", "report"])
            record_deed(Deed.IMPORTED, by=by, on=batch, count=len(written))
        if advance is not None:
            advance(len(plan.lines), len(plan.lines))
        report: dict[str, Any] = batch.report
        return report

    def undo(self, batch: ImportBatch, *, by: User | None) -> dict[str, Any]:
        """Take the districts away again, unless somebody works there or a later file changed them."""
        changes = list(batch.changes.filter(model=self.model))
        there = Territory.objects.in_bulk([change.record for change in changes])
        created = [
            there[c.record] for c in changes if c.kind == ImportChange.Kind.CREATED and c.record in there
        ]
        names = [str(contact) for contact in Contact.objects.filter(territories__in=created).distinct()[:100]]
        names += [str(scheme) for scheme in Scheme.objects.filter(territories__in=created).distinct()[:100]]
        if names:
            raise CannotUndo(_("Des fiches sont rattachées à ces quartiers."), names)
        if changed := [
            str(there[c.record])
            for c in changes
            if c.record in there and _values(there[c.record]) != c.before["after"]
        ]:
            raise CannotUndo(_("Ces quartiers ont été modifiés depuis."), changed[:100])
        Territory.objects.filter(pk__in=[district.pk for district in created]).delete()
        back = [
            _restored(there[c.record], c.before)
            for c in changes
            if c.kind == ImportChange.Kind.UPDATED and c.record in there
        ]
        qpv.write(back)
        record_deed(Deed.IMPORT_UNDONE, by=by, on=batch, count=len(created) + len(back))
        return {"deleted": len(created), "restored": len(back)}

    def write_rejected(self, batch: ImportBatch, target: BinaryIO) -> None:
        """The lines set aside, with their reason, in the official columns."""
        opened = _open(batch)
        reasons = {row["line"]: row["reason"] for row in batch.report.get("rejected", ())}
        with xlsxwriter.Workbook(
            target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        ) as book:
            page = book.add_worksheet(_("À reprendre"))
            texts = {heading.place: heading.text for heading in opened.headings}
            keys = [column.key for column in self.columns if column.key in opened.places]
            page.write_row(0, 0, [*(texts[opened.places[key]] for key in keys), _("Motif")])
            kept = (row for row in _rows(opened) if row.number in reasons)
            for number, row in enumerate(kept, start=1):
                for place, text in enumerate([*(getattr(row, key) for key in keys), reasons[row.number]]):
                    page.write_string(number, place, text)
        opened.sheet.close()

    def terms(self, vocabulary: str) -> Sequence[tuple[str, str]]:
        return showing.terms(vocabulary)

    def object_words(self, name: str, count: int) -> str:
        return showing.object_words(name, count)

    def links(self, batch: ImportBatch) -> Sequence[tuple[str, str]]:
        return showing.links(batch)


def _open(batch: ImportBatch) -> _Opened:
    with batch.file.open("rb") as file:
        content = file.read()
    try:
        sheet = open_sheet(content, name=batch.name, sheet=batch.sheet or None)
        table = find_table(sheet, lambda heading: heading in _COLUMN_OF)
    except Unreadable as refusal:
        raise Refused(f"{refusal.reason} {refusal.hint}") from refusal
    headings: list[Heading] = []
    places: dict[str, int] = {}
    for found in table.headings:
        chosen = batch.columns.get(str(found.index))
        column = chosen if chosen is not None else _COLUMN_OF.get(found.folded, IGNORED)
        if column in places:
            column = IGNORED
        if column:
            places[column] = found.index
        headings.append(Heading(found.index, found.text, column))
    return _Opened(sheet, table, headings, places)


def _rows(opened: _Opened) -> Iterator[qpv.Row]:
    for number, cells in opened.table.data_rows():
        texts = {key: cells[place] for key, place in opened.places.items()}
        yield qpv.Row(number, *(_text(texts.get(key)) for key in (qpv.CODE, qpv.LABEL, qpv.COMMUNES)))


def _text(cell: object) -> str:
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _values(district: Territory) -> dict[str, Any]:
    return {name: str(getattr(district, name)) for name in qpv.FIELDS}


def _change(batch: ImportBatch, what: qpv.Planned) -> ImportChange:
    before = {
        "after": _values(what.territory),
        "fields": {name: str(value) for name, value in what.was.items()},
        "lies_in": what.lay_in,
    }
    created = what.outcome is Outcome.CREATED
    return ImportChange(
        batch=batch,
        kind=ImportChange.Kind.CREATED if created else ImportChange.Kind.UPDATED,
        model=QpvImporter.model,
        record=what.territory.pk,
        before=before,
    )


def _restored(district: Territory, before: dict[str, Any]) -> qpv.Planned:
    for name, value in before["fields"].items():
        setattr(district, name, qpv.field_of(name).to_python(value))
    lies_in = {int(ancestor): overlap for ancestor, overlap in before["lies_in"].items()}
    return qpv.Planned(district, lies_in, Outcome.UPDATED)


def _digest(planned: Sequence[qpv.Planned]) -> str:
    """Of everything that would be written."""
    total = hashlib.sha256()
    for what in planned:
        if what.outcome is not Outcome.UNCHANGED:
            total.update(
                repr((what.territory.code, _values(what.territory), sorted(what.lies_in.items()))).encode()
            )
    return total.hexdigest()
