"""The export page: what for, why, which columns; how many leave and who stays is always in sight before the file is made."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_GET
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from contacts.admin.filtering import numbers
from contacts.admin.narrowing import SELECTION, Narrowing
from contacts.export_columns import COLUMNS, GROUPS, Column, addresses, allowed, rows
from contacts.exporting import Question, record_export, refused_prints
from contacts.models.contact_queries import ContactQuerySet
from contacts.vcards import cards
from crm import writing
from crm.doors import door
from crm.models import Export, Purpose
from crm.once import answers_again, now_made, sent_before
from crm.pages.frame import page_context
from crm.privacy import PRIVATE_CHANNEL
from crm.seeing import sees
from crm.signing_in.again import ask
from crm.templatetags.french import grouped


RECORDS, ADDRESS_LIST = "records", "addresses"
FORMATS = {
    "csv": (gettext_lazy("CSV, pour Excel"), "text/csv; charset=utf-8"),
    "xlsx": (
        gettext_lazy("Excel (XLSX)"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "vcf": (gettext_lazy("Carnet d’adresses (vCard)"), "text/vcard; charset=utf-8"),
}


class ExportForm(forms.Form):
    """Purpose and reason are asked each time: a list that leaves answers for itself."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("À quoi servira cette liste ?"),
        choices=[("", gettext_lazy("Choisissez la finalité")), *Purpose.choices],
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("Qui a refusé cette finalité n’y sera pas."),
        error_messages={"required": gettext_lazy("Choisissez à quoi servira cette liste.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi, en quelques mots ?"),
        min_length=4,
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy(
            "Par exemple : « invitation à la journée régionale du 12 mars ». Le motif reste dans le journal des exports."
        ),
        error_messages={
            "required": gettext_lazy("Dites en quelques mots pourquoi cette liste sort."),
            "min_length": gettext_lazy("Dites-le en quelques mots : ce motif sera relu plus tard."),
        },
    )
    layout = forms.ChoiceField(
        label=gettext_lazy("Contenu"),
        choices=[
            (RECORDS, gettext_lazy("Des fiches : les colonnes de votre choix")),
            (ADDRESS_LIST, gettext_lazy("Des adresses pour un envoi : seulement qui a une adresse e-mail")),
        ],
        initial=RECORDS,
        widget=UnfoldAdminRadioSelectWidget,
    )
    file_format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[(code, label) for code, (label, _type) in FORMATS.items()],
        initial="csv",
        widget=UnfoldAdminRadioSelectWidget,
    )
    columns = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.allowed = columns = allowed(user)
        self.fields["columns"].choices = [(column.code, column.label) for column in columns]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            "purpose", "reason", "layout", "file_format"
        )  # the columns have a card of their own

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("layout") == RECORDS and not given.get("columns") and "columns" not in self.errors:
            self.add_error("columns", _("Cochez au moins une colonne."))
        return given

    @property
    def chosen(self) -> list[Column]:
        """The columns of the file, in the order of the page."""
        if self.cleaned_data["layout"] == ADDRESS_LIST:
            return addresses(self.user)
        return [COLUMNS[code] for code in COLUMNS if code in self.cleaned_data["columns"]]

    def groups(self) -> list[dict[str, Any]]:
        """The columns one may take, by group, ticked as they were or as is usual."""
        ticked = (
            set(self["columns"].value() or ()) if self.is_bound else {c.code for c in self.allowed if c.usual}
        )
        return [
            {
                "label": label,
                "columns": [
                    (column, column.code in ticked) for column in self.allowed if column.group == group
                ],
            }
            for group, label in GROUPS.items()
            if any(column.group == group for column in self.allowed)
        ]


def asked_rows(request: HttpRequest, narrowing: Narrowing) -> ContactQuerySet:
    """The rows of the address: all that the filters keep, or those that were ticked among them."""
    found = narrowing.ordered()
    if SELECTION not in request.GET:
        return found
    return found.filter(pk__in=numbers(request.GET[SELECTION].split(",")))


@answers_again
@door("contacts.view_contact", "contacts.export_contact")
def export_page(request: HttpRequest) -> HttpResponseBase:
    """GET asks, POST writes the file; many rows leave only with who has proved a short while ago who they are."""
    narrowing = Narrowing(request, request.GET)
    total = asked_rows(request, narrowing).count()
    if total > settings.EXPORT_REAUTH_ROWS and (question := ask(request)):
        return question
    form = ExportForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        return _file(request, narrowing, form)
    back = f"{reverse('admin:contacts_contact_changelist')}?{narrowing.query()}"
    context = page_context(
        request,
        _("Exporter"),
        form=form,
        total=total,
        criteria=_criteria(request, narrowing, total),
        query=_query(request, narrowing),
        back=back,
        preview=_preview(request, narrowing, request.POST),
    )
    return TemplateResponse(request, "contacts/list/export.html", context)


