"""A file on its way in: choose it, say what its columns mean, see what would happen, let it enter, take it back.

Each page shows the batch where it stands; a batch that stands elsewhere (another window, the back button) is led there.
Nothing here writes in a room: `crm.receiving` does, through the tasks that long files leave to the worker.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from io import BytesIO
from pathlib import PurePath
from typing import BinaryIO

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm import previewing, receiving, tasks
from crm.auditing import record_deed
from crm.doors import door
from crm.importing import Refused
from crm.jobs import BusyError, begin
from crm.models import Deed, ImportBatch
from crm.once import may_repeat, spends_alone
from crm.pages import import_workbench
from crm.pages.frame import page_context
from crm.pages.import_forms import ColumnsForm, Spreadsheet, UploadForm, term_choices
from crm.pages.model_file import write_model
from crm.progressing import up_to_date
from crm.reading import Unreadable, open_sheet
from crm.registry import Importer, importers


IMPORT = "crm.import_file"
INLINE_ROWS = 2_000
"""Beyond so many lines the worker plans and writes, and the page shows how far it is."""
SURELY_SHORT, SURELY_LONG = 64 << 10, 4 << 20
"""Bytes under and over which nobody counts the lines of a new file first."""

State = ImportBatch.State


def allowed_importers(request: HttpRequest) -> list[Importer]:
    """The kinds of file that this account may bring in."""
    return [importer for importer in importers if request.user.has_perm(importer.permission)]


def url(name: str, batch: ImportBatch) -> str:
    return reverse(f"admin:crm_importbatch_{name}", args=[batch.pk])


def is_busy(batch: ImportBatch) -> bool:
    """Whether somebody is at it, as far as one can tell."""
    return batch.job is not None and not batch.job.is_over


def place_of(batch: ImportBatch) -> str:
    """The address of the page where this batch stands."""
    if is_busy(batch):
        return url("progress", batch)
    if batch.state == State.PLANNED:
        asked = any(heading["column"] is None for heading in batch.preview.get("headings", ()))
        return url("columns" if asked else "preview", batch)
    return url("record", batch)


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    """The batch, for who may bring in what it holds."""
    rows = ImportBatch.objects.visible_to(request.user).select_related("owner", "job")
    batch = get_object_or_404(rows, pk=pk)
    if batch.kind not in importers:
        raise Http404
    if not request.user.has_perm(importers[batch.kind].permission):
        raise PermissionDenied
    return batch


def _is_long(batch: ImportBatch) -> bool:
    """Whether the worker is to do it. Before a first plan has counted the lines, a middling file is read through once."""
    rows = batch.preview.get("rows") or batch.report.get("rows")
    if rows is None and SURELY_SHORT < batch.file.size <= SURELY_LONG:
        with batch.file.open("rb") as file:
            try:
                rows = open_sheet(file.read(), name=batch.name).row_count
            except Unreadable:
                rows = 0  # the plan says why, at once
    return bool(rows > INLINE_ROWS) if rows is not None else batch.file.size > SURELY_SHORT


def _look(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """Plan the file, here or in the background, and lead to where that leaves it."""
    with suppress(BusyError):
        begin(
            batch,
            kind="import_preview",
            by=request.user,  # type: ignore[arg-type]
            task=tasks.look_at_file,
            at_once=not _is_long(batch),
        )
    batch.refresh_from_db()
    return _lead(request, batch)


def _lead(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """Go where the batch stands; a page that only asked for its middle is led there whole."""
    target = place_of(batch)
    if "HX-Request" in request.headers and target != url("preview", batch):
        return HttpResponse(headers={"HX-Redirect": target})
    return redirect(target)


@spends_alone
@never_cache
@door(IMPORT)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose what the file holds and the file. Its bytes are kept before anything is read from them."""
    allowed = allowed_importers(request)
    if not allowed:
        raise PermissionDenied
    form = UploadForm(
        allowed,
        data=request.POST if request.method == "POST" else None,
        files=request.FILES if request.method == "POST" else None,
        initial={"resource": request.GET.get("kind", "")},
    )
    unreadable: ImportBatch | None = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["import_file"]
        batch = receiving.receive(
            kind=form.cleaned_data["resource"],
            name=file.name,
            data=file,
            by=request.user,  # type: ignore[arg-type]
        )
        if receiving.earlier(batch):
            return redirect(url("known", batch))
        answer = _look(request, batch)
        if batch.state != State.UNREADABLE:
            return answer
        unreadable = batch
    context = page_context(
        request,
        _("Importer un fichier"),
        form=form,
        importers=allowed,
        unreadable=unreadable,
        max_megabytes=settings.IMPORT_MAX_BYTES >> 20,
        max_rows=settings.IMPORT_MAX_ROWS,
    )
    return render(request, "crm/imports/upload.html", context)


