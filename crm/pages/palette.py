"""The command palette (Ctrl K): the pages, people, organisations, schemes and places one may see, by their words.

Unfold's own search keeps its results five minutes for each account and asks models without regard to what the account
may see. Nothing is kept here: a right that is withdrawn is withdrawn from the next letter on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.dataclasses import SearchResult

from crm.folding import search_text, search_words
from crm.registry import palette_sources


if TYPE_CHECKING:
    from crm.models import User

EACH = 8
LONGEST_TYPED = 200


def find(request: HttpRequest, site: AdminSite | Any, typed: str) -> list[SearchResult]:
    """What each source gives for these words, pages first; nothing for no word."""
    text = typed.replace("\x00", " ")[:LONGEST_TYPED]
    words = search_words(text)
    if not words:
        return []
    return [*_pages(request, site, words), *_records(request.user, text)]


def _pages(request: HttpRequest, site: Any, words: list[str]) -> list[SearchResult]:
    """The entries of the sidebar, which already knows what each account may open."""
    found = []
    for group in site.get_sidebar_list(request):
        heading = str(group.get("title") or _("Page"))
        for item in group["items"]:
            text = search_text(str(item["title"]), heading)
            if item.get("has_permission") and all(word in text for word in words):
                link = str(item.get("link_callback") or item["link"])
                found.append(
                    SearchResult(
                        title=str(item["title"]),
                        description=heading,
                        link=link,
                        icon=str(item.get("icon") or "article"),
                    )
                )
    return found[:EACH]


def _records(user: User | Any, text: str) -> list[SearchResult]:
    return [
        SearchResult(title=title, description=description, link=link, icon=icon)
        for source in palette_sources
        if user.has_perm(source.permission)
        for title, description, link, icon in source.find(text, user, EACH)
    ]
