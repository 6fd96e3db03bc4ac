"""Démarches territoriales."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy

from contacts.inline_forms import CoordinationFormSet
from contacts.models import Contact, Coordination, Scheme
from crm.admin.record import PartInline, RecordAdmin
from crm.folding import search_words


class SchemeForm(forms.ModelForm[Scheme]):
    """A scheme; the dates say whether it runs."""

    class Meta:
        model = Scheme
        fields = [
            "type", "name", "territories", "lead", "state", "starts_on", "ends_on", "service", "email", "elected_official", "notes",
        ]  # fmt: skip


class CoordinationInline(PartInline):
    model = Coordination
    formset = CoordinationFormSet
    fields = ["person", "share", "starts_on", "ends_on"]
    autocomplete_fields = ["person"]
    add_words = gettext_lazy("Ajouter une personne à la coordination")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).visible_to(request.user).select_related("person")


@admin.register(Scheme)
class SchemeAdmin(RecordAdmin):
    """The list of schemes, their page and their form."""

    record_template = "contacts/record/scheme.html"
    change_form_template = "contacts/record/scheme_form.html"
    form = SchemeForm
    list_display = ["name", "type", "shown_territories", "shown_lead", "shown_coordinators", "shown_state"]
    list_filter = ["type", "state", "service"]
    search_fields = ["name"]
    search_help_text = gettext_lazy("Intitulé, structure porteuse ou territoire")
    list_select_related = ["type"]
    autocomplete_fields = ["territories", "lead", "elected_official"]
    inlines = [CoordinationInline]
    save_words = gettext_lazy("Enregistrer la démarche")
    save_and_add_words = gettext_lazy("Enregistrer et saisir la suivante")
    delete_words = gettext_lazy("Supprimer la démarche")
    add_words = gettext_lazy("Créer une démarche")
    empty_words = gettext_lazy(
        "Aucune démarche encore. Contrats locaux de santé, ateliers santé ville et autres se notent ici, avec qui les coordonne."
    )
    saved_words = gettext_lazy("La démarche « %(name)s » est enregistrée.")
    fieldsets = [
        (None, {"fields": ["type", "name", "territories", "lead", "state"]}),
        (
            gettext_lazy("Plus"),
            {
                "fields": [("starts_on", "ends_on"), "service", "email", "elected_official", "notes"],
                "classes": ["collapse"],
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The people and the structure that it names are read as far as this account sees them."""
        user: Any = request.user
        seen = Coordination.objects.visible_to(user).select_related("person")
        led = Prefetch("lead", Contact.objects.visible_to(user), to_attr="seen_lead")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                "territories", Prefetch("coordinations", seen, to_attr="seen_coordinations"), led
            )
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        for word in search_words(search_term):
            queryset = queryset.filter(pk__in=Scheme.objects.mentioning(word, request.user).values("pk"))
        return queryset, False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return super().add_view(request, form_url, {"title": _("Nouvelle démarche"), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return super().change_view(
            request, object_id, form_url, {"title": _("Modifier la démarche"), **(extra_context or {})}
        )

    @admin.display(description=gettext_lazy("territoires"))
    def shown_territories(self, scheme: Scheme) -> str:
        names = [str(territory) for territory in scheme.territories.all()]
        more = len(names) - 3
        return ", ".join(names[:3]) + (_(" et %(n)s autres") % {"n": more} if more > 0 else "")

    @admin.display(description=gettext_lazy("coordination"))
    def shown_coordinators(self, scheme: Scheme) -> str:
        return ", ".join(
            str(row.person)
            for row in scheme.seen_coordinations  # type: ignore[attr-defined]
            if row.is_current
        )

    @admin.display(description=gettext_lazy("structure porteuse"))
    def shown_lead(self, scheme: Scheme) -> str:
        return str(scheme.seen_lead or "")  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def shown_state(self, scheme: Scheme) -> str:
        return str(scheme.get_state_display())

    def record_context(self, request: HttpRequest, record: Scheme) -> dict[str, Any]:
        seen = record.coordinations.visible_to(request.user)
        rows = list(seen.select_related("person", "person__main_organisation"))
        named = Contact.objects.visible_to(request.user).in_bulk(  # type: ignore[arg-type]
            [key for key in (record.lead_id, record.elected_official_id) if key]
        )
        return {
            "lead": named.get(record.lead_id),
            "elected_official": named.get(record.elected_official_id),
            "territories": record.territories.all(),
            "current": [row for row in rows if row.is_current],
            "former": [row for row in rows if not row.is_current],
            "may_see_notes": request.user.has_perm("contacts.see_notes"),
        }
