"""The pages that say no: not allowed, not there. In the frame of the site for who is signed in, alone for who is not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from crm.doors import OPEN, door
from crm.pages.frame import page_context


INSIDE, OUTSIDE = "crm/page.html", "crm/alone.html"


@door(OPEN)
def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the page is there, but this account has no right to it."""
    return _answer(request, "403.html", _("Page réservée"), 403)


@door(OPEN)
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or no more."""
    return _answer(request, "404.html", _("Page introuvable"), 404)


@door(OPEN)
def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: too many tries; none of our limits lasts a quarter of an hour."""
    context = {"title": _("Trop de tentatives"), "frame": OUTSIDE}
    return render(request, "429.html", context, status=429)


def _answer(request: HttpRequest, template: str, title: str, status: int) -> HttpResponse:
    signed_in = getattr(request, "user", None) is not None and request.user.is_authenticated
    frame = INSIDE if signed_in else OUTSIDE
    more = page_context(request, title) if signed_in else {"title": title}
    return render(request, template, {**more, "frame": frame}, status=status)
