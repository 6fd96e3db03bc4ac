"""What the yearly report counts of the base: B1 to B6. What it counts of the schemes is in `contacts.scheme_figures`.

Each figure is a function of a year. The year under way is counted today, a past one on its 31 December, from what the base
held then (`contacts.past`); before the first record it cannot be told and is None. docs/figures.md says each rule.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import wraps

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from contacts.coverage import lone_departments
from contacts.models import (
    Category,
    Channel,
    Consent,
    Contact,
    Function,
    Opposition,
    SuppressedAddress,
    Territory,
    Theme,
)
from contacts.models.consent import KEY_ID, fingerprint
from contacts.past import Past, end_of, is_known
from crm.models import Association, Purpose
from crm.registry import Figure, FigureValue, figures


def at_year_end(count: Callable[[Past], FigureValue]) -> Callable[[int], FigureValue]:
    """A figure of a year from a count on a day; None before the first record and for a year to come."""

    @wraps(count)
    def of_year(year: int) -> FigureValue:
        return count(Past(end_of(year))) if is_known(year) else FigureValue(None)

    return of_year


def parts(title: str, counts: Mapping[str, int], missing: int) -> dict[str, int]:
    """`{"Catégorie : Commune": n, …}`, the largest first, and « non renseigné » always, at the end."""
    lead = _("%(title)s : ") % {"title": title} if title else ""
    lines = {
        f"{lead}{name}": count
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    }
    return lines | {f"{lead}{_('non renseigné')}": missing}


@at_year_end
def active(past: Past) -> FigureValue:
    """B1: active contacts, people and organisations."""
    kinds = Counter(past.active.values())
    by = {
        str(_("Personnes")): kinds[Contact.Kind.PERSON],
        str(_("Structures")): kinds[Contact.Kind.ORGANISATION],
    }
    return FigureValue(sum(by.values()), by)


@at_year_end
def qualified(past: Past) -> FigureValue:
    """B2: active people one can reach, placed, themed, of a known category, verified recently enough."""
    limit = past.day - relativedelta(months=Association.own().verification_months)
    people = {pk for pk, kind in past.active.items() if kind == Contact.Kind.PERSON}
    reached = past.rows(Channel).filter(state=Channel.State.ACTIVE).values_list("contact_id", flat=True)
    verified = (
        past.contacts().filter(verified_on__gte=limit, verified_on__lte=past.day).values_list("id", flat=True)
    )
    holds = {
        _("sans e-mail ni téléphone en service"): {*reached},
        _("sans catégorie"): past.categories.keys(),
        _("sans territoire"): past.territories.keys(),
        _("sans thématique"): past.themes.keys(),
        _("non vérifiées dans le délai"): {*verified},
    }
    lacks = {reason: len(people - having) for reason, having in holds.items()}
    found = people.intersection(*holds.values())
    by = {
        _("Personnes actives"): len(people),
        **{_("Non qualifiées : %s") % why: n for why, n in lacks.items()},
    }
    return FigureValue(len(found), by)


def movements(year: int) -> FigureValue:
    """B3: contacts collected in the year; beside it, those verified in it and those that went out in it."""
    if not is_known(year):
        return FigureValue(None)
    past, start = Past(end_of(year)), Past(datetime.date(year - 1, 12, 31))
    first, last = datetime.date(year, 1, 1), past.day
    # The collection date says the year, whenever the record was typed; what was put in the trash later was new that year.
    latest = Past(timezone.localdate()).versions(Contact).filter(merged_into=None)
    kept = ~Q(history_type="-") | Q(trashed_at__isnull=False)  # else deleted at once: an import taken back
    new = (
        latest.filter(kept, collected_on__range=(first, last))
        .filter(Q(trashed_at=None) | Q(trashed_at__gte=past.moment))
        .count()
    )
    verified = Contact.history.filter(
        verified_on__range=(first, last), history_date__lt=past.moment
    ).aggregate(n=Count("id", distinct=True))["n"]
    gone = (
        past.versions(Contact).filter(merged_into=None).exclude(state=Contact.State.ACTIVE, trashed_at=None)
    )
    was_active = Contact.history.filter(
        Q(history_date__gte=start.moment, history_date__lt=past.moment)
        | Q(pk__in=start.versions(Contact).values("pk")),
        state=Contact.State.ACTIVE,
        trashed_at=None,
        id__in=gone.values("id"),
    ).exclude(history_type="-")
    left = was_active.aggregate(n=Count("id", distinct=True))["n"]
    return FigureValue(new, {_("Nouveaux"): new, _("Vérifiés"): verified, _("Sortis"): left})


@at_year_end
def makeup(past: Past) -> FigureValue:
    """B4: active contacts by category, theme, function of people, region and overseas."""
    people = [pk for pk, kind in past.active.items() if kind == Contact.Kind.PERSON]
    top_category, top_theme = _tops(Category), _tops(Theme)
    functions = dict(Function.objects.values_list("pk", "name"))
    places = _regions(past)
    main = past.main_positions
    by: dict[str, int] = {}
    for title, named, total in (
        (_("Catégorie"), _tally({top_category[c]} for c in past.categories.values()), len(past.active)),
        (
            _("Thématique"),
            _tally({top_theme[t] for t in held} for held in past.themes.values()),
            len(past.active),
        ),
        (
            _("Fonction"),
            _tally({functions[f]} for pk in people if (f := main.get(pk, (None, None))[1])),
            len(people),
        ),
        (_("Région"), _tally(names for names, _overseas in places), len(past.active)),
    ):
        counts, holders = named
        by |= parts(title, counts, total - holders)
    by[_("Outre-mer : ensemble")] = sum(overseas for _names, overseas in places)
    return FigureValue(len(past.active), by)


def _tally(groups: Iterable[set[str]]) -> tuple[Counter[str], int]:
    """How many of these sets hold each name, and how many hold one at all."""
    counts: Counter[str] = Counter()
    holders = 0
    for names in groups:
        counts.update(names)
        holders += bool(names)
    return counts, holders


def _tops(model: type[Category | Theme]) -> dict[int, str]:
    """`{term: name of its level 1}`."""
    rows = model._default_manager.values_list("pk", "name", "parent__name")
    return {pk: above or name for pk, name, above in rows}


def _regions(past: Past) -> list[tuple[set[str], bool]]:
    """For each placed contact, the regions of its territories (« France entière » for the country), and whether overseas."""
    above: dict[int, set[str]] = {}
    overseas: set[int] = set()
    pairs = past.above(Territory.Level.REGION).values_list(
        "descendant_id", "ancestor__name", "ancestor__zone"
    )
    for below, name, zone in pairs:
        above.setdefault(below, set()).add(name)
        if zone != Territory.Zone.METRO:
            overseas.add(below)
    for country in Territory.objects.at(Territory.Level.FRANCE).values_list("pk", flat=True):
        above[country] = {_("France entière")}
    return [
        (set().union(*(above.get(place, set()) for place in places)), not overseas.isdisjoint(places))
        for places in past.territories.values()
    ]


@at_year_end
def mailable(past: Past) -> FigureValue:
    """B5: addresses to which the newsletter may go.

    An address of a function (professional or shared) is written to on legitimate interest, a personal one on consent
    only; an opposition wins over both, whichever record it stands on. One address a contact, each address once.
    """
    refused = past.rows(Opposition).filter(purpose=Purpose.NEWSLETTER, since__lte=past.day)
    opposed = set(refused.values_list("contact_id", flat=True))
    agreed = past.rows(Consent).filter(purpose=Purpose.NEWSLETTER, since__lte=past.day)
    consenting = set(
        agreed.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=past.day)).values_list(
            "contact_id", flat=True
        )
    )
    marks = SuppressedAddress.objects.filter(purpose=Purpose.NEWSLETTER, key_id=KEY_ID, since__lte=past.day)
    suppressed = set(marks.values_list("fingerprint", flat=True))
    rows = past.rows(Channel).filter(kind=Channel.Kind.EMAIL).order_by("-is_main", "id")
    channels = list(rows.values_list("contact_id", "key", "nature", "state"))
    refusing = {key for contact, key, _nature, _state in channels if contact in opposed}
    chosen: dict[int, tuple[str, str]] = {}
    for contact, key, nature, state in channels:
        if (
            contact not in past.active
            or contact in chosen
            or state != Channel.State.ACTIVE
            or key in refusing
        ):
            continue
        if nature == Channel.Nature.PERSONAL and contact not in consenting:
            continue
        chosen[contact] = key, nature
    natures: dict[str, str] = {}
    for key, nature in chosen.values():
        natures.setdefault(key, nature)
    if suppressed:
        natures = {key: nature for key, nature in natures.items() if fingerprint(key) not in suppressed}
    counts = Counter(natures.values())
    by = {
        _("Adresses professionnelles"): counts[Channel.Nature.PROFESSIONAL],
        _("Boîtes partagées ou génériques"): counts[Channel.Nature.ROLE],
        _("Adresses personnelles, avec consentement"): counts[Channel.Nature.PERSONAL],
        _("Contacts sans adresse utilisable : non renseigné"): len(past.active) - len(chosen),
    }
    return FigureValue(len(natures), by)


@at_year_end
def empty_departments(past: Past) -> FigureValue:
    """B6: departments, overseas included, in which no active contact has a territory.

    A region or the country does not count, but for a region of one department: the agency of Mayotte is in Mayotte.
    """
    departments = Territory.objects.at(Territory.Level.DEPARTEMENT).in_force(past.day)
    departments = departments.exclude(zone=Territory.Zone.COM)
    used: set[int] = set().union(*past.territories.values())
    pairs = past.above(Territory.Level.DEPARTEMENT).values_list("ancestor_id", "descendant_id")
    reached = {above for above, below in pairs if below in used}
    reached |= {inside for region, inside in lone_departments().items() if region in used}
    empty = [
        (name, code)
        for pk, name, code in departments.order_by("code").values_list("pk", "name", "code")
        if pk not in reached
    ]
    unplaced = len(past.active) - len(past.territories)
    by = {f"{name} ({code})": 0 for name, code in empty} | {
        _("Contacts sans territoire : non renseigné"): unplaced
    }
    return FigureValue(len(empty), by)


def _list(**query: str) -> Callable[[int], str]:
    """The list that a figure opens, as it is today."""

    def url(_year: int) -> str:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return f"{reverse('admin:contacts_contact_changelist')}?{asked}"

    return url


def register() -> None:
    for code, label, definition, count, url in (
        (
            "B1",
            gettext_lazy("Contacts actifs"),
            gettext_lazy("Personnes et structures actives au 31 décembre (aujourd’hui pour l’année en cours), hors corbeille et fiches fusionnées."),
            active,
            _list(state="active"),
        ),
        (
            "B2",
            gettext_lazy("Contacts qualifiés"),
            gettext_lazy("Personnes actives avec un e-mail ou un téléphone en service, une catégorie, un territoire (propre ou hérité), une thématique, et vérifiées dans le délai fixé par l’association."),
            qualified,
            _list(state="active", verified="qualified"),
        ),
        (
            "B3",
            gettext_lazy("Nouveaux contacts"),
            gettext_lazy("Contacts recueillis dans l’année ; à côté, ceux qui ont été vérifiés dans l’année et ceux qui ont quitté le champ, sont décédés, ont été effacés ou mis à la corbeille."),
            movements,
            _list(o="-created"),
        ),
        (
            "B4",
            gettext_lazy("Répartition des contacts actifs"),
            gettext_lazy("Contacts actifs par catégorie et thématique de niveau 1, fonction (personnes), région et outre-mer. Un contact compte une fois dans chaque thématique et chaque région : leur somme peut dépasser le total."),
            makeup,
            _list(state="active"),
        ),
        (
            "B5",
            gettext_lazy("Destinataires de la newsletter"),
            gettext_lazy("Adresses e-mail différentes, en service, de contacts actifs qui ne s’y opposent pas : adresses de fonction au titre de l’intérêt légitime, adresses personnelles avec consentement seulement."),
            mailable,
            _list(state="active", email="yes"),
        ),
        (
            "B6",
            gettext_lazy("Départements sans contact"),
            gettext_lazy("Départements, outre-mer compris, où aucun contact actif n’a de territoire ; une région ou la France entière ne comptent pas."),
            empty_departments,
            lambda year: reverse("admin:contacts_territory_changelist") + "?reach=none",
        ),
    ):  # fmt: skip
        figures.add(
            Figure(
                code=code,
                label=label,
                definition=definition,
                permission="contacts.view_contact",
                count=count,
                url=url,
                on_home=code in {"B1", "B2", "B6"},
            )
        )
