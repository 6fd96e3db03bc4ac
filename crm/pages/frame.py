"""The context of a page of ours: the site's own, a title, and what the page adds."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


def page_context(request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title, **more}
