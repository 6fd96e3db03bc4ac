"""Make a base ready for work, and know in no time that it already is.

Migrations, static files and each room's set-up step take seconds; whether anything they depend on has changed is seen
from a stamp kept beside the local data: the files of the house, and how many migrations the base has had.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Callable, Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from crm.models import Association
from crm.registry import setup_steps


type Tell = Callable[[str], None]

WATCHED = {".py", ".csv", ".xz", ".json", ".toml", ".css", ".js", ".svg", ".png", ".woff2", ".txt"}


def prepare(tell: Tell) -> None:
    """Bring the base to what this version of the house expects; a second run changes nothing."""
    tell(_("Tables de la base"))
    call_command("migrate", interactive=False, verbosity=0)
    tell(_("Fichiers de présentation"))
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    Association.own()
    for step in setup_steps:
        tell(str(step.label))
        step.run(tell)
    _stamp().write_text(_state())


def is_prepared() -> bool:
    """Whether `prepare` would find nothing to do: the files and the base are those it left."""
    stamp = _stamp()
    if not stamp.exists() or not settings.STATIC_ROOT.exists():
        return False
    try:
        return stamp.read_text() == _state()
    except DatabaseError:  # no table yet: another base than the one that was prepared
        return False


def _stamp() -> Path:
    """One stamp for each base that this folder has served."""
    options = connection.settings_dict
    base = "|".join(str(options.get(name) or "") for name in ("ENGINE", "HOST", "PORT", "NAME", "OPTIONS"))
    return Path(settings.VAR_DIR) / f"prepared-{hashlib.sha256(base.encode()).hexdigest()[:12]}"


def _state() -> str:
    total = hashlib.sha256(importlib.metadata.version("django-unfold").encode())
    for path in _watched_files():
        seen = path.stat()
        total.update(f"{path}|{seen.st_size}|{seen.st_mtime_ns}".encode())
    applied = sorted(
        MigrationRecorder.Migration.objects.using(connection.alias)
        .values_list("app", "name")
        .order_by("app", "name")
    )
    total.update(repr(applied).encode())
    total.update(str(settings.STATIC_ROOT).encode())
    return total.hexdigest()


def _watched_files() -> Iterator[Path]:
    """What a base is made from: the rooms' code and data, the static files."""
    folders = [Path(config.path) for config in apps.get_app_configs()]
    ours = [folder for folder in folders if folder.parent == settings.BASE_DIR]
    for folder in [settings.BASE_DIR / "config", *ours, settings.BASE_DIR / "static"]:
        yield from sorted(path for path in folder.rglob("*") if path.suffix in WATCHED)
