"""The site: Unfold's, at the root, with our home and our search."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy
from unfold.sites import UnfoldAdminSite

from crm.admin.scoping import ScopedAutocomplete
from crm.doors import SIGNED_IN
from crm.pages import palette
from crm.signing_in.entering import safe_next


PALETTE_SIZE = 100


class CrmSite(UnfoldAdminSite):
    """One door for everybody: an active account may enter; its rights say what it finds there."""

    index_title = gettext_lazy("Accueil")

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_authenticated)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """The site's own pages, beside those of each admin; imported late, since they ask for the site."""
        from crm.pages import recent, saved_filters  # noqa: PLC0415

        wrap = self.admin_view
        return [
            path("vus-recemment/", wrap(recent.recent), name="recent"),
            path("filtres/garder/", wrap(saved_filters.save_filter), name="saved_filter_save"),
            path("filtres/<int:pk>/renommer/", wrap(saved_filters.rename_filter), name="saved_filter_rename"),
            path(
                "filtres/<int:pk>/supprimer/", wrap(saved_filters.delete_filter), name="saved_filter_delete"
            ),
            path("filtres/<slug:page>/", wrap(saved_filters.manage_filters), name="saved_filters"),
            *super().get_urls(),
        ]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Names to choose from, for who may fill the form that asks for one."""
        return ScopedAutocomplete.as_view(admin_site=self)(request)  # type: ignore[return-value]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one door, and it is not here."""
        next_page = safe_next(request) or reverse("admin:index")
        if self.has_permission(request):
            return redirect(next_page)
        return redirect_to_login(next_page)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST":
            get_adapter(request).logout(request)
            return redirect("account_login")
        return redirect("account_logout")

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("mfa_index")

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The command palette, asked afresh at each letter: see `crm.pages.palette`."""
        typed = request.GET.get("s", "")
        if not typed.strip():
            return HttpResponse()
        paginator = Paginator(palette.find(request, self, typed), PALETTE_SIZE)
        context = {
            "search_term": typed,
            "page_obj": paginator,
            "results": paginator.page(1),
            "page_counter": 0,
            "command_show_history": False,
        }
        return TemplateResponse(
            request, "unfold/helpers/command_results.html", context, headers={"HX-Trigger": "search"}
        )

    search.door = (SIGNED_IN,)  # type: ignore[attr-defined]
