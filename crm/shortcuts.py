"""One key for each main deed: what rooms have registered, and what the ground floor adds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.doors import SIGNED_IN
from crm.registry import Shortcut, shortcuts


if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from crm.models import User


def allowed_to(user: User | AnonymousUser | Any | None) -> Iterator[Shortcut]:
    """Those whose page this account may open, in their order."""
    if user is None or not user.is_authenticated:
        return
    for shortcut in shortcuts:
        if shortcut.permission == SIGNED_IN or user.has_perm(shortcut.permission):
            yield shortcut


def register() -> None:
    shortcuts.add(
        Shortcut(
            key="a",
            rank=5,
            label=_("Aller à l’accueil"),
            permission=SIGNED_IN,
            url=partial(reverse, "admin:index"),
        )
    )
    shortcuts.add(
        Shortcut(
            key="i",
            rank=40,
            label=_("Importer un fichier"),
            permission="crm.import_file",
            url=partial(reverse, "admin:crm_importbatch_upload"),
        )
    )
