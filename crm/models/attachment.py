"""A file kept with a record; each room ties its own to the record it belongs to."""

from __future__ import annotations

import secrets
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def random_name(instance: models.Model, name: str) -> str:
    """A name on disk that nobody can guess, keeping only the kind of the file."""
    suffix = PurePosixPath(name).suffix.lower()[:10]
    return f"pieces/{timezone.localdate():%Y/%m}/{secrets.token_urlsafe(24)}{suffix}"


class Attachment(models.Model):
    """An uploaded file with its own name, who gave it and when. Served as a download, never shown in place."""

    file = models.FileField(_("fichier"), upload_to=random_name)
    name = models.CharField(_("nom du fichier"), max_length=200, editable=False)
    description = models.CharField(_("description"), max_length=200, blank=True)
    added_at = models.DateTimeField(_("ajouté le"), default=timezone.now, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        verbose_name=_("ajouté par"),
        related_name="+",
    )

    class Meta:
        abstract = True
        ordering = ["-added_at"]

    def __str__(self) -> str:
        return self.description or self.name

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """The file goes with its row, once nothing can bring that back."""
        gone = super().delete(*args, **kwargs)
        transaction.on_commit(partial(self.file.delete, save=False))
        return gone
