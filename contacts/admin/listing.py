"""The list of contacts: one list for people and organisations, found by words and filters, kept under a name, taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy

from contacts.admin import exports, list_parts
from contacts.admin.filters import FILTERS
from contacts.admin.lines import lines_of
from contacts.admin.narrowing import PAGE, SELECTION, SIZES, SORTS, Narrowing
from contacts.models import Contact
from contacts.models.contact_queries import ContactQuerySet
from crm.admin.record import RecordAdmin, RecordList
from crm.models import SavedFilter
from crm.once import may_repeat
from crm.privacy import PRIVATE_CHANNEL
from crm.searching import COMMON
from crm.seeing import sees


SAVED_PAGE = "contacts_contact"
MOST_AT_ONCE = 40_000
MOST_COUNTED = 10_000


class ContactList(RecordList):
    """The rows of one page. Sorting and counting run on keys alone; only the page's own rows are read whole."""

    model_admin: ContactListMixin

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> ContactQuerySet:
        self.narrowing = Narrowing(request, request.GET)
        self.filter_specs = [*self.narrowing.filters]
        self.has_filters = True
        self.has_active_filters = bool(self.narrowing.active)
        self.clear_all_filters_qs = self.narrowing.cleared()
        return self.narrowing.ordered()

    def get_results(self, request: HttpRequest) -> None:
        """A page beyond the last is the last; the whole is counted once, and only if something narrows it.

        Words that more than `MOST_COUNTED` rows hold are counted no further (`more`): each row has to be read for it.
        """
        narrowing = self.narrowing
        # Every record has a kind: saying so lets an index count them.
        everybody = narrowing.seen.filter(kind__gt="").order_by()
        pks = self.queryset.values_list("pk", flat=True)
        limit = _at_once(narrowing)
        first: list[int] = list(pks[: limit + 1]) if limit else []
        whole = limit > 0 and len(first) <= limit
        if whole:
            count = len(first)
        elif narrowing.text:
            count = self.queryset.order_by()[: MOST_COUNTED + 1].count()
        else:
            count = (self.queryset if narrowing else everybody).count()
        self.more = bool(narrowing.text) and count > MOST_COUNTED
        self.result_count = MOST_COUNTED if self.more else count
        self.total = everybody.count() if narrowing else self.result_count
        self.full_result_count = self.result_count  # what the frame's own header would repeat in other words
        self.paginator = Paginator(range(self.result_count), narrowing.size)
        asked: int = self.page_num  # type: ignore[has-type]  # read from the address by Django
        self.page_num = min(max(asked, 1), self.paginator.num_pages)
        self.multi_page = self.paginator.num_pages > 1
        self.can_show_all = False
        self.show_full_result_count = True
        self.show_admin_actions = self.result_count > 0
        start = (self.page_num - 1) * narrowing.size
        stop = start + narrowing.size
        page = first[start:stop] if whole or stop <= len(first) else list(pks[start:stop])
        self.result_list = lines_of(page, request)

    def page_url(self, number: int) -> str:
        return f"?{self.narrowing.query(changes={PAGE: number if number > 1 else ''})}"

    @property
    def first_url(self) -> str:
        return self.page_url(1)

    @property
    def last_url(self) -> str:
        return self.page_url(self.paginator.num_pages)

    @property
    def previous_url(self) -> str:
        return self.page_url(self.page_num - 1) if self.page_num > 1 else ""

    @property
    def next_url(self) -> str:
        return self.page_url(self.page_num + 1) if self.page_num < self.paginator.num_pages else ""


def _at_once(narrowing: Narrowing) -> int:
    """How many keys are worth reading in their order, so as not to look for them twice: to count them and to show a page.

    None when nothing narrows the list, or words that half the base holds: counting and stopping at the page is quicker.
    """
    if not narrowing or (narrowing.words and narrowing.common):
        return 0
    return COMMON if narrowing.text else MOST_AT_ONCE


class ContactListMixin(RecordAdmin):
    """What the admin of contacts shows as a list; the record's own pages are beside it."""

    change_list_template = "admin/contacts/contact/change_list.html"
    list_display: Sequence[str] = ["__str__"]
    list_filter: ClassVar[Sequence[Any]] = FILTERS
    search_fields: ClassVar[Sequence[str]] = ["sort_name"]
    ordering: ClassVar[Sequence[str]] = ["sort_name", "pk"]
    actions: Sequence[str] = ["export_selected"]
    TITLES: ClassVar[dict[str, Any]] = {
        "": gettext_lazy("Personnes et structures"),
        Contact.Kind.PERSON: gettext_lazy("Personnes"),
        Contact.Kind.ORGANISATION: gettext_lazy("Structures"),
    }

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ContactList]:
        return ContactList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """For the boxes in which one types a contact's name: the same words as the list."""
        private = sees(request.user, PRIVATE_CHANNEL)
        return queryset.matching(search_term, private=private), False  # type: ignore[attr-defined]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        user: Any = request.user
        kinds = request.GET.getlist("kind__exact")
        kind = kinds[0] if len(kinds) == 1 and kinds[0] in Contact.Kind.values else ""
        context = {
            "title": self.TITLES[kind],
            "kind": kind,
            "sorts": [(value, label) for value, (label, _order) in SORTS.items()],
            "sizes": SIZES,
            "saved_filters": SavedFilter.objects.visible_to(user)
            .filter(page=SAVED_PAGE)
            .select_related("owner"),
            "saved_page": SAVED_PAGE,
            "may_export": user.has_perm("contacts.export_contact"),
            "may_import": user.has_perm("contacts.import_contact"),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("contacts.export_contact")

    @admin.action(description=gettext_lazy("Exporter"), permissions=["export"])
    def export_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """To the export page, with these rows or with all that the filters keep."""
        may_repeat(request)
        query = Narrowing(request, request.GET).query()
        if request.POST.get("select_across") != "1":
            chosen = ",".join(str(pk) for pk in queryset.order_by().values_list("pk", flat=True))
            query = "&".join(filter(None, [query, f"{SELECTION}={chosen}"]))
        return redirect(f"{reverse('admin:contacts_contact_export')}?{query}")

    def get_urls(self) -> list[URLPattern]:
        return [*list_urls(self), *super().get_urls()]


def list_urls(model_admin: RecordAdmin) -> list[URLPattern]:
    """The list's own parts: each view declares its door; the site's own guard stands before it."""
    wrap = model_admin.admin_site.admin_view
    return [
        path("filtre/<slug:name>/", wrap(list_parts.filter_values), name="contacts_contact_filter"),
        path("compte/", wrap(list_parts.how_many), name="contacts_contact_count"),
        path("suggestions/", wrap(list_parts.suggestions), name="contacts_contact_suggestions"),
        path("territoires/", wrap(list_parts.territory_choices), name="contacts_contact_territory_choices"),
        path("demarches/", wrap(list_parts.scheme_choices), name="contacts_contact_scheme_choices"),
        path("exporter/", wrap(exports.export_page), name="contacts_contact_export"),
        path("exporter/apercu/", wrap(exports.export_preview), name="contacts_contact_export_preview"),
    ]
