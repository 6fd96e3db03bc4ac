"""Territories, looked up and never edited by hand; and the pairs of records that look alike."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from contacts.coverage import departments_without_contact
from contacts.models import DoublePair, Territory
from contacts.pages import routes
from crm.admin.record import RecordAdmin


class ReachFilter(admin.SimpleListFilter):
    """Where the network has nobody yet."""

    title = _("Contacts")
    parameter_name = "reach"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("Départements sans contact"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "none":
            return queryset
        return queryset.filter(pk__in=departments_without_contact(request.user).values("pk"))


@admin.register(Territory)
class TerritoryAdmin(RecordAdmin):
    """The official list; search by name, code or postcode."""

    list_display = ["name", "level", "code", "population"]
    list_filter = ["level", ReachFilter]
    search_fields = ["name"]
    search_help_text = _("Nom, code officiel ou code postal")
    empty_words = _("Les territoires ne sont pas chargés : la préparation de la base les installe.")
    ordering = ["folded", "pk"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (queryset.named_like(search_term) if search_term.strip() else queryset), False  # type: ignore[attr-defined]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(DoublePair)
class DoublePairAdmin(RecordAdmin):
    """Pairs are judged on their own page, never edited."""

    def get_urls(self) -> list[URLPattern]:
        return routes.pair_urls(self)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
