"""What the yearly report counts of the territorial schemes: D1 to D5."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

from django.db.models import F, Sum
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from contacts.figures import at_year_end, parts
from contacts.models import Contact, Scheme, SchemeType, Service, Territory, TerritoryAncestor
from contacts.past import Past
from crm.registry import Figure, FigureValue, figures


BANDS = (10_000, 50_000, 100_000)
# The levels in which others may lie.
OUTER = tuple(level for level in Territory.Level.values if level != Territory.Level.QPV)


def states(past: Past) -> dict[int, tuple[int, str]]:
    """`{scheme: (type, state)}` that day; a start to come or an end gone by says more than the state written."""
    found = {}
    for pk, kind, state, start, end in past.rows(Scheme).values_list(
        "id", "type_id", "state", "starts_on", "ends_on"
    ):
        if end and end < past.day:
            state = Scheme.State.ENDED
        elif start and start > past.day:
            state = Scheme.State.PLANNED
        found[pk] = kind, state
    return found


def in_activity(past: Past) -> set[int]:
    """Schemes that run that day, those being renewed included."""
    running = {Scheme.State.RUNNING, Scheme.State.RENEWING}
    return {pk for pk, (_kind, state) in states(past).items() if state in running}


@at_year_end
def by_type_and_state(past: Past) -> FigureValue:
    """D1: every scheme known, by type and state."""
    counts = Counter(states(past).values())
    labels = dict(Scheme.State.choices)
    by = {}
    for kind, name in SchemeType.objects.values_list("pk", "name"):
        for state in labels:
            if counts[kind, state]:
                by[_("%(type)s : %(state)s") % {"type": name, "state": labels[state]}] = counts[kind, state]
    return FigureValue(counts.total(), by | {_("non renseigné"): 0})


@at_year_end
def coordinated(past: Past) -> FigureValue:
    """D2: schemes in activity whose coordinator is known."""
    running = in_activity(past)
    known = running & {scheme for scheme, person in past.coordinations if person in past.active}
    return FigureValue(
        len(known), {_("Coordination connue"): len(known), _("non renseigné"): len(running) - len(known)}
    )


@at_year_end
def by_population(past: Past) -> FigureValue:
    """D3: schemes in activity by band of population of their territory."""
    running = in_activity(past)
    places: dict[int, set[int]] = defaultdict(set)
    for scheme, territory in past.linked(Scheme, "territories"):
        if scheme in running:
            places[scheme].add(territory)
    people = _populations(past)
    inner = set(
        past.above(*OUTER).exclude(ancestor=F("descendant")).values_list("ancestor_id", "descendant_id")
    )
    bands: Counter[int] = Counter()
    for territories in places.values():
        # A commune listed beside its own EPCI is counted once.
        widest = [place for place in territories if not any((above, place) in inner for above in territories)]
        known = [people.get(place) or 0 for place in widest]
        if all(known):
            bands[sum(sum(known) >= limit for limit in BANDS)] += 1
    names = [
        _("Moins de 10 000 habitants"),
        _("De 10 000 à 49 999"),
        _("De 50 000 à 99 999"),
        _("100 000 et plus"),
    ]
    by = {name: bands[band] for band, name in enumerate(names)}
    return FigureValue(len(running), by | {_("non renseigné"): len(running) - bands.total()})


def _populations(past: Past) -> dict[int, int | None]:
    """The population of each place of a scheme; that of a department or a region is the sum of its communes."""
    places = Territory.objects.filter(pk__in=past.links(Scheme, "territories").values("territory_id"))
    wide = places.filter(population=None).exclude(level=Territory.Level.QPV)
    communes = TerritoryAncestor.objects.filter(
        ancestor__in=wide.values("pk"), descendant__level=Territory.Level.COMMUNE
    ).order_by()
    return dict(places.values_list("pk", "population")) | dict(
        communes.values_list("ancestor_id").annotate(Sum("descendant__population"))
    )


@at_year_end
def by_service(past: Past) -> FigureValue:
    """D4: schemes in activity by the service that holds them."""
    running = in_activity(past)
    names = dict(Service.objects.values_list("pk", "name"))
    held = past.rows(Scheme).filter(service__isnull=False).values_list("id", "service_id")
    counts = Counter(names[service] for pk, service in held if pk in running)
    return FigureValue(len(running), parts("", counts, len(running) - counts.total()))


@at_year_end
def of_several(past: Past) -> FigureValue:
    """D5: people who coordinate at least two schemes in activity."""
    running = in_activity(past)
    held: Counter[int] = Counter()
    for scheme, person in {*past.coordinations}:
        if scheme in running and past.active.get(person) == Contact.Kind.PERSON:
            held[person] += 1
    two = sum(count == 2 for count in held.values())
    more = sum(count > 2 for count in held.values())
    unknown = len(running - {scheme for scheme, person in past.coordinations if person in past.active})
    by = {
        _("Deux démarches"): two,
        _("Trois démarches et plus"): more,
        _("Démarches sans coordination connue : non renseigné"): unknown,
    }
    return FigureValue(two + more, by)


def register() -> None:
    for code, label, definition, count in (
        (
            "D1",
            gettext_lazy("Démarches par type et par état"),
            gettext_lazy("Toutes les démarches connues, par type et par état au 31 décembre (aujourd’hui pour l’année en cours) ; une date de fin passée vaut « Terminée »."),
            by_type_and_state,
        ),
        (
            "D2",
            gettext_lazy("Démarches dont la coordination est connue"),
            gettext_lazy("Démarches en activité ou en renouvellement dont au moins une personne active assure la coordination ce jour-là."),
            coordinated,
        ),
        (
            "D3",
            gettext_lazy("Démarches par taille de territoire"),
            gettext_lazy("Démarches en activité ou en renouvellement selon la population totale de leurs territoires."),
            by_population,
        ),
        (
            "D4",
            gettext_lazy("Démarches par service"),
            gettext_lazy("Démarches en activité ou en renouvellement selon le service qui les porte."),
            by_service,
        ),
        (
            "D5",
            gettext_lazy("Personnes qui coordonnent plusieurs démarches"),
            gettext_lazy("Personnes actives qui coordonnent au moins deux démarches en activité ou en renouvellement."),
            of_several,
        ),
    ):  # fmt: skip
        figures.add(
            Figure(
                code=code,
                label=label,
                definition=definition,
                permission="contacts.view_scheme",
                count=count,
                url=_list("" if code == "D1" else "?state__in=running,renewing"),
            )
        )


def _list(query: str) -> Callable[[int], str]:
    """The list that a figure opens, as it is today."""
    return lambda _year: f"{reverse('admin:contacts_scheme_changelist')}{query}"
