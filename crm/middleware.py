"""What stands before every page: the first day, the language, and forms that are sent twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

from crm.once import ONCE, View, once
from crm.opening import is_open


class FirstDayMiddleware:
    """Send whoever comes to a base without accounts to the first page. Who is signed in has one: nothing is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        first_page = reverse("first_day")
        if (
            not request.path.startswith((first_page, "/static/", "/i18n/"))
            and not request.user.is_authenticated
            and not is_open()
        ):
            return redirect(first_page)
        return self.get_response(request)


class ChosenLanguageMiddleware:
    """French, whatever the browser says, unless the person chose English in the menu: then a cookie remembers it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
        response.headers.setdefault("Content-Language", language)
        return response


class OnceMiddleware:
    """A form that is sent twice has one effect (`crm.once`). The last in the list: what stands before has let it through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponseBase | None:
        if request.method != "POST" or ONCE not in request.POST:
            return None
        return once(request, view, *args, **kwargs)