@require_GET
@door("contacts.view_contact", "contacts.export_contact")
def export_preview(request: HttpRequest) -> HttpResponse:
    """How many leave and how many stay, for a purpose and a layout; asked again each time one of them changes."""
    narrowing = Narrowing(request, request.GET)
    return render(request, "contacts/list/export_preview.html", _preview(request, narrowing, request.GET))


def _preview(request: HttpRequest, narrowing: Narrowing, given: QueryDict) -> dict[str, Any]:
    found = asked_rows(request, narrowing)
    purpose = given.get("purpose", "")
    if purpose not in Purpose.values:
        return {"asked": found.count(), "judged": False}
    question = _question(request, found, purpose, given.get("layout", RECORDS))
    leaving, staying = question.tally()
    reasons = [(reason.label, number) for reason, number in staying.items()]
    return {
        "judged": True,
        "asked": leaving + sum(staying.values()),
        "leaving": leaving,
        "staying": sum(staying.values()),
        "reasons": reasons,
        "internal": purpose == Purpose.INTERNAL,
        "purpose": Purpose(purpose).label,
    }


def _question(request: HttpRequest, found: ContactQuerySet, purpose: str, layout: str) -> Question:
    return Question(
        rows=found,
        purpose=purpose,
        needs_address=layout == ADDRESS_LIST,
        private=sees(request.user, PRIVATE_CHANNEL),
    )


def _query(request: HttpRequest, narrowing: Narrowing) -> str:
    query = narrowing.query()
    if SELECTION not in request.GET:
        return query
    chosen = ",".join(str(number) for number in numbers(request.GET[SELECTION].split(",")))
    return "&".join(filter(None, [query, f"{SELECTION}={chosen}"]))


def _criteria(request: HttpRequest, narrowing: Narrowing, total: int) -> list[str]:
    said = narrowing.in_words()
    if SELECTION in request.GET:
        text = ngettext("%(n)s contact coché", "%(n)s contacts cochés", total) % {"n": grouped(total)}
        said.append(text)
    return said


def _file(request: HttpRequest, narrowing: Narrowing, form: ExportForm) -> HttpResponseBase:
    given = form.cleaned_data
    question = _question(request, asked_rows(request, narrowing), given["purpose"], given["layout"])
    if not question.leaving():
        messages.warning(
            request, _("Aucun contact ne peut sortir pour cette finalité : la liste n’a pas été faite.")
        )
        return redirect(f"{request.path}?{_query(request, narrowing)}")
    columns = form.chosen
    refused = refused_prints(given["purpose"])
    if first := sent_before(
        request
    ):  # a second press: the browser dropped the first file, and nobody counts it twice
        export = Export.objects.get(pk=first, owner=request.user.pk)
        return outgoing(export, question.leaving(), columns, user=request.user, refused=refused)
    export, pks = record_export(
        question=question,
        reason=given["reason"],
        columns=[str(column.label) for column in columns],
        file_format=given["file_format"],
        query=_query(request, narrowing),
        criteria=_criteria(request, narrowing, len(question.leaving())),
        by=request.user,  # type: ignore[arg-type]
    )
    now_made(request, export.pk)
    return outgoing(export, pks, columns, user=request.user, refused=refused)


def outgoing(
    export: Export, pks: list[int], columns: list[Column], *, user: Any, refused: Any
) -> HttpResponseBase:
    """The file of an export that is noted: streamed, so that its size is not ours to hold."""
    name = get_valid_filename(
        f"contacts-{export.purpose}-{timezone.localdate(export.at):%Y-%m-%d}.{export.file_format}"
    )
    content_type = FORMATS[export.file_format][1]
    if export.file_format == "vcf":
        columns = [*columns, COLUMNS["kind"]]  # a card is a person's or an organisation's
    lines = rows(pks, columns, user=user, refused=refused)
    headings = [writing.Column(str(column.label), column.kind) for column in columns]
    if export.file_format == "xlsx":
        book = _workbook(export, headings, lines)
        return FileResponse(book, as_attachment=True, filename=name, content_type=content_type)
    chunks = (
        writing.stream_vcard(cards(lines, columns))
        if export.file_format == "vcf"
        else writing.stream_csv(headings, lines)
    )
    response = StreamingHttpResponse(chunks, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _workbook(export: Export, headings: list[writing.Column], lines: Iterator[list[Any]]) -> Any:
    """A typed workbook in a temporary file, which goes when it is closed; its second sheet says what it is."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
    about = {
        _("Finalité"): str(export.get_purpose_display()),
        _("Motif"): export.reason,
        _("Exporté le"): f"{timezone.localtime(export.at):%d/%m/%Y}",
        _("Par"): str(export.owner),
        _("Filtres"): "\n".join(export.criteria),
    }
    writing.write_xlsx(headings, lines, target, sheet=_("Contacts"), about=about)
    target.seek(0)
    return target