@door(IMPORT)
@require_GET
def model_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """A spreadsheet with the headings that are understood and one example line."""
    found = {importer.kind: importer for importer in allowed_importers(request)}.get(kind)
    if found is None:
        raise PermissionDenied
    return _download(
        partial(write_model, found), _("modèle %(kind)s.xlsx") % {"kind": str(found.label).lower()}
    )


def _download(write: Callable[[BinaryIO], None], name: str) -> FileResponse:
    """A spreadsheet written now and sent under this name."""
    book = BytesIO()
    write(book)
    book.seek(0)
    return FileResponse(
        book, as_attachment=True, filename=name, content_type=Spreadsheet().get_content_type()
    )


@never_cache
@door(IMPORT)
@require_GET
def known(request: HttpRequest, pk: int) -> HttpResponse:
    """This very file was imported before: look at that report, or go on."""
    batch = _batch(request, pk)
    earlier = receiving.earlier(batch)
    if earlier is None or batch.state != State.RECEIVED:
        return redirect(place_of(batch))
    context = page_context(request, _("Ce fichier a déjà été importé"), batch=batch, earlier=earlier)
    return render(request, "crm/imports/known.html", context)


@spends_alone
@door(IMPORT)
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the file and make its preview, again if need be; a job that died at it is given up."""
    batch = _batch(request, pk)
    if batch.job is not None and batch.job.is_stalled:
        batch.job.finish(failed=True)
    if batch.job is not None and batch.job.is_over:
        ImportBatch.objects.filter(pk=batch.pk, state=State.RUNNING).update(state=State.PLANNED)
        batch.refresh_from_db()
    if batch.state not in receiving.OPEN_STATES:
        return redirect(place_of(batch))
    return _look(request, batch)


@spends_alone
@never_cache
@door(IMPORT)
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What the headings mean: those not understood are asked, the others can be corrected; another sheet can be chosen."""
    may_repeat(request)  # an answer that is given again changes nothing
    batch = _batch(request, pk)
    if batch.state != State.PLANNED or is_busy(batch):
        return redirect(place_of(batch))
    if "sheet" in request.POST:
        if request.POST["sheet"] in batch.preview.get("sheets", ()):
            batch.sheet, batch.columns = request.POST["sheet"], {}
            batch.save(update_fields=["sheet", "columns"])
        return _look(request, batch)
    answers = request.POST if request.method == "POST" else None
    form = ColumnsForm(preview=batch.preview, importer=importers[batch.kind], data=answers)
    if request.method == "POST" and form.is_valid():
        try:
            receiving.settle_columns(batch, form.settled())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _look(request, batch)
    context = page_context(
        request,
        _("Que contiennent ces colonnes ?"),
        batch=batch,
        form=form,
        sheets=batch.preview.get("sheets", []),
    )
    return render(request, "crm/imports/columns.html", context)


