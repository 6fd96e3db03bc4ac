"""The filters of the list: alternatives within one, all of them together, and honest counts beside their values."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from contacts.admin.filters import FILTERS
from contacts.admin.narrowing import Narrowing
from contacts.models import Category, Channel, Contact, Function, SchemeType, Territory, Theme
from crm.models import Purpose, User
from crm.roles import Role
from tests.factories import (
    ChannelFactory,
    CoordinationFactory,
    ImportBatchFactory,
    LabelFactory,
    OppositionFactory,
    OrganisationFactory,
    PersonFactory,
    PositionFactory,
    SchemeFactory,
    SourceFactory,
    UserFactory,
)


pytestmark = [pytest.mark.django_db, pytest.mark.data]

LIST = "admin:contacts_contact_changelist"


def narrowing(query: str, user: User | None = None) -> Narrowing:
    request = RequestFactory().get("/", QUERY_STRING=query)
    request.user = user or UserFactory(role=Role.STAFF)
    return Narrowing(request, QueryDict(query))


def found(query: str, user: User | None = None) -> set[Contact]:
    return set(narrowing(query, user).rows())


def place(level: str, code: str) -> Territory:
    return Territory.objects.get(level=level, code=code)


def test_several_themes_are_alternatives_and_the_first_level_takes_what_is_below():
    mental = PersonFactory(themes=[Theme.objects.get(code="T04")])
    below = PersonFactory(themes=[Theme.objects.get(code="T04-1")])
    care = PersonFactory(themes=[Theme.objects.get(code="T01")])
    PersonFactory(themes=[Theme.objects.get(code="T02")])

    assert found("theme=T04") == {mental, below}
    assert found("theme=T04-1&theme=T01") == {below, care}


def test_filters_add_up():
    wanted = PersonFactory(themes=[Theme.objects.get(code="T04")], territories=[place("commune", "93066")])
    PersonFactory(themes=[Theme.objects.get(code="T04")], territories=[place("region", "84")])
    PersonFactory(themes=[Theme.objects.get(code="T01")], territories=[place("commune", "93066")])

    assert found("theme=T04&in=region:11") == {wanted}


def test_within_looks_down_and_competent_looks_up():
    town = PersonFactory(territories=[place("commune", "93066")])
    department = PersonFactory(territories=[place("departement", "93")])
    region = PersonFactory(territories=[place("region", "11")])
    country = PersonFactory(territories=[place("france", "FR")])
    PersonFactory()

    assert found("in=departement:93") == {town, department}
    assert found("for=departement:93") == {department, region, country}
    assert found("in=france:FR") == {town, department, region, country}


def test_the_code_of_a_department_is_not_that_of_a_region():
    PersonFactory(territories=[place("departement", "93")])

    assert found("in=region:93") == set()


def test_a_person_is_found_by_the_category_and_the_territory_of_the_organisation():
    agency = OrganisationFactory(
        category=Category.objects.get(code="COL-1"), territories=[place("region", "11")]
    )
    person = PersonFactory(organisation=agency)

    assert found("category=COL") == {agency, person}
    assert found("category=COL&in=region:11&kind__exact=person") == {person}


def test_a_function_counts_while_it_is_held():
    coordinator = Function.objects.get(code="COORDINATION-CLS")
    holds = PositionFactory(function=coordinator).person
    PositionFactory(function=coordinator, ends_on=timezone.localdate() - timedelta(days=1))

    assert found("function=COORDINATION-CLS") == {holds}


def test_the_family_comes_from_the_function_else_from_the_category():
    elected = Category.objects.get(code="TET-1")
    by_function = PositionFactory(function=Function.objects.get(code="COORDINATION-CLS")).person
    by_category = OrganisationFactory(category=elected)
    both = PersonFactory(category=elected)
    PositionFactory(person=both, function=Function.objects.get(code="COORDINATION-CLS"))

    assert found("family=ELUS") == {by_category}
    assert found("family=COORDINATION") == {by_function, both}


def test_a_scheme_finds_who_coordinates_leads_or_follows_it_today():
    lead, elected = OrganisationFactory(), PersonFactory()
    scheme = SchemeFactory(type=SchemeType.objects.get(code="CLS"), lead=lead, elected_official=elected)
    now = CoordinationFactory(scheme=scheme).person
    CoordinationFactory(scheme=scheme, ends_on=timezone.localdate() - timedelta(days=1))
    other = SchemeFactory(type=SchemeType.objects.get(code="ASV"), lead=OrganisationFactory())

    assert found(f"scheme={scheme.pk}") == {lead, elected, now}
    assert found("scheme_type=CLS") == {lead, elected, now}
    assert found(f"scheme={scheme.pk}&scheme={other.pk}") == {lead, elected, now, other.lead}


def test_verified_since_before_never_and_to_verify():
    today = timezone.localdate()
    fresh = PersonFactory(verified_on=today)
    old = PersonFactory(verified_on=today - timedelta(days=3 * 365))
    never = PersonFactory()
    flagged = PersonFactory(verified_on=today, needs_check=True)

    assert found(f"verified_since={today}") == {fresh, flagged}
    assert found(f"verified_before={today}") == {old}
    assert found("verified=never") == {never}
    assert found("verified=to_verify") == {old, never, flagged}
    assert found("verified=never&verified=to_verify") == {old, never, flagged}


def test_a_qualified_contact_can_be_reached_is_placed_themed_and_verified():
    base = {
        "themes": [Theme.objects.get(code="T04")],
        "territories": [place("region", "11")],
        "category": Category.objects.get(code="COL-1"),
        "verified_on": timezone.localdate(),
    }
    qualified = PersonFactory(**base, phone="01 86 65 00 01")
    PersonFactory(**base)

    assert found("verified=qualified") == {qualified}


def test_state_source_label_and_batch():
    gone = PersonFactory(state=Contact.State.LEFT)
    sourced = PersonFactory(source=SourceFactory(code="COLLOQUE"))
    label = LabelFactory(code="VIP")
    labelled = PersonFactory(labels=[label])
    batch = ImportBatchFactory()
    imported = PersonFactory(batch=batch)

    assert found("state=left") == {gone}
    assert found("source=COLLOQUE") == {sourced}
    assert found("label=VIP") == {labelled}
    assert found(f"batch={batch.pk}") == {imported}


def test_opposition_to_one_purpose_or_another():
    news = OppositionFactory(purpose=Purpose.NEWSLETTER).contact
    surveys = OppositionFactory(purpose=Purpose.SURVEYS).contact

    assert found("opposed=newsletter") == {news}
    assert found("opposed=newsletter&opposed=surveys") == {news, surveys}


def test_a_private_address_is_no_address_for_who_may_not_see_it():
    ChannelFactory(is_private=True)
    reached = PersonFactory(email="ouverte@exemple.org")
    reader = UserFactory(role=Role.READER)

    assert found("email=yes", reader) == {reached}
    assert found("email=yes").issuperset({reached})
    assert len(found("email=yes")) == 2
    assert found("email=yes&email=no", reader) == set(Contact.objects.all())


@pytest.mark.parametrize(
    "query",
    [
        "theme=zzz",
        "theme=T04%00",
        "theme=" + "é" * 5_000,
        "in=93",
        "in=region:",
        "in=:::",
        "in=commune:%F0%9F%98%80",
        "scheme=abc",
        "scheme=99999999999999999999999",
        "scheme=%D9%A3",
        "batch=-1",
        "state=ACTIVE",
        "verified_since=2026-13-45",
        "verified_since=0000-00-00",
        "opposed=internal",
        "q=***",
        "q=%00",
    ],
)
def test_a_value_that_means_nothing_finds_nobody(query):
    PersonFactory(themes=[Theme.objects.get(code="T04")])

    asked = narrowing(query)

    assert asked.rows().count() == (1 if query == "q=%00" else 0)
    assert all(not chip.known for chip in asked.chips() if chip.title != "Mots")


def test_a_known_value_beside_an_unknown_one_still_counts():
    person = PersonFactory(themes=[Theme.objects.get(code="T04")])

    assert found("theme=T04&theme=zzz") == {person}


def test_a_parameter_that_no_filter_declares_asks_nothing():
    person = PersonFactory(notes="maladie", email="secret@exemple.org")

    for query in (
        "notes__contains=zzz",
        "main_email__startswith=zzz",
        "channels__value=zzz",
        "account__email=z",
    ):
        assert found(query) == {person}


@pytest.mark.parametrize("name", [one.parameter_name for one in FILTERS if one.lazy])
def test_the_count_beside_each_value_is_what_choosing_it_gives(name):
    agency = OrganisationFactory(category=Category.objects.get(code="COL-2"), source=SourceFactory(code="A"))
    coordinator = Function.objects.get(code="COORDINATION-CLS")
    person = PersonFactory(
        themes=list(Theme.objects.filter(code__in=["T04", "T04-1", "T01"])),
        organisation=agency,
        organisation__function=coordinator,
        labels=[LabelFactory(code="VIP")],
        batch=ImportBatchFactory(),
        email="lea@exemple.org",
    )
    PositionFactory(person=person, function=coordinator)
    PersonFactory(themes=[Theme.objects.get(code="T04-1")], verified_on=timezone.localdate())
    OppositionFactory(contact=person)
    CoordinationFactory(
        person=person, scheme=SchemeFactory(type=SchemeType.objects.get(code="CLS"), lead=agency)
    )

    one = narrowing("").named(name)
    assert one is not None
    options = one.options(narrowing("").rows(but=name))

    assert {option.value: option.count for option in options} == {
        option.value: len(found(f"{name}={option.value}")) for option in options
    }
    assert any(option.count for option in options)


def test_the_counts_of_a_filter_leave_the_filter_itself_out(client_as):
    PersonFactory(themes=[Theme.objects.get(code="T04")], state=Contact.State.LEFT)
    PersonFactory(themes=[Theme.objects.get(code="T01")])

    page = client_as(Role.READER).get(
        reverse("admin:contacts_contact_filter", args=["theme"]), {"theme": "T04", "state": "left"}
    )

    values = {option.value: (option.count, option.chosen) for option in page.context["options"]}
    assert (values["T04"], values["T01"]) == ((1, True), (0, False))


def test_a_filter_that_does_not_exist_is_absent(client_as):
    client = client_as(Role.STAFF)

    assert client.get(reverse("admin:contacts_contact_filter", args=["zzz"])).status_code == 404
    assert client.get(reverse("admin:contacts_contact_filter", args=["in"])).status_code == 404


def test_a_chip_says_what_is_asked_and_leads_to_the_list_without_it():
    asked = narrowing("kind__exact=person&theme=T04&theme=zzz&in=region:11&q=durand&p=3")

    assert [(chip.title, chip.label, chip.known) for chip in asked.chips()] == [
        ("Thématiques", "Santé mentale", True),
        ("Thématiques", "zzz (valeur inconnue)", False),
        ("Dans le territoire", "Île-de-France (région)", True),
        ("Mots", "durand", True),
    ]
    assert asked.chips()[0].url == "?kind__exact=person&theme=zzz&in=region%3A11&q=durand"
    assert asked.cleared() == "?kind__exact=person"


def test_territories_are_offered_by_name_code_or_postcode_with_their_level(client_as):
    client = client_as(Role.READER)
    page = reverse("admin:contacts_contact_territory_choices")

    by_name = client.get(page, {"term": "seine st"}).json()["results"]

    assert client.get(page, {"term": "ile de france"}).json()["results"][0] == {
        "value": "region:11",
        "label": "Île-de-France (région)",
        "hint": "région",
    }
    assert {
        "value": "departement:93",
        "label": "Seine-Saint-Denis (département)",
        "hint": "département",
    } in by_name
    assert "commune:93066" in [one["value"] for one in client.get(page, {"term": "93200"}).json()["results"]]


@pytest.mark.parametrize("typed", ["", " ", "%", "\x00", "'\"--", "é" * 3_000, "😀"])
def test_nothing_to_look_for_offers_nothing(client_as, typed):
    client = client_as(Role.READER)

    for page in ("territory_choices", "scheme_choices"):
        answer = client.get(reverse(f"admin:contacts_contact_{page}"), {"term": typed})
        assert (answer.status_code, answer.json()) == (200, {"results": []})


def test_schemes_are_offered_by_title_or_lead(client_as):
    scheme = SchemeFactory(
        name="Contrat local de santé du Pays basque", type=SchemeType.objects.get(code="CLS")
    )

    answer = client_as(Role.READER).get(reverse("admin:contacts_contact_scheme_choices"), {"term": "basque"})

    assert answer.json()["results"] == [
        {"value": str(scheme.pk), "label": scheme.name, "hint": "Contrat local de santé (CLS)"}
    ]


def test_how_many_the_filters_being_chosen_would_give(client_as):
    PersonFactory(themes=[Theme.objects.get(code="T04")])

    answer = client_as(Role.READER).get(reverse("admin:contacts_contact_count"), {"theme": "T04"})

    assert answer.content.decode() == "Voir 1 contact"


def test_retired_addresses_do_not_count():
    ChannelFactory(state=Channel.State.RETIRED)

    assert found("email=yes") == set()
