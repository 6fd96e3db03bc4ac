"""The words in which contacts are asked for: which rows, never how they look."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from dateutil.relativedelta import relativedelta
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from contacts.models.territory import Territory
from contacts.models.vocabulary import ActorFamily, Category, Function, Label, Theme
from crm.folding import search_words
from crm.models import Association, ConfidentialQuerySet
from crm.searching import are_common, contains_words


if TYPE_CHECKING:
    from contacts.models.contact import Contact  # noqa: F401 -- named in the class's own bases
    from crm.models import User


MOST_WORDS = 12
PRESENT = Q(trashed_at=None, merged_into=None)


class ContactQuerySet(ConfidentialQuerySet["Contact"]):
    def present(self) -> Self:
        """Neither in the trash nor folded into another record."""
        return self.filter(PRESENT)

    def folded_into(self, pk: int) -> int | None:
        """The record that this one was folded into, whatever the number of merges since; None if it was not."""
        kept: int | None = None
        followed = self.filter(pk=pk).values_list("merged_into", flat=True).first()
        while followed is not None:
            kept = followed
            followed = self.filter(pk=kept).values_list("merged_into", flat=True).first()
        return kept

    def active(self) -> Self:
        return self.present().filter(state=self.model.State.ACTIVE)

    def people(self) -> Self:
        return self.filter(kind=self.model.Kind.PERSON)

    def organisations(self) -> Self:
        return self.filter(kind=self.model.Kind.ORGANISATION)

    def visible_to(self, user: User) -> Self:
        """What this account may see: the one rule for list, search, choices, export, history and home."""
        return self.present().exclude(state=self.model.State.ERASED).in_scope(user)

    def matching(self, text: str, *, private: bool = False, common: bool | None = None) -> Self:
        """Records whose searchable words hold each word of `text`, in any order; private channels only if asked for.

        The first `MOST_WORDS` words count: more is a paste gone wrong, and each costs a condition. `common` spares asking
        whether they are, for who has asked.
        """
        words, column = _looked_for(text, private)
        return contains_words(self, words, column, common=common)

    def holds_commonly(self, text: str, *, private: bool = False) -> bool:
        """Whether so many records match that walking them is quicker than any index."""
        return are_common(self, *_looked_for(text, private))

    def within(self, *territories: Territory) -> Self:
        """Contacts whose territory lies in one of these; all that have one when the country is among them."""
        if any(territory.level == Territory.Level.FRANCE for territory in territories):
            # Nearly everybody: the list stops at its fiftieth row instead of reading all that have a place.
            return self.filter(Exists(self._related("reach").filter(contact_id=OuterRef("pk"))))
        return self._placed_in(Territory.objects.within(*territories))

    def competent_for(self, *territories: Territory) -> Self:
        """Contacts whose territory covers one of these: the region's agency is competent for each of its communes."""
        return self._placed_in(Territory.objects.covering(*territories))

    def _related(self, name: str) -> Any:
        """The rows at the other end of a relation to a contact: their model stands above this one and cannot be imported."""
        return self.model._meta.get_field(name).related_model.objects  # type: ignore[union-attr]

    def _placed_in(self, territories: models.QuerySet[Territory]) -> Self:
        reach = self._related("reach").filter(territory__in=territories.values("pk"))
        return self.filter(pk__in=reach.values("contact_id"))

    def on_theme(self, *themes: Theme) -> Self:
        """Contacts that hold one of these themes or one below it."""
        held = self.model.themes.through.objects.filter(theme__in=Theme.objects.below(*themes).values("pk"))
        return self.filter(pk__in=held.values("contact_id"))

    def labelled(self, *labels: Label) -> Self:
        """Contacts that bear one of these labels."""
        return self.filter(
            pk__in=self.model.labels.through.objects.filter(label__in=labels).values("contact_id")
        )

    def in_category(self, *categories: Category) -> Self:
        """Contacts of one of these institutional categories, their own or inherited."""
        return self.filter(shown_category__in=Category.objects.below(*categories).values("pk"))

    def holding(self, *functions: Function) -> Self:
        """People who hold one of these functions today."""
        positions = self._related("positions").told_to_all().current().filter(function__in=functions)
        return self.filter(pk__in=positions.values("person_id"))

    def of_family(self, *families: ActorFamily) -> Self:
        """Contacts of these families of actors: by a function held today, else by the institutional category."""
        told = self._related("positions").told_to_all().current().filter(function__family__isnull=False)
        categories = Category.objects.below(*Category.objects.filter(families__in=families))
        by_category = Q(shown_category__in=categories.values("pk")) & ~Q(pk__in=told.values("person_id"))
        return self.filter(
            Q(pk__in=told.filter(function__family__in=families).values("person_id")) | by_category
        )

    def taking_part_in(self, schemes: models.QuerySet[Any]) -> Self:
        """Contacts that coordinate one of these schemes today, lead it, or follow it as elected official."""
        coordinating = self._related("coordinations").current().filter(scheme__in=schemes.values("pk"))
        return self.filter(
            Q(pk__in=coordinating.values("person_id"))
            | Q(pk__in=schemes.filter(lead__isnull=False).values("lead_id"))
            | Q(pk__in=schemes.filter(elected_official__isnull=False).values("elected_official_id"))
        )

    def opposed_to(self, *purposes: str) -> Self:
        """Contacts that have refused one of these purposes."""
        return self.filter(
            pk__in=self._related("oppositions").filter(purpose__in=purposes).values("contact_id")
        )

    def with_email(self, *, private: bool = False) -> Self:
        """Contacts one can write to; by an open address only, unless private ones are asked for."""
        return self.filter(main_email__gt="") if private else self.filter(open_email__gt="")

    def verified_since(self, day: date) -> Self:
        return self.filter(verified_on__gte=day)

    def verified_before(self, day: date) -> Self:
        """Last verified before that day; those never verified are not among them."""
        return self.filter(verified_on__lt=day)

    def to_verify(self) -> Self:
        """Marked so by hand or by an event, never verified, or verified too long ago."""
        return self.filter(
            Q(needs_check=True) | Q(verified_on=None) | Q(verified_on__lt=verification_limit())
        )

    def qualified(self, on: date | None = None) -> Self:
        """Contact qualifié: an active person one can reach, placed, themed, and verified recently enough."""
        themes = self.model.themes.through.objects.filter(contact_id=OuterRef("pk"))
        places = self._related("reach").filter(contact_id=OuterRef("pk"))
        return (
            self.active()
            .people()
            .filter(Q(main_email__gt="") | Q(main_phone__gt=""), shown_category__isnull=False)
            .filter(Exists(themes), Exists(places), verified_on__gte=verification_limit(on))
        )


def _looked_for(text: str, private: bool) -> tuple[list[str], str]:
    """The words of a text, and the column they are looked for in."""
    return search_words(text[: 30 * MOST_WORDS])[:MOST_WORDS], "search_private" if private else "search_open"


def verification_limit(on: date | None = None) -> date:
    """The oldest day on which a record may have been verified and still count as such."""
    return (on or timezone.localdate()) - relativedelta(months=Association.own().verification_months)
