"""The closed lists: one page that shows them all, a form for each term, and joining one term to another."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from unfold.decorators import action

from contacts.closed_lists import CLOSED_LISTS
from contacts.joining import join_term, uses, uses_by_term
from contacts.models import (
    ActorFamily,
    Category,
    Function,
    Label,
    Position,
    SchemeType,
    Service,
    Source,
    Synonym,
    Theme,
)
from contacts.models.deriving import derive
from contacts.models.vocabulary import TreeTerm
from contacts.term_forms import JoinForm, TermForm
from crm.admin.record import RecordAdmin
from crm.doors import door
from crm.folding import fold
from crm.pages.frame import page_context


VIEW = "contacts.view_theme"


class TermAdmin(RecordAdmin):
    """A term: its name may change, its code stays; closing it keeps it where it is used."""

    form = TermForm
    list_display = ["name", "code", "definition", "is_active"]
    list_filter = ["is_active", "is_unsorted"]
    search_fields = ["name"]
    search_help_text = gettext_lazy("Intitulé ou code")
    ordering = ["rank", "name"]
    more_fields: tuple[str, ...] = ()
    actions_detail: ClassVar[list[str]] = ["to_join"]

    def declared_fieldsets(self, request: HttpRequest, obj: Any) -> list[Any]:
        first = ["name", *self.more_fields, "definition"]
        rest = ["code", "rank", "is_active"]
        return [(None, {"fields": first}), (_("Plus"), {"fields": rest})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj is not None else []

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Any words, no accents; a box in which one chooses proposes open terms only."""
        for word in fold(search_term).split():
            queryset = queryset.filter(folded__contains=word) | queryset.filter(code__istartswith=word)
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            queryset = queryset.in_use()
        return queryset, False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A term that is held is closed or joined to another, never deleted."""
        return super().has_delete_permission(request, obj) and (obj is None or uses(obj) == 0)

    def get_urls(self) -> list[URLPattern]:
        join = path(
            "<int:pk>/joindre/",
            self.admin_site.admin_view(self.join_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_join",
        )
        return [join, *super().get_urls()]

    @action(
        description=gettext_lazy("Joindre à un autre terme"), url_path="joindre-a", permissions=["change"]
    )  # type: ignore[untyped-decorator]
    def to_join(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """From the form of a term to the page that joins it."""
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_join", object_id)

    def join_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Join this term to another of its list; says first how many records would move."""
        term = self.get_object(request, str(pk))
        if term is None:
            raise Http404
        if not self.has_change_permission(request, term):
            raise PermissionDenied
        form = JoinForm(request.POST or None, term=term)
        if form.is_valid():
            into = form.cleaned_data["into"]
            try:
                moved = join_term(term, into=into, by=request.user)  # type: ignore[arg-type]
            except ValidationError as refused:
                form.add_error("into", refused)
            else:
                text = ngettext(
                    "« %(term)s » est joint à « %(into)s » : %(n)s fiche a suivi.",
                    "« %(term)s » est joint à « %(into)s » : %(n)s fiches ont suivi.",
                    moved,
                )
                messages.success(request, text % {"term": term, "into": into, "n": moved})
                return redirect("admin:vocabularies")
        context = page_context(
            request,
            _("Joindre « %(term)s »") % {"term": term},
            term=term,
            form=form,
            uses=uses(term),
            opts=self.opts,
        )
        return TemplateResponse(request, "contacts/vocabulary_join.html", context)

    def response_after(self, request: HttpRequest, record: Any) -> HttpResponse:
        return redirect("admin:vocabularies")

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self.response_after(request, obj)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self.response_after(request, obj)


class TreeTermAdmin(TermAdmin):
    """A term of a list of two levels."""

    more_fields = ("parent",)


@admin.register(Theme)
class ThemeAdmin(TreeTermAdmin):
    """Also where the page of all lists hangs."""

    def get_urls(self) -> list[URLPattern]:
        page = path("listes/", self.admin_site.admin_view(vocabularies), name="vocabularies")
        return [page, *super().get_urls()]


@admin.register(Category)
class CategoryAdmin(TreeTermAdmin):
    """Catégories institutionnelles."""


@admin.register(ActorFamily)
class ActorFamilyAdmin(TermAdmin):
    more_fields = ("categories",)
    filter_horizontal = ["categories"]


@admin.register(Function)
class FunctionAdmin(TermAdmin):
    """Fonctions; renaming one is seen at once in the lists where it stands for a title."""

    more_fields = ("family",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "name" in form.changed_data:
            holders = Position.objects.current().filter(function=obj)
            derive(holders.values_list("person_id", flat=True), followers=False)


@admin.register(SchemeType)
class SchemeTypeAdmin(TermAdmin):
    more_fields = ("is_dts",)


@admin.register(Service, Source, Label)
class PlainTermAdmin(TermAdmin):
    """Lists with nothing beside the term."""


@admin.register(Synonym)
class SynonymAdmin(RecordAdmin):
    """The other ways in which files write a term."""

    list_display = ["text", "vocabulary", "code"]
    list_filter = ["vocabulary"]
    search_fields = ["text", "code"]
    fields = ["vocabulary", "text", "code"]


@door(VIEW)
def vocabularies(request: HttpRequest) -> HttpResponse:
    """Every closed list on one page: terms in order, definitions, how many records hold each, what awaits sorting first."""
    lists = [_shown_list(request, name) for name in CLOSED_LISTS]
    unsorted = [(shown, row) for shown in lists for row in shown["rows"] if row["term"].is_unsorted]
    context = page_context(request, _("Listes fermées"), lists=lists, unsorted=unsorted)
    return TemplateResponse(request, "contacts/vocabularies.html", context)


def _shown_list(request: HttpRequest, name: str) -> dict[str, Any]:
    model: Any = CLOSED_LISTS[name]
    opts = model._meta
    held = uses_by_term(model)
    terms = list(model.objects.all())
    if issubclass(model, TreeTerm):
        below: dict[int | None, list[Any]] = {}
        for term in terms:
            below.setdefault(term.parent_id, []).append(term)
        terms = [term for top in below.get(None, []) for term in (top, *below.get(top.pk, []))]
    page = f"admin:{opts.app_label}_{opts.model_name}"
    may_change = request.user.has_perm(f"contacts.change_{opts.model_name}")
    return {
        "name": name,
        "title": opts.verbose_name_plural,
        "is_tree": issubclass(model, TreeTerm),
        "add_url": reverse(f"{page}_add") if request.user.has_perm(f"contacts.add_{opts.model_name}") else "",
        "may_change": may_change,
        "unsorted": sum(term.is_unsorted for term in terms),
        "rows": [
            {
                "term": term,
                "uses": held.get(term.pk, 0),
                "is_below": getattr(term, "parent_id", None) is not None,
                "change_url": reverse(f"{page}_change", args=[term.pk]) if may_change else "",
                "join_url": reverse(f"{page}_join", args=[term.pk]) if may_change else "",
            }
            for term in terms
        ],
    }
