"""The filters of the list of contacts: each is a question in the address, answered by a word of the queryset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy as _

from contacts.admin.filtering import (
    ClosedFilter,
    ContactFilter,
    DayFilter,
    Option,
    TermFilter,
    TreeFilter,
    numbers,
)
from contacts.models import (
    ActorFamily,
    Category,
    Contact,
    Function,
    Label,
    Opposition,
    Position,
    Scheme,
    SchemeType,
    Source,
    Territory,
    Theme,
)
from contacts.models.contact_queries import ContactQuerySet
from crm.models import ImportBatch, Purpose
from crm.privacy import PRIVATE_CHANNEL
from crm.seeing import sees


LATEST_BATCHES = 30


class KindFilter(ClosedFilter):
    """People or organisations: the sidebar's own preset, shown as tabs."""

    parameter_name = "kind__exact"
    title = _("Nature")
    answers = [(Contact.Kind.PERSON, _("Personnes")), (Contact.Kind.ORGANISATION, _("Structures"))]

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        return rows.filter(kind__in=wanted) if len(wanted) < len(Contact.Kind.values) else rows


class StateFilter(ClosedFilter):
    parameter_name = "state"
    title = _("État de la fiche")
    hint = _(
        "Ce que devient la personne ou la structure : toujours active, a quitté le champ, décédée, effacée."
    )
    answers = Contact.State.choices

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        return rows.filter(state__in=wanted)


class VerificationFilter(ClosedFilter):
    parameter_name = "verified"
    title = _("Vérification")
    hint = _(
        "Une fiche est à vérifier si on l’a marquée, si elle ne l’a jamais été, ou si elle l’a été il y a trop longtemps."
    )
    answers = [
        ("to_verify", _("À vérifier")),
        ("never", _("Jamais vérifiée")),
        ("qualified", _("Contact qualifié")),
    ]

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        answers = [self._answer(rows, value) for value in wanted]
        if len(answers) == 1:
            return answers[0]
        either = Q()
        for answer in answers:
            either |= Q(pk__in=answer.values("pk"))
        return rows.filter(either)

    @staticmethod
    def _answer(rows: ContactQuerySet, value: str) -> ContactQuerySet:
        if value == "qualified":
            return rows.qualified()
        return rows.to_verify() if value == "to_verify" else rows.filter(verified_on=None)


class EmailFilter(ClosedFilter):
    parameter_name = "email"
    title = _("Adresse e-mail")
    hint = _("A-t-on une adresse en service à laquelle écrire ?")
    answers = [("yes", _("Avec une adresse e-mail")), ("no", _("Sans adresse e-mail"))]

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        if len(wanted) > 1:
            return rows
        reached = rows.with_email(private=sees(self.request.user, PRIVATE_CHANNEL))
        return reached if wanted == ["yes"] else rows.exclude(pk__in=reached.values("pk"))


class OppositionFilter(ClosedFilter):
    parameter_name = "opposed"
    title = _("Opposition")
    hint = _("La personne a dit non à cette finalité.")
    answers = Purpose.refusable()

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        return rows.opposed_to(*wanted)

    def options(self, rows: ContactQuerySet) -> list[Option]:
        refused = Opposition.objects.filter(contact__in=rows.values("pk"))
        counts = dict(refused.order_by().values_list("purpose").annotate(Count("pk")))
        return [
            Option(value, str(label), counts.get(value, 0), value in self.asked)
            for value, label in self.answers
        ]


class ThemeFilter(TreeFilter):
    parameter_name = "theme"
    title = _("Thématiques")
    hint = _("Ce sur quoi la personne ou la structure travaille.")
    terms = Theme

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        return rows.on_theme(*wanted)

    def tally(self, rows: ContactQuerySet) -> Mapping[int, int]:
        held = Contact.themes.through.objects.filter(contact__in=rows.values("pk"))
        first = Coalesce("theme__parent", "theme")
        own = dict(held.values_list("theme").annotate(Count("pk")))
        return own | dict(held.values_list(first).annotate(Count("contact", distinct=True)))


class CategoryFilter(TreeFilter):
    parameter_name = "category"
    title = _("Catégorie institutionnelle")
    hint = _("Le type d’institution ; une personne a celle de sa structure.")
    terms = Category

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        return rows.in_category(*wanted)

    def tally(self, rows: ContactQuerySet) -> Mapping[int, int]:
        placed = rows.order_by().filter(shown_category__isnull=False)
        own = dict(placed.values_list("shown_category").annotate(Count("pk")))
        first = Coalesce("shown_category__parent", "shown_category")
        return own | dict(placed.values_list(first).annotate(Count("pk")))


class FunctionFilter(TermFilter):
    parameter_name = "function"
    title = _("Fonction")
    hint = _("La fonction exercée aujourd’hui, dans la liste fermée.")
    terms = Function

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        return rows.holding(*wanted)

    def tally(self, rows: ContactQuerySet) -> Mapping[int, int]:
        held = (
            Position.objects.told_to_all()
            .current()
            .filter(person__in=rows.values("pk"), function__isnull=False)
            .order_by()
        )
        return dict(held.values_list("function").annotate(Count("person", distinct=True)))


class FamilyFilter(TermFilter):
    parameter_name = "family"
    title = _("Famille d’acteurs")
    hint = _("Un regroupement large, d’après la fonction, sinon d’après la catégorie.")
    terms = ActorFamily

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        return rows.of_family(*wanted)


