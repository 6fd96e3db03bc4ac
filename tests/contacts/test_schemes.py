"""Territorial schemes: their form, their page, and the territories that coordinators take from them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, Coordination, Scheme
from crm.roles import Role
from tests.factories import (
    CoordinationFactory,
    OrganisationFactory,
    PersonFactory,
    SchemeFactory,
    SchemeTypeFactory,
    TerritoryFactory,
)


pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LIST = "/contacts/scheme/"


@pytest.fixture
def staff(client_as) -> Client:
    return client_as(Role.STAFF)


def rows(*coordinations: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    data: dict[str, Any] = {
        "coordinations-TOTAL_FORMS": len(coordinations),
        "coordinations-INITIAL_FORMS": initial,
    }
    for place, row in enumerate(coordinations):
        data |= {
            f"coordinations-{place}-{name}": value for name, value in {"share": "unknown", **row}.items()
        }
    return data


def reach(contact: Contact) -> set[tuple[int, str]]:
    return set(contact.reach.values_list("territory", "origin"))


@pytest.mark.data
def test_a_scheme_is_made_with_its_coordinators_who_take_its_territories(staff):
    town, lead, person = TerritoryFactory(), OrganisationFactory(), PersonFactory()
    kind = SchemeTypeFactory()

    answer = staff.post(
        f"{LIST}add/",
        {"type": kind.pk, "name": "Contrat local", "territories": [town.pk], "lead": lead.pk, "state": "running",
         **rows({"person": person.pk, "share": "full"})},
        follow=True,
    )  # fmt: skip

    scheme = Scheme.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("admin:contacts_scheme_record", args=[scheme.pk])
    assert [str(message) for message in answer.context["messages"]] == [
        "La démarche « Contrat local » est enregistrée."
    ]
    assert (scheme.version, scheme.lead, scheme.coordinations.get().share) == (1, lead, "full")
    assert reach(person) == {(town.pk, "scheme")}


@pytest.mark.data
def test_territories_changed_on_the_form_reach_the_coordinators(staff):
    town, other = TerritoryFactory(), TerritoryFactory()
    scheme = SchemeFactory(territories=[town])
    row = CoordinationFactory(scheme=scheme)

    staff.post(
        reverse("admin:contacts_scheme_change", args=[scheme.pk]),
        {"type": scheme.type_id, "name": "Autre nom", "territories": [other.pk], "state": "running",
         **rows({"id": row.pk, "scheme": scheme.pk, "person": row.person_id}, initial=1)},
    )  # fmt: skip

    assert reach(row.person) == {(other.pk, "scheme")}


@pytest.mark.data
def test_a_coordination_that_has_ended_gives_no_territory(staff):
    scheme = SchemeFactory(territories=[TerritoryFactory()])
    row = CoordinationFactory(scheme=scheme)

    row.ends_on = TODAY - timedelta(days=1)
    row.save()

    assert reach(row.person) == set()
    shown = staff.get(reverse("admin:contacts_scheme_record", args=[scheme.pk])).context
    assert (shown["current"], shown["former"]) == ([], [row])


def test_a_scheme_does_not_end_before_it_starts(staff):
    answer = staff.post(
        f"{LIST}add/",
        {"type": SchemeTypeFactory().pk, "name": "Contrat", "state": "running", "starts_on": "01/01/2024", "ends_on": "01/01/2023",
         **rows()},
    )  # fmt: skip

    assert answer.context["adminform"].form.non_field_errors() == [
        "La démarche se termine avant d’avoir commencé : vérifiez les dates."
    ]


def test_nobody_coordinates_a_scheme_twice_at_a_time(staff):
    scheme = SchemeFactory()
    person = CoordinationFactory(scheme=scheme).person
    row = scheme.coordinations.get()

    answer = staff.post(
        reverse("admin:contacts_scheme_change", args=[scheme.pk]),
        {"type": scheme.type_id, "name": scheme.name, "state": "running",
         **rows({"id": row.pk, "scheme": scheme.pk, "person": person.pk}, {"person": person.pk}, initial=1)},
    )  # fmt: skip

    assert answer.status_code == 200
    assert Coordination.objects.count() == 1


def test_a_person_who_is_out_of_sight_is_not_shown_and_cannot_be_chosen(staff):
    scheme = SchemeFactory()
    person = CoordinationFactory(scheme=scheme, person=PersonFactory(name="Absente")).person
    person.put_in_trash()

    assert (
        "Absente" not in staff.get(reverse("admin:contacts_scheme_record", args=[scheme.pk])).content.decode()
    )
    assert "Absente" not in staff.get(LIST).content.decode()
    answer = staff.post(
        f"{LIST}add/",
        {"type": scheme.type_id, "name": "Contrat", "state": "running", **rows({"person": person.pk})},
    )
    assert "person" in answer.context["inline_admin_formsets"][0].formset.errors[0]


@pytest.mark.parametrize("role", [Role.BOARD, Role.READER])
def test_who_may_only_read_finds_the_page_without_notes_and_no_form(client_as, role):
    scheme = SchemeFactory(notes="mot-de-la-note", name="Contrat local")
    client = client_as(role)
    page = reverse("admin:contacts_scheme_record", args=[scheme.pk])

    assert "mot-de-la-note" not in client.get(page).content.decode()
    assert client.get(reverse("admin:contacts_scheme_change", args=[scheme.pk])).url == page
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.get(reverse("admin:contacts_scheme_delete", args=[scheme.pk])).status_code == 403


def test_a_scheme_is_found_by_title_lead_or_territory(staff):
    scheme = SchemeFactory(
        name="Atelier santé",
        lead=OrganisationFactory(name="Plaine"),
        territories=[TerritoryFactory(name="Ville-Haute")],
    )
    SchemeFactory(name="Autre")

    for typed in ("atelier", "plaine", "ville haute", "SANTE plaine"):
        assert list(staff.get(LIST, {"q": typed}).context["cl"].queryset) == [scheme], typed


def test_the_list_is_filtered_by_type_and_state(staff):
    running, ended = SchemeFactory(), SchemeFactory(state=Scheme.State.ENDED, type=SchemeTypeFactory())

    assert list(staff.get(LIST, {"state__exact": "ended"}).context["cl"].queryset) == [ended]
    assert list(staff.get(LIST, {"type__id__exact": running.type_id}).context["cl"].queryset) == [running]


def test_the_list_costs_the_same_at_one_and_at_thirty(staff):
    def statements(number: int) -> int:
        for _ in range(number):
            CoordinationFactory(
                scheme=SchemeFactory(
                    lead=OrganisationFactory(), territories=[TerritoryFactory(), TerritoryFactory()]
                )
            )
        with CaptureQueriesContext(connection) as asked:
            staff.get(LIST)
        return len(asked)

    assert statements(1) == statements(29)


def test_an_empty_list_says_what_belongs_there(staff):
    page = staff.get(LIST).content.decode()

    assert "Aucune démarche encore." in page
    assert "Créer une démarche" in page


def test_deleting_says_what_goes_with_it_in_french(staff):
    scheme = CoordinationFactory(scheme=SchemeFactory(territories=[TerritoryFactory()])).scheme
    person = scheme.coordinations.get().person
    url = reverse("admin:contacts_scheme_delete", args=[scheme.pk])

    page = staff.get(url).content.decode()
    assert f"Supprimer «\xa0{scheme}\xa0»" in page
    assert "Coordinations : 1" in page
    staff.post(url, {"post": "yes"})

    assert not Scheme.objects.exists()
    assert reach(person) == set()