@spends_alone
@never_cache
@door(IMPORT)
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbench: what would happen, what is to be decided. A decision makes the preview again."""
    may_repeat(request)
    batch = _batch(request, pk)
    if batch.state != State.PLANNED or is_busy(batch):
        return _lead(request, batch)
    if request.method == "POST":
        receiving.settle_choices(
            batch,
            terms=term_choices(request.POST, batch.preview["unknown"]),
            replace=request.POST.getlist("replace"),
        )
        return _look(request, batch)
    if batch.preview.get("digest") != batch.plan_digest:  # planned elsewhere since
        return _look(request, batch)
    context = page_context(request, _("Ce qui va se passer"), batch=batch, long=_is_long(batch))
    context |= import_workbench.context(batch, importers[batch.kind], asked=request.GET, user=request.user)
    return render(request, "crm/imports/preview.html", context)


@spends_alone
@door(IMPORT)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the file enter, once, and only as it was shown."""
    batch = _batch(request, pk)
    if batch.state != State.PLANNED:
        return redirect(place_of(batch))
    if request.POST.get("digest") != batch.plan_digest:
        messages.warning(
            request, _("L’aperçu a changé dans une autre fenêtre. Le voici : relisez-le avant d’importer.")
        )
        return redirect(url("preview", batch))
    try:
        begin(
            batch,
            kind="import",
            by=request.user,  # type: ignore[arg-type]
            task=tasks.import_file,
            at_once=not _is_long(batch),
            user=request.user.pk,
        )
    except BusyError:
        messages.info(
            request, _("Cet import vient d’être confirmé dans une autre fenêtre : il n’entrera qu’une fois.")
        )
    except Refused as refusal:
        messages.warning(request, str(refusal))
    batch.refresh_from_db()
    return redirect(place_of(batch))


@door(IMPORT)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a file that has not entered. Its bytes stay with the batch; what was said line by line goes."""
    batch = _batch(request, pk)
    try:
        receiving.cancel(batch)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect(place_of(batch))
    previewing.forget_lines(batch)
    messages.success(
        request, _("L’import de « %(name)s » est abandonné : rien n’est entré.") % {"name": batch.name}
    )
    return redirect("admin:crm_importbatch_changelist")


@never_cache
@door(IMPORT)
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the work is. The page asks for its own middle every second; once over, it goes where the batch stands."""
    batch = _batch(request, pk)
    asked_by_page = "HX-Request" in request.headers
    if (target := place_of(batch)) != url("progress", batch):
        if asked_by_page:
            return HttpResponse(headers={"HX-Redirect": target})
        return redirect(target)
    context = {"batch": batch, "job": up_to_date(batch.job) if batch.job else None}
    if asked_by_page:
        return render(request, "crm/imports/progress_bar.html", context)
    return render(
        request, "crm/imports/progress.html", page_context(request, _("Import en cours"), **context)
    )


@spends_alone
@never_cache
@door(IMPORT)
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an import back, once somebody has read what that means."""
    batch = _batch(request, pk)
    if batch.state != State.APPLIED or is_busy(batch):
        return redirect(place_of(batch))
    if request.method == "POST":
        batch.preview = {
            name: value for name, value in batch.preview.items() if name not in {"kept_by", "refusal"}
        }
        batch.save(update_fields=["preview"])
        with suppress(BusyError, Refused):  # taken back in another window at the same moment
            begin(
                batch,
                kind="import_undo",
                by=request.user,  # type: ignore[arg-type]
                task=tasks.take_back_import,
                at_once=not _is_long(batch),
                user=request.user.pk,
            )
        batch.refresh_from_db()
        return redirect(place_of(batch))
    context = page_context(request, _("Annuler cet import ?"), batch=batch)
    return render(request, "crm/imports/undo.html", context)


@door(IMPORT)
@require_GET
def rejected(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The lines set aside, with their reason, as a spreadsheet to mend and import again."""
    batch = _batch(request, pk)
    if not batch.report.get("rejected"):
        raise Http404
    record_deed(Deed.EXPORTED, by=request.user, on=batch, count=len(batch.report["rejected"]))
    name = _("à corriger, %(name)s.xlsx") % {"name": PurePath(batch.name).stem}
    return _download(partial(importers[batch.kind].write_rejected, batch), name)


@door(IMPORT)
@require_GET
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as it came, under its own name; a download, never shown in place."""
    batch = _batch(request, pk)
    record_deed(Deed.EXPORTED, by=request.user, on=batch, count=batch.report.get("rows", 0))
    return FileResponse(
        batch.file.open("rb"),
        as_attachment=True,
        filename=batch.name,
        content_type="application/octet-stream",
    )
