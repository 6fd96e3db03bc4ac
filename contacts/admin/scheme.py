"""Démarches territoriales."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy

from contacts.inline_forms import CoordinationFormSet
from contacts.models import Contact, Coordination, Scheme
from crm.admin.locking import VersionedForm
from crm.admin.record import PartInline, RecordAdmin
from crm.folding import search_words


class SchemeForm(VersionedForm):
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
        return super().get_queryset(request).select_related("person")

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.related_model is Contact:
            kwargs["queryset"] = Contact.objects.visible_to(request.user)  # type: ignore[arg-type]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Scheme)
class SchemeAdmin(RecordAdmin):
    """The list of schemes, their page and their form."""

    record_template = "contacts/record/scheme.html"
    change_form_template = "contacts/record/scheme_form.html"
    form = SchemeForm
    list_display = ["name", "type", "shown_territories", "lead", "shown_coordinators", "shown_state"]
    list_filter = ["type", "state", "service"]
    search_fields = ["name"]
    search_help_text = gettext_lazy("Intitulé, structure porteuse ou territoire")
    list_select_related = ["type", "lead"]
    autocomplete_fields = ["territories", "lead", "elected_official"]
    field_rights = {"notes": "contacts.see_notes"}
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
        return super().get_queryset(request).prefetch_related("territories", "coordinations__person")

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

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.related_model is Contact:
            kwargs["queryset"] = Contact.objects.visible_to(request.user)  # type: ignore[arg-type]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("territoires"))
    def shown_territories(self, scheme: Scheme) -> str:
        names = [str(territory) for territory in scheme.territories.all()]
        more = len(names) - 3
        return ", ".join(names[:3]) + (_(" et %(n)s autres") % {"n": more} if more > 0 else "")

    @admin.display(description=gettext_lazy("coordination"))
    def shown_coordinators(self, scheme: Scheme) -> str:
        return ", ".join(
            str(row.person) for row in scheme.coordinations.all() if row.is_current and row.person.is_present
        )

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def shown_state(self, scheme: Scheme) -> str:
        return str(scheme.get_state_display())

    def record_context(self, request: HttpRequest, record: Scheme) -> dict[str, Any]:
        seen = record.coordinations.filter(person__in=Contact.objects.visible_to(request.user))  # type: ignore[arg-type]
        rows = list(seen.select_related("person", "person__main_organisation"))
        return {
            "territories": record.territories.all(),
            "current": [row for row in rows if row.is_current],
            "former": [row for row in rows if not row.is_current],
            "may_see_notes": request.user.has_perm("contacts.see_notes"),
        }
