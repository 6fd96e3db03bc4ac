"""What stands before every page: the first day, and the language."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

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
