"""The door of imports of this room: what `crm.registry` asks of each kind of file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from django.db import transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from contacts.importing import showing
from contacts.importing.applying import Writing
from contacts.importing.columns import CONTACTS
from contacts.importing.headings import Columns
from contacts.importing.opening import Opened, opened
from contacts.importing.planning import plan_contacts
from contacts.importing.reporting import write_rejected
from contacts.importing.schemes.applying import SchemeWriting
from contacts.importing.schemes.columns import SCHEMES
from contacts.importing.schemes.planning import plan_schemes
from contacts.importing.undoing import Undoing
from contacts.models import Channel, Contact, Opposition, Position, Scheme, SuppressedAddress, Synonym
from crm.auditing import record_deed
from crm.folding import fold
from crm.importing import CREATE, LEAVE_OUT, Column, Heading, Plan, PlanOutdated
from crm.models import Association, Deed, ImportBatch
from crm.receiving import earlier
from crm.registry import importers


if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from crm.models import User

Write = Callable[[Plan, ImportBatch, "User | None", Callable[[int, int], None] | None], None]


class TableImporter:
    """Implements `crm.registry.Importer` for a table whose lines are planned together and written together."""

    def __init__(
        self,
        *,
        kind: str,
        label: StrOrPromise,
        model: str,
        permission: str,
        known: Columns,
        make_plan: Callable[..., Plan],
        write: Write,
    ) -> None:
        self.kind, self.label, self.model, self.permission = kind, label, model, permission
        self.known, self._make_plan, self._write = known, make_plan, write

    @property
    def columns(self) -> Sequence[Column]:
        return self.known.choices()

    def headings(self, batch: ImportBatch) -> Sequence[Heading]:
        with opened(batch, self.known) as file:
            return file.headings

    def plan(self, batch: ImportBatch) -> Plan:
        with opened(batch, self.known) as file:
            return self._plan(batch, file)

    def _plan(self, batch: ImportBatch, file: Opened) -> Plan:
        remarks = [*file.remarks]
        if (before := earlier(batch)) is not None and before.applied_at:
            day = timezone.localtime(before.applied_at)
            told = _(
                "Exactement ce fichier a déjà été importé le %(day)s : ce qu’il a apporté n’entrera pas deux fois."
            )
            remarks.insert(0, told % {"day": f"{day:%d/%m/%Y}"})
        return self._make_plan(
            file.table, file.headings, choices=batch.choices, on=timezone.localdate(), tell=remarks
        )

    def apply(
        self, batch: ImportBatch, *, by: User | None, advance: Callable[[int, int], None] | None = None
    ) -> dict[str, Any]:
        """Plan again, compare with the preview, and write all of it in one short transaction.

        Imports enter one at a time. If the base was written between the plan and its turn, the plan is made once more,
        under the lock.
        """
        stamp = _stamp()
        with opened(batch, self.known) as file:
            plan = self._checked(batch, file)
            with transaction.atomic():
                Association.objects.get_or_create(pk=1)
                Association.objects.select_for_update().get(pk=1)
                if _stamp() != stamp:
                    plan = self._checked(batch, file)
                self._write(plan, batch, by, advance)
                _learn(batch, plan)
                batch.state, batch.message = ImportBatch.State.APPLIED, ""
                batch.applied_at, batch.report = timezone.now(), plan.report()
                batch.save(update_fields=["state", "message", "applied_at", "report"])
                record_deed(Deed.IMPORTED, by=by, on=batch, count=plan.counts().accepted)
        report: dict[str, Any] = batch.report
        return report

    def _checked(self, batch: ImportBatch, file: Opened) -> Plan:
        plan = self._plan(batch, file)
        if plan.digest != batch.plan_digest:
            raise PlanOutdated(
                _("La base a changé depuis l’aperçu : relisez-le avant de confirmer. Rien n’est entré.")
            )
        return plan

    def undo(self, batch: ImportBatch, *, by: User | None) -> dict[str, Any]:
        report: dict[str, Any] = Undoing(batch, by).undo()
        record_deed(Deed.IMPORT_UNDONE, by=by, on=batch, count=report["deleted"] + report["restored"])
        return report

    def write_rejected(self, batch: ImportBatch, target: BinaryIO) -> None:
        reasons = {found["line"]: found["reason"] for found in batch.report.get("rejected", ())}
        with opened(batch, self.known) as file:
            write_rejected(file.table, file.headings, reasons, target)

    def terms(self, vocabulary: str) -> Sequence[tuple[str, str]]:
        return showing.terms(vocabulary)

    def object_words(self, name: str, count: int) -> str:
        return showing.object_words(name, count)

    def links(self, batch: ImportBatch) -> Sequence[tuple[str, str]]:
        return showing.links(batch)


def _stamp() -> tuple[object, ...]:
    """Changes whenever a record that a plan has read may have been written."""
    contacts = Contact.objects.aggregate(n=Count("pk"), last=Max("pk"), versions=Sum("version"))
    schemes = Scheme.objects.aggregate(n=Count("pk"), last=Max("pk"), versions=Sum("version"))
    lasts = [
        model._base_manager.aggregate(last=Max("pk"))
        for model in (Channel, Position, Opposition, SuppressedAddress)
    ]
    return (*contacts.values(), *schemes.values(), *(one["last"] for one in lasts))


def _learn(batch: ImportBatch, plan: Plan) -> None:
    """Spellings that somebody has said to be a known term: asked once, kept (`contacts.Synonym`)."""
    terms: Mapping[str, Mapping[str, str]] = batch.choices.get("terms", {})
    listed = {value for value, _label in Synonym.List.choices}
    texts = {(unknown.vocabulary, unknown.key): unknown.text for unknown in plan.unknown}
    new = [
        Synonym(
            vocabulary=vocabulary,
            folded=fold(texts[vocabulary, key])[:150],
            text=texts[vocabulary, key],
            code=code,
        )
        for vocabulary, chosen in terms.items()
        if vocabulary in listed
        for key, code in chosen.items()
        if code not in {CREATE, LEAVE_OUT} and (vocabulary, key) in texts
    ]
    Synonym.objects.bulk_create(new, ignore_conflicts=True)


def _write_contacts(
    plan: Plan, batch: ImportBatch, by: User | None, advance: Callable[[int, int], None] | None
) -> None:
    Writing(plan.content, batch, by).write(advance)


def _write_schemes(
    plan: Plan, batch: ImportBatch, by: User | None, advance: Callable[[int, int], None] | None
) -> None:
    SchemeWriting(plan.content, batch, by).write(advance)


def register() -> None:
    """Hand the importers of this room down to the ground floor."""
    importers.add(
        TableImporter(
            kind="contacts",
            label=gettext_lazy("Contacts"),
            model="contacts.contact",
            permission="contacts.import_contact",
            known=CONTACTS,
            make_plan=plan_contacts,
            write=_write_contacts,
        )
    )
    importers.add(
        TableImporter(
            kind="schemes",
            label=gettext_lazy("Démarches territoriales"),
            model="contacts.scheme",
            permission="contacts.import_scheme",
            known=SCHEMES,
            make_plan=plan_schemes,
            write=_write_schemes,
        )
    )
