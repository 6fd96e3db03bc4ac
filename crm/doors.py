"""Which right opens which page. A view without a declared door does not pass the tests, nor an admin action without rights.

`@door("contacts.view_contact")` on a view refuses whoever lacks the right, with 403. `OPEN` is for the few pages that
anybody may see (sign-in, first day, health), `SIGNED_IN` for those every account needs (home, own password).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase


OPEN: Final = "open"
SIGNED_IN: Final = "signed in"

type View = Callable[..., HttpResponseBase]


def door(*permissions: str) -> Callable[[View], View]:
    """Let in who holds all of these rights (or `OPEN`, or `SIGNED_IN`); the declaration stays readable on the view."""

    def guard(view: View) -> View:
        if OPEN in permissions:
            opened = login_not_required(view)
            opened.door = permissions  # type: ignore[attr-defined]
            return opened

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            asked = [permission for permission in permissions if permission != SIGNED_IN]
            if not request.user.is_authenticated or not request.user.has_perms(asked):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.door = permissions  # type: ignore[attr-defined]
        return guarded

    return guard
