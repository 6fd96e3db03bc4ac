"""The figures D1 to D5, each against what a person counts by hand on a base of a few schemes."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from contacts.models import (
    Contact,
    Scheme,
    Service,
    Territory,
)
from tests.contacts.counting import LAST, THIS, by, place, scheme, value, written_on, year_of
from tests.factories import (
    CoordinationFactory,
    PersonFactory,
)


pytestmark = pytest.mark.django_db


# --- D: the schemes ---------------------------------------------------------------------------------------


@pytest.mark.data
def test_d1_crosses_types_and_states_by_their_dates(town: Contact):
    scheme("ASV")
    scheme("CLS", state=Scheme.State.RENEWING)
    scheme("CLS", ends_on=year_of(LAST, 6))
    scheme("CLS", starts_on=timezone.localdate() + datetime.timedelta(days=1))

    assert value("D1") == 4
    assert by("D1") == {
        "Atelier santé ville (ASV) : En activité": 1,
        "Contrat local de santé (CLS) : En projet": 1,
        "Contrat local de santé (CLS) : En renouvellement": 1,
        "Contrat local de santé (CLS) : Terminée": 1,
        "non renseigné": 0,
    }


@pytest.mark.data
def test_d1_of_last_year_is_the_state_written_then(town: Contact):
    old = scheme("ASV")
    written_on(old, year_of(LAST, 5))
    old.state = Scheme.State.SUSPENDED
    old.save()

    assert by("D1", LAST) == {"Atelier santé ville (ASV) : En activité": 1, "non renseigné": 0}
    assert by("D1", THIS) == {"Atelier santé ville (ASV) : Suspendue": 1, "non renseigné": 0}


@pytest.mark.data
def test_d2_counts_running_schemes_whose_coordinator_is_known_that_day(town: Contact):
    known, unknown, ended = scheme("ASV"), scheme("CLS"), scheme("CLS", state=Scheme.State.ENDED)
    CoordinationFactory(scheme=known)
    CoordinationFactory(scheme=unknown, ends_on=year_of(LAST, 6))
    CoordinationFactory(scheme=unknown, person=PersonFactory(state=Contact.State.LEFT))
    CoordinationFactory(scheme=ended)

    assert value("D2") == 1
    assert by("D2") == {"Coordination connue": 1, "non renseigné": 1}


@pytest.mark.data
def test_d3_adds_up_the_people_of_a_scheme_s_territories_once(town: Contact):
    Territory.objects.filter(level="commune", code="38185").update(population=157_477)
    Territory.objects.filter(level="commune", code="93048").update(population=9_999)
    Territory.objects.filter(level="commune", code="93066").update(population=40_001)
    scheme("ASV", territories=[place("commune", "93048")])
    scheme("CLS", territories=[place("commune", "93048"), place("commune", "93066")])
    scheme("CLSM", territories=[place("commune", "38185"), place("departement", "38")])
    scheme("CLSM")
    scheme("CLSM", state=Scheme.State.ENDED, territories=[place("commune", "38185")])

    assert value("D3") == 4
    assert by("D3") == {
        "Moins de 10 000 habitants": 1,
        "De 10 000 à 49 999": 0,
        "De 50 000 à 99 999": 1,
        "100 000 et plus": 1,
        "non renseigné": 1,
    }


@pytest.mark.data
def test_d4_shares_running_schemes_out_by_service(town: Contact):
    scheme("ASV", service=Service.objects.get(code="SANTE"))
    scheme("CLS", service=Service.objects.get(code="SANTE"))
    scheme("CLSM")
    scheme("CLSM", state=Scheme.State.ENDED, service=Service.objects.get(code="SANTE"))

    assert value("D4") == 3
    assert by("D4") == {"Santé": 2, "non renseigné": 1}


@pytest.mark.data
def test_d5_counts_people_who_coordinate_several(town: Contact):
    two, three, one = PersonFactory.create_batch(3)
    schemes = [scheme("ASV") for _n in range(3)]
    ended = scheme("CLS", state=Scheme.State.ENDED)
    for person, held in ((two, schemes[:2]), (three, schemes), (one, [schemes[0], ended])):
        for row in held:
            CoordinationFactory(scheme=row, person=person)

    assert value("D5") == 2
    assert by("D5") == {
        "Deux démarches": 1,
        "Trois démarches et plus": 1,
        "Démarches sans coordination connue : non renseigné": 0,
    }