class SourceFilter(TermFilter):
    parameter_name = "source"
    title = _("Source")
    hint = _("D’où vient la fiche.")
    terms = Source

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        return rows.filter(source__in=wanted)

    def tally(self, rows: ContactQuerySet) -> Mapping[int, int]:
        return dict(rows.order_by().values_list("source").annotate(Count("pk")))


class LabelFilter(TermFilter):
    parameter_name = "label"
    title = _("Étiquettes")
    hint = _("Vos marques libres, à côté des thématiques.")
    terms = Label

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        return rows.labelled(*wanted)

    def tally(self, rows: ContactQuerySet) -> Mapping[int, int]:
        borne = Contact.labels.through.objects.filter(contact__in=rows.values("pk"))
        return dict(borne.values_list("label").annotate(Count("pk")))


class SchemeTypeFilter(TermFilter):
    parameter_name = "scheme_type"
    title = _("Type de démarche")
    hint = _("Coordonne, porte ou suit une démarche de ce type.")
    terms = SchemeType

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        return rows.taking_part_in(Scheme.objects.filter(type__in=wanted))


class SchemeFilter(ContactFilter):
    """One scheme, typed."""

    parameter_name = "scheme"
    title = _("Démarche")
    hint = _("Coordonne, porte ou suit cette démarche-ci : tapez son intitulé.")
    template = "contacts/list/filter_typed.html"
    lazy = False
    choices_page: ClassVar[str] = "admin:contacts_contact_scheme_choices"

    def find(self, values: Sequence[str]) -> Mapping[str, Any]:
        schemes = Scheme.objects.visible_to(self.request.user)
        return {str(scheme.pk): scheme for scheme in schemes.filter(pk__in=numbers(values)).order_by()}

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        return rows.taking_part_in(Scheme.objects.filter(pk__in=[scheme.pk for scheme in wanted]))


class PlaceFilter(ContactFilter):
    """Territories, typed; in the address as level:code, since a code alone is ambiguous."""

    template = "contacts/list/filter_typed.html"
    lazy = False
    choices_page: ClassVar[str] = "admin:contacts_contact_territory_choices"
    question: ClassVar[Callable[..., Any]]
    """Which contacts answer for a place: a word of their queryset."""

    def find(self, values: Sequence[str]) -> Mapping[str, Any]:
        pairs = [value.partition(":")[::2] for value in values]
        asked = reduce(or_, [Q(level=level, code=code) for level, code in pairs])
        return {f"{place.level}:{place.code}": place for place in Territory.objects.filter(asked)}

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        narrowed: ContactQuerySet = type(self).question(rows, *wanted)
        return narrowed


class WithinFilter(PlaceFilter):
    parameter_name = "in"
    question = ContactQuerySet.within
    title = _("Dans le territoire")
    hint = _(
        "Intervient dans ce territoire ou dans une partie de ce territoire : tapez un nom, un code ou un code postal."
    )


class CompetentFilter(PlaceFilter):
    parameter_name = "for"
    question = ContactQuerySet.competent_for
    title = _("Compétent pour le territoire")
    hint = _(
        "Intervient sur ce territoire ou sur un plus grand qui le contient : l’agence régionale pour chaque commune."
    )


class BatchFilter(ContactFilter):
    parameter_name = "batch"
    title = _("Import")
    hint = _("La fiche a été créée par ce fichier.")

    def find(self, values: Sequence[str]) -> Mapping[str, Any]:
        batches = ImportBatch.objects.visible_to(self.request.user)
        return {str(batch.pk): batch for batch in batches.filter(pk__in=numbers(values))}

    def label_of(self, thing: Any) -> str:
        day = date_format(timezone.localtime(thing.received_at), "d/m/Y")
        return gettext("%(file)s, %(day)s") % {"file": thing.name, "day": day}

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        return rows.filter(batch__in=[batch.pk for batch in wanted])

    def options(self, rows: ContactQuerySet) -> list[Option]:
        counts = dict(rows.order_by().filter(batch__isnull=False).values_list("batch").annotate(Count("pk")))
        batches = ImportBatch.objects.visible_to(self.request.user).filter(
            Q(pk__in=counts) | Q(pk__in=numbers(self.asked))
        )[:LATEST_BATCHES]
        return [
            Option(str(batch.pk), self.label_of(batch), counts.get(batch.pk, 0), str(batch.pk) in self.asked)
            for batch in batches
        ]


class VerifiedSinceFilter(DayFilter):
    parameter_name = "verified_since"
    title = _("Vérifiée depuis le")

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        return rows.verified_since(wanted[-1])


class VerifiedBeforeFilter(DayFilter):
    parameter_name = "verified_before"
    title = _("Vérifiée avant le")

    def narrow(self, rows: ContactQuerySet, wanted: Sequence[Any]) -> ContactQuerySet:
        return rows.verified_before(wanted[-1])


FILTERS: Sequence[type[ContactFilter]] = (
    KindFilter,
    ThemeFilter,
    WithinFilter,
    CompetentFilter,
    CategoryFilter,
    FunctionFilter,
    FamilyFilter,
    SchemeTypeFilter,
    SchemeFilter,
    StateFilter,
    VerificationFilter,
    VerifiedSinceFilter,
    VerifiedBeforeFilter,
    EmailFilter,
    OppositionFilter,
    LabelFilter,
    SourceFilter,
    BatchFilter,
)
