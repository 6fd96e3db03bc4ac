"""System checks: what must hold of every model and every admin page, so that nothing new is born open.

`E001` a field without a privacy class · `E005` one without a rights class · `E002` an admin that is not a RecordAdmin · `E003` list_editable ·
`E004` an action without a right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib import admin
from django.core.checks import CheckMessage, Error
from django.db.models import Model

from crm.admin.record import RecordAdmin
from crm.privacy import PRIVACY_CLASSES, RIGHTS_CLASSES
from crm.seeing import rights_class


type Check = Callable[..., list[CheckMessage]]


def our_models() -> Iterator[type[Model]]:
    """The models of the rooms, without those that only keep past versions."""
    for config in apps.get_app_configs():
        if _is_ours(config):
            for model in config.get_models(include_auto_created=False):
                if not _keeps_past_versions(model):
                    yield model


def _keeps_past_versions(model: type[Model]) -> bool:
    names = {field.name for field in model._meta.fields}
    return bool(names & {"history_id", "m2m_history_id"})


def _is_ours(config: AppConfig) -> bool:
    return str(config.path).startswith(str(settings.BASE_DIR)) and "site-packages" not in str(config.path)


def undeclared_fields(model: type[Model]) -> set[str]:
    """The fields of a model, many-to-many included, that say not what they are for the law; and those it made up."""
    declared: dict[str, str] = getattr(model, "PRIVACY", {})
    names = {field.name for field in (*model._meta.fields, *model._meta.many_to_many)}
    wrong = {name for name, label in declared.items() if label not in PRIVACY_CLASSES}
    return names.symmetric_difference(declared) | wrong


def check_privacy(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Every field of ours declares its privacy class."""
    return [
        Error(
            f"{model._meta.label}.PRIVACY does not fit its fields: {', '.join(sorted(names))}.",
            hint="Declare each in crm.privacy.classes(…), and no other.",
            obj=model,
            id="maillage.E001",
        )
        for model in our_models()
        if (names := undeclared_fields(model))
    ]


def fields_without_rights(model: type[Model]) -> list[str]:
    """The fields of a model that say not which rights class they are of."""
    declared: dict[str, str] = getattr(model, "PRIVACY", {})
    return sorted(name for name in declared if rights_class(model, name) not in RIGHTS_CLASSES)


def check_rights(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Every field of ours declares its rights class."""
    return [
        Error(
            f"{model._meta.label}.PRIVACY says of no rights class: {', '.join(names)}.",
            hint="classes(PERSONAL, …, rights=ORDINARY); what nobody declares, nobody sees.",
            obj=model,
            id="maillage.E005",
        )
        for model in our_models()
        if (names := fields_without_rights(model))
    ]


def check_admins(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Every admin is a RecordAdmin, edits nothing from its list, and asks a right for each action."""
    found: list[CheckMessage] = []
    for model, model_admin in admin.site._registry.items():
        if not isinstance(model_admin, RecordAdmin):
            found.append(
                Error(
                    f"{model._meta.label} is registered with {type(model_admin).__name__}, which is no RecordAdmin.",
                    hint="RecordAdmin denies by default and keeps the audit; or do not register it.",
                    obj=type(model_admin),
                    id="maillage.E002",
                )
            )
        if model_admin.list_editable:
            found.append(
                Error(
                    "list_editable writes past the record's version: two people would undo each other unseen.",
                    obj=type(model_admin),
                    id="maillage.E003",
                )
            )
        found += [
            Error(
                f"The action {name} declares no right.",
                hint='@action(permissions=["change"])',
                obj=type(model_admin),
                id="maillage.E004",
            )
            for name in actions_without_right(model_admin)
        ]
    return found


def actions_without_right(model_admin: Any) -> list[str]:
    """The names of an admin's actions, of its list, its lines and its pages, that whoever sees them may press."""
    kinds = ("actions", "actions_list", "actions_row", "actions_detail", "actions_submit_line")
    actions = [action for kind in kinds for action in (getattr(model_admin, kind, None) or ())]
    bare = []
    for action in actions:
        for name in action["items"] if isinstance(action, dict) else [action]:
            function = getattr(model_admin, name, None) if isinstance(name, str) else name
            if not getattr(function, "allowed_permissions", None):
                bare.append(name if isinstance(name, str) else name.__name__)
    return bare


CHECKS: Sequence[Check] = (check_privacy, check_rights, check_admins)
