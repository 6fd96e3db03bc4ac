"""Refusals, written after the view has failed, so that what its transaction rolls back does not take them along.

A page that answers 403 refused; one that answers 404 about a record that is there, and that this account may not see, did
too: to the person it says what an absent record says, to the journal it does not. One line an account, a page and a minute,
with the first record that was tried: a crawler cannot fill the base. Whoever is not signed in is led to sign in, which is
no refusal; their failed attempts are the sign-in page's to write.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from crm.auditing import record_deed
from crm.models import AuditEntry, Deed


if TYPE_CHECKING:
    from crm.models import User

QUIET: Final = timedelta(minutes=1)
"""After a line, how long the same account's refusals on the same page are not written again."""
RECORD: Final = ("object_id", "pk", "kept_pk")
"""How addresses name the record they are about."""


class RefusalMiddleware:
    """Stands below the one that knows who is signed in, above all that may refuse."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code in {403, 404} and request.user.is_authenticated:
            record_refusal(request, status=response.status_code)
        return response


def record_refusal(request: HttpRequest, *, status: int) -> AuditEntry | None:
    """Write that this account was refused this page; None when it was not, or when the last minute says so already."""
    match = request.resolver_match
    if match is None:
        return None
    user: User = request.user  # type: ignore[assignment]
    page = match.view_name.removeprefix("admin:")
    model = _model_of(page)
    key = next((str(match.kwargs[name]) for name in RECORD if name in match.kwargs), "")
    record = _found(model, key)
    if status == 404 and not (record and _is_hidden_from(user, record)):
        return None
    if _is_written(user, page):
        return None
    return record_deed(Deed.REFUSED, by=user, on=record, model=_label(model), fields=[page])


def _label(model: type[Model] | None) -> str:
    return model._meta.label_lower if model else ""


def _model_of(page: str) -> type[Model] | None:
    """The model that the name of a page begins with: `contacts_contact_change` is a contact's."""
    app, _rest, name = page.partition("_")
    if app not in apps.app_configs:
        return None
    models = {model._meta.model_name: model for model in apps.get_app_config(app).get_models()}
    return models.get(name.partition("_")[0])


def _found(model: type[Model] | None, key: str) -> Any:
    if model is None or not key:
        return None
    try:
        return model._base_manager.filter(pk=key).first()
    except (ValueError, OverflowError):
        return None


def _is_hidden_from(user: User, record: Any) -> bool:
    """Whether the record is there for others: not in the trash, and outside what this account may see."""
    rows = type(record)._default_manager.all()
    if not hasattr(rows, "visible_to") or not getattr(record, "is_present", True):
        return False
    return not rows.visible_to(user).filter(pk=record.pk).exists()


def _is_written(user: User, page: str) -> bool:
    lately = AuditEntry.objects.filter(actor=user, deed=Deed.REFUSED, at__gt=timezone.now() - QUIET)
    return [page] in [*lately.values_list("fields", flat=True)]
