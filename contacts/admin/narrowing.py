"""What the address of the list asks for: rows, their order, and the same in words for the chips, the exports and the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext, gettext_lazy as _

from contacts.admin.filtering import ContactFilter
from contacts.admin.filters import FILTERS, KindFilter
from contacts.models import Contact
from contacts.models.contact_queries import ContactQuerySet
from crm.folding import search_words
from crm.privacy import PRIVATE_CHANNEL
from crm.seeing import sees


SEARCH, SORT, SIZE, PAGE, SELECTION = "q", "o", "n", "p", "ids"
SIZES = (25, 50, 100, 200)
USUAL_SIZE = 50
LONGEST_SEARCH = 300

SORTS: Mapping[str, tuple[Any, Sequence[Any]]] = {
    "name": (_("Nom, de A à Z"), ["sort_name", "pk"]),
    "-name": (_("Nom, de Z à A"), ["-sort_name", "-pk"]),
    "organisation": (
        _("Structure"),
        [F("main_organisation__sort_name").asc(nulls_last=True), "sort_name", "pk"],
    ),
    "verified": (_("Vérification la plus ancienne"), [F("verified_on").asc(nulls_first=True), "pk"]),
    "-verified": (_("Vérification la plus récente"), [F("verified_on").desc(nulls_last=True), "-pk"]),
    "-created": (_("Dernières fiches créées"), ["-created_at", "-pk"]),
    "created": (_("Premières fiches créées"), ["created_at", "pk"]),
}


@dataclass(frozen=True)
class Chip:
    """One value in force, and the address of the list without it."""

    title: str
    label: str
    url: str
    known: bool = True


class Narrowing:
    """The filters and words of one address, over the rows that the account may see.

    Parameters that no filter declares are left out: a hidden field answers no question through the address bar.
    """

    def __init__(self, request: HttpRequest, asked: QueryDict) -> None:
        params = dict(asked.lists())
        self.request = request
        self.filters: list[ContactFilter] = [made(request, params, Contact, None) for made in FILTERS]
        self.text = " ".join(asked.get(SEARCH, "").replace("\x00", " ").split())[:LONGEST_SEARCH]
        self.sort = asked.get(SORT, "") if asked.get(SORT) in SORTS else "name"
        size = asked.get(SIZE, "")
        self.size = int(size) if size in {str(one) for one in SIZES} else USUAL_SIZE

    @cached_property
    def visible(self) -> ContactQuerySet:
        """The rows before any filter."""
        user: Any = self.request.user
        return Contact.objects.visible_to(user)

    @cached_property
    def seen(self) -> ContactQuerySet:
        """The rows before any filter but the kind, which is the page's own subject."""
        rows: ContactQuerySet = self.kind.queryset(self.request, self.visible)
        return rows

    @property
    def kind(self) -> KindFilter:
        return next(one for one in self.filters if isinstance(one, KindFilter))

    @property
    def active(self) -> list[ContactFilter]:
        """The filters that the address asks for, beside the kind."""
        return [one for one in self.filters if one.asked and not isinstance(one, KindFilter)]

    def named(self, name: str) -> ContactFilter | None:
        return next((one for one in self.filters if one.parameter_name == name), None)

    def __bool__(self) -> bool:
        return bool(self.active or self.text)

    def rows(self, *, but: str = "") -> ContactQuerySet:
        """The rows asked for; without the filter named `but`, to count what its values would give."""
        rows = self.visible if but == KindFilter.parameter_name else self.seen
        for one in self.active:
            if one.parameter_name != but:
                rows = one.queryset(self.request, rows)
        if not self.text:
            return rows
        return (
            rows.matching(self.text, private=self._private, common=self.common) if self.words else rows.none()
        )

    @property
    def words(self) -> list[str]:
        """What there is to look for in what was typed; nothing in « *** »."""
        return search_words(self.text)

    @cached_property
    def common(self) -> bool:
        """Whether the words are so common that the rows are walked (`crm.searching`)."""
        return self.visible.holds_commonly(self.text, private=self._private)

    @cached_property
    def _private(self) -> bool:
        return sees(self.request.user, PRIVATE_CHANNEL)

    def ordered(self) -> ContactQuerySet:
        return self.rows().order_by(*SORTS[self.sort][1])

    # --- the address ----------------------------------------------------------------------------------

    def pairs(self) -> list[tuple[str, str]]:
        """The address without its page, in one order and without what nobody reads."""
        pairs = [(one.parameter_name, value) for one in self.filters for value in one.asked]
        if self.text:
            pairs.append((SEARCH, self.text))
        if self.sort != "name":
            pairs.append((SORT, self.sort))
        if self.size != USUAL_SIZE:
            pairs.append((SIZE, str(self.size)))
        return pairs

    def kept_by_drawer(self) -> list[tuple[str, str]]:
        """What the drawer's form sends along, since it does not ask for it."""
        asked = {one.parameter_name for one in self.filters}
        return [pair for pair in self.pairs() if pair[0] not in asked]

    def query(
        self, *, without: Sequence[tuple[str, str]] = (), changes: Mapping[str, object] = MappingProxyType({})
    ) -> str:
        """The address as one string; a change replaces every value of its parameter."""
        pairs = [pair for pair in self.pairs() if pair not in without and pair[0] not in changes]
        return urlencode([*pairs, *((name, value) for name, value in changes.items() if value)])

    def chips(self) -> list[Chip]:
        """What is in force, each with the address that takes it away."""
        found = [
            Chip(
                str(one.title),
                chosen.label,
                f"?{self.query(without=[(one.parameter_name, chosen.value)])}",
                chosen.known,
            )
            for one in self.active
            for chosen in one.chosen
        ]
        if self.text:
            found.append(Chip(gettext("Mots"), self.text, f"?{self.query(without=[(SEARCH, self.text)])}"))
        return found

    def cleared(self) -> str:
        """The address of the page without any filter nor words: its subject, its order."""
        subject = {KindFilter.parameter_name, SORT, SIZE}
        return "?" + urlencode([pair for pair in self.pairs() if pair[0] in subject])

    def in_words(self) -> list[str]:
        """What the address asks, as one says it; empty when it asks for everybody."""
        said = [
            f"{one.title}\u00a0: {gettext(' ou ').join(chosen.label for chosen in one.chosen)}"
            for one in self.filters
            if one.asked
        ]
        if self.text:
            said.append(gettext("Mots : %(text)s") % {"text": self.text})
        return said
