"""The journal: who did what, read and never written by hand."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from crm.admin.record import RecordAdmin
from crm.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(RecordAdmin):
    """Each deed by its French words: no table, no column is named as the base does."""

    list_display = ["when", "who", "deed", "what", "record", "count", "which_fields"]
    list_display_links = None
    list_filter = ["deed", "actor"]
    list_select_related = ["actor"]
    date_hierarchy = "at"
    empty_words = _(
        "Rien encore. Chaque création, modification, import ou export s’inscrit ici, avec qui et quand."
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A line of the journal has no page of its own."""
        raise Http404

    @admin.display(description=_("date"), ordering="at")
    def when(self, entry: AuditEntry) -> str:
        moment = localtime(entry.at)
        return f"{date_format(moment, 'd/m/Y')} {date_format(moment, 'H:i').replace(':', ' h ')}"

    @admin.display(description=_("par"), ordering="actor")
    def who(self, entry: AuditEntry) -> str:
        return str(entry.actor or _("L’outil"))

    @admin.display(description=_("objet"), ordering="model")
    def what(self, entry: AuditEntry) -> str:
        model = _model(entry)
        return str(capfirst(str(model._meta.verbose_name))) if model else ""

    @admin.display(description=_("champs"))
    def which_fields(self, entry: AuditEntry) -> str:
        model = _model(entry)
        return ", ".join(dict.fromkeys(label for name in entry.fields if (label := _label(model, name))))


def _model(entry: AuditEntry) -> type[Model] | None:
    try:
        return apps.get_model(entry.model)
    except (LookupError, ValueError):
        return None


OTHER_WORDS = {
    "role": _("rôle"),
    "password1": _("mot de passe"),
    "password2": _("mot de passe"),
    "version_read": "",
    "position": _("fonction exercée"),
    "double": _("fiches proches"),
    "decision": _("réponse"),
}
"""What forms call a thing that is no field of the record."""


def _label(model: type[Model] | None, name: str) -> str:
    """A field as the screen calls it; a part of the record by the part's own name."""
    name = name.partition(".")[0]
    if name in OTHER_WORDS:
        return str(OTHER_WORDS[name])
    try:
        return str(model._meta.get_field(name).verbose_name) if model else name  # type: ignore[union-attr]
    except (FieldDoesNotExist, AttributeError):
        pass
    for config in apps.get_app_configs():
        if name in config.models:
            return str(config.models[name]._meta.verbose_name)
    return name
