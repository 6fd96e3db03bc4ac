"""The site as several processes serve it, for gunicorn; `RACE_WITHOUT` names the guards that are left out."""

from __future__ import annotations

import os
from typing import Any


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application


def _without(guards: str) -> None:
    if "once" in guards:
        settings.MIDDLEWARE.remove("crm.middleware.OnceMiddleware")


settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
_without(os.environ.get("RACE_WITHOUT", ""))
application: Any = get_wsgi_application()
if "locking" in os.environ.get("RACE_WITHOUT", ""):
    from crm.admin.locking import LockingMixin

    LockingMixin.put_together = lambda *arguments: None  # type: ignore[method-assign]
