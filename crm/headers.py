"""The headers that are the same on every answer; the policies themselves are in the settings."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


type Answer = Callable[[HttpRequest], HttpResponseBase]


class HeadersMiddleware:
    """Which doors of the browser a page may ask for, and that nobody frames it. Stands above the static files.

    Unfold lets some pages into frames of the same site; none of ours has any.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        response.headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
        return response


class NoStoreMiddleware:
    """No page, fragment or file that the product makes stays in a cache, not even the browser's own.

    Stands below the static files, which are named by their content and kept long. Every other answer is a person's, or a
    way to one: asking who is signed in to tell them apart would cost a query.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        return response
