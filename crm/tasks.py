"""What the worker does for the ground floor. A task takes numbers, never objects: it runs in another process, later."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django_tasks import task

from crm import previewing, receiving
from crm.demonstrating import open_with_demo
from crm.importing import CannotUndo, PlanOutdated, Refused
from crm.jobs import working
from crm.models import ImportBatch, User
from crm.opening import AlreadyOpenError


@task()
def load_demo(job: int) -> None:
    """Make the demonstration, with its progress on the first page."""
    with working(job) as (shown, advance):
        try:
            open_with_demo(advance=advance)
        except AlreadyOpenError:
            shown.message = _("Un compte a été créé entre-temps : la démonstration n’a pas été chargée.")
            raise


@task()
def look_at_file(job: int, *, batch: int) -> None:
    """Plan a file and keep its preview. A file that cannot be read is an answer, not a failure."""
    with working(job):
        try:
            previewing.look(ImportBatch.objects.get(pk=batch))
        except Refused:
            return  # the batch keeps the sentence


@task()
def import_file(job: int, *, batch: int, user: int) -> None:
    """Let a file enter. When the preview no longer holds, make the new one instead."""
    with working(job) as (_shown, advance):
        found = ImportBatch.objects.get(pk=batch)
        try:
            receiving.confirm(found, by=User.objects.get(pk=user), advance=advance)
        except PlanOutdated:
            previewing.look(found, outdated=True)
        except Refused:
            raise
        except Exception as error:
            previewing.log_trace(found, error)  # the batch says that it failed and that nothing entered


@task()
def take_back_import(job: int, *, batch: int, user: int) -> None:
    """Undo an import; a refusal is kept for the page to name the records."""
    with working(job):
        found = ImportBatch.objects.get(pk=batch)
        try:
            receiving.take_back(found, by=User.objects.get(pk=user))
        except CannotUndo as refusal:
            _keep_refusal(found, str(refusal), refusal.names)
        except Refused:
            raise
        except Exception as error:
            previewing.log_trace(found, error)
            _keep_refusal(
                found, _("L’annulation s’est interrompue : rien n’a changé. Vous pouvez recommencer."), []
            )
        else:
            previewing.forget_lines(found)


def _keep_refusal(batch: ImportBatch, sentence: str, names: list[str]) -> None:
    batch.refresh_from_db()
    batch.preview |= {"refusal": sentence, "kept_by": names}
    batch.save(update_fields=["preview"])
