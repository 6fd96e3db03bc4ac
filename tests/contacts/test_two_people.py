"""Two people at one record: nothing that either wrote is lost unseen, whatever the form."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import NoReverseMatch, reverse

from contacts.models import Channel, Contact, DoublePair, Label, Scheme
from crm.admin import locking
from crm.models import Association
from crm.roles import Role
from tests.factories import (
    ChannelFactory,
    FunctionFactory,
    LabelFactory,
    OrganisationFactory,
    PersonFactory,
    PositionFactory,
    SchemeFactory,
    ThemeFactory,
    UserFactory,
)
from tests.sending import Sendable, form_of


pytestmark = [pytest.mark.django_db, pytest.mark.data]


@pytest.fixture
def staff(client_as) -> Client:
    return client_as(Role.STAFF)


@pytest.fixture
def other() -> Client:
    client = Client()
    client.force_login(UserFactory(role=Role.MANAGER, first_name="Claire", last_name="Roux"))
    return client


def change_of(record: Any) -> str:
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


def opened(client: Client, record: Any) -> Sendable:
    """The form as it is shown to this person now."""
    return form_of(client.get(change_of(record)), id=f"{record._meta.model_name}_form")


def choosing(answer: Any) -> Sendable:
    assert answer.status_code == 409
    return form_of(answer, holding="asked")


def test_without_the_comparison_the_second_of_two_undoes_the_first(staff, other, monkeypatch):
    monkeypatch.setattr(locking.LockingMixin, "put_together", lambda *arguments: None)
    person = PersonFactory(city="Arras", street="")
    mine = opened(staff, person)
    other.post(change_of(person), opened(other, person).with_(city="Lens"))

    staff.post(change_of(person), mine.with_(street="2 rue B"))

    person.refresh_from_db()
    assert (person.city, person.street) == ("Arras", "2 rue B")


def test_fields_that_only_one_changed_are_kept_and_it_is_said_whose(staff, other):
    person = PersonFactory(city="Arras", street="")
    mine = opened(staff, person)
    other.post(change_of(person), opened(other, person).with_(city="Lens"))

    answer = staff.post(change_of(person), mine.with_(street="2 rue B"), follow=True)

    person.refresh_from_db()
    assert (person.city, person.street) == ("Lens", "2 rue B")
    words = [str(message) for message in answer.context["messages"]]
    assert re.fullmatch(
        r"Claire Roux avait modifié cette fiche à \d+ h \d\d, pendant que vous la remplissiez\xa0: "
        r"ses changements sont gardés aussi \(Ville\)\.",
        words[1],
    )


@pytest.mark.parametrize(("choice", "kept"), [("theirs", "Lens"), ("mine", "Liévin")])
def test_a_field_that_both_changed_is_shown_twice_and_chosen(staff, other, choice, kept):
    person = PersonFactory(city="Arras", street="", notes="")
    mine = opened(staff, person)
    other.post(change_of(person), opened(other, person).with_(city="Lens"))

    answer = staff.post(change_of(person), mine.with_(city="Liévin", notes="Vue en mai."))
    text = answer.content.decode()
    assert [word in text for word in ("Arras", "Lens", "Liévin", "Claire Roux")] == [True] * 4
    person.refresh_from_db()
    assert (person.city, person.notes) == ("Lens", "")

    done = staff.post(change_of(person), choosing(answer).with_(**{"choice-city": choice, "_save": "1"}))

    assert done.url == reverse("admin:contacts_contact_record", args=[person.pk])
    person.refresh_from_db()
    assert (person.city, person.notes) == (kept, "Vue en mai.")


def test_two_notes_can_both_be_kept(staff, other):
    person = PersonFactory(notes="")
    mine = opened(staff, person)
    other.post(change_of(person), opened(other, person).with_(notes="Vue en mai."))

    answer = staff.post(change_of(person), mine.with_(notes="Rappeler."))
    staff.post(change_of(person), choosing(answer).with_(**{"choice-notes": "both"}))

    person.refresh_from_db()
    assert person.notes.splitlines() == ["Vue en mai.", "", "Rappeler."]


def test_a_question_that_is_not_answered_is_asked_again(staff, other):
    person = PersonFactory(city="Arras")
    mine = opened(staff, person)
    other.post(change_of(person), opened(other, person).with_(city="Lens"))
    answer = staff.post(change_of(person), mine.with_(city="Liévin"))

    again = staff.post(change_of(person), choosing(answer).with_())

    assert choosing(again).said["asked"] == ["city"]
    person.refresh_from_db()
    assert person.city == "Lens"


def test_a_third_write_while_one_chooses_brings_the_page_again(staff, other):
    person = PersonFactory(city="Arras", street="")
    mine = opened(staff, person)
    other.post(change_of(person), opened(other, person).with_(city="Lens"))
    answer = staff.post(change_of(person), mine.with_(city="Liévin"))
    other.post(change_of(person), opened(other, person).with_(city="Béthune", street="3 rue C"))

    again = staff.post(change_of(person), choosing(answer).with_(**{"choice-city": "mine"}))
    assert "Béthune" in again.content.decode()
    staff.post(change_of(person), choosing(again).with_(**{"choice-city": "mine"}))

    person.refresh_from_db()
    assert (person.city, person.street) == ("Liévin", "3 rue C")


def test_themes_that_each_added_are_all_there(staff, other):
    kept, gone, mine, theirs = (ThemeFactory() for _n in range(4))
    person = PersonFactory(themes=[kept, gone])
    form = opened(staff, person)
    other.post(change_of(person), opened(other, person).with_(themes=[kept.pk, gone.pk, theirs.pk]))

    staff.post(change_of(person), form.with_(themes=[kept.pk, mine.pk]))

    assert set(person.themes.all()) == {kept, mine, theirs}


def test_rows_that_one_of_two_touched_are_kept(staff, other):
    person = PersonFactory(organisation=OrganisationFactory())
    first, second, third = (ChannelFactory(contact=person, value=f"{one}@exemple.org") for one in "abc")
    form = opened(staff, person)
    places = {
        form.said[f"channels-{place}-id"][0]: place
        for place in range(int(form.said["channels-TOTAL_FORMS"][0]))
    }
    a, b, c = (places[str(one.pk)] for one in (first, second, third))
    new = {"kind": "email", "nature": "professional", "state": "active"}
    add_theirs = {f"channels-3-{name}": value for name, value in {**new, "value": "d@exemple.org"}.items()}
    add_mine = {f"channels-3-{name}": value for name, value in {**new, "value": "e@exemple.org"}.items()}
    sent = {f"channels-{a}-comment": "standard", f"channels-{b}-DELETE": "on", "channels-TOTAL_FORMS": 4}
    other.post(change_of(person), opened(other, person).with_(**sent, **add_theirs))

    answer = staff.post(
        change_of(person),
        form.with_(**{f"channels-{c}-comment": "le matin", "channels-TOTAL_FORMS": 4}, **add_mine),
    )

    assert answer.status_code == 302
    assert set(person.channels.values_list("value", "comment")) == {
        ("a@exemple.org", "standard"), ("c@exemple.org", "le matin"), ("d@exemple.org", ""), ("e@exemple.org", ""),
    }  # fmt: skip


@pytest.mark.parametrize(("choice", "kept"), [("theirs", "standard"), ("mine", "le matin")])
def test_a_row_that_both_changed_is_chosen_whole(staff, other, choice, kept):
    person = PersonFactory()
    row = ChannelFactory(contact=person, value="a@exemple.org")
    form = opened(staff, person)
    other.post(change_of(person), opened(other, person).with_(**{"channels-0-comment": "standard"}))

    answer = staff.post(change_of(person), form.with_(**{"channels-0-comment": "le matin"}))
    assert choosing(answer).said["asked"] == [f"channels:{row.pk}"]
    staff.post(change_of(person), choosing(answer).with_(**{f"choice-channels:{row.pk}": choice}))

    row.refresh_from_db()
    assert row.comment == kept


@pytest.mark.parametrize(("choice", "kept"), [("theirs", []), ("mine", ["le matin"])])
def test_a_row_taken_off_by_one_and_changed_by_the_other_is_asked(staff, other, choice, kept):
    person = PersonFactory()
    row = ChannelFactory(contact=person, value="a@exemple.org")
    form = opened(staff, person)
    other.post(change_of(person), opened(other, person).with_(**{"channels-0-DELETE": "on"}))

    answer = staff.post(change_of(person), form.with_(**{"channels-0-comment": "le matin"}))
    assert "Ligne retirée" in answer.content.decode()
    staff.post(change_of(person), choosing(answer).with_(**{f"choice-channels:{row.pk}": choice}))

    assert list(person.channels.values_list("comment", flat=True)) == kept


def test_a_row_changed_by_one_and_taken_off_by_the_other_is_asked(staff, other):
    person = PersonFactory()
    post = PositionFactory(person=person, title="Directrice")
    form = opened(staff, person)
    other.post(change_of(person), opened(other, person).with_(**{"positions-0-title": "Présidente"}))

    answer = staff.post(change_of(person), form.with_(**{"positions-0-DELETE": "on"}))
    staff.post(change_of(person), choosing(answer).with_(**{f"choice-positions:{post.pk}": "mine"}))

    assert not person.positions.exists()


def test_a_deed_on_the_record_is_not_undone_by_a_form_that_was_open(staff, other):
    """A write that is no form bumps the version too: its rows and fields are kept."""
    person = PersonFactory(city="Arras", verified_on=None)
    form = opened(staff, person)
    Channel.objects.create(contact=person, kind="email", value="z@exemple.org")
    other.post(f"/contacts/contact/{person.pk}/verifiee/")

    staff.post(change_of(person), form.with_(city="Lens"))

    person.refresh_from_db()
    assert (person.city, person.verified_on is not None, person.main_email) == ("Lens", True, "z@exemple.org")


def test_errors_after_a_comparison_leave_what_was_typed_and_the_next_try_saves(staff, other):
    person = PersonFactory(city="Arras", postcode="")
    form = opened(staff, person)
    other.post(change_of(person), opened(other, person).with_(city="Lens"))

    answer = staff.post(change_of(person), form.with_(name="", street="2 rue B"))
    again = form_of(answer, id="contact_form")
    assert (again.said["city"], again.said["street"]) == (["Lens"], ["2 rue B"])
    staff.post(change_of(person), again.with_(name="Roux"))

    person.refresh_from_db()
    assert (person.name, person.city, person.street) == ("Roux", "Lens", "2 rue B")


@pytest.mark.parametrize("made", [SchemeFactory, ThemeFactory, FunctionFactory])
def test_other_records_ask_too(made, other, client_as):
    record = made(name="Avant")
    mine, client = client_as(Role.MANAGER), other
    form = opened(mine, record)
    client.post(change_of(record), opened(client, record).with_(name="Leur nom"))

    answer = mine.post(change_of(record), form.with_(name="Mon nom"))
    mine.post(change_of(record), choosing(answer).with_(**{"choice-name": "mine"}))

    record.refresh_from_db()
    assert record.name == "Mon nom"


def test_the_association_and_the_accounts_keep_what_each_changed(other, client_as):
    mine, own = client_as(Role.MANAGER), Association.own()
    form = opened(mine, own)
    other.post(change_of(own), opened(other, own).with_(name="Réseau du Nord"))
    mine.post(change_of(own), form.with_(address="1 rue A"))
    user = UserFactory(role=Role.READER)
    account = opened(mine, user)
    other.post(change_of(user), opened(other, user).with_(first_name="Zoé"))
    mine.post(change_of(user), account.with_(last_name="Roux"))

    own.refresh_from_db()
    user.refresh_from_db()
    assert (own.name, own.address) == ("Réseau du Nord", "1 rue A")
    assert (user.first_name, user.last_name) == ("Zoé", "Roux")


def test_a_private_address_changed_meanwhile_is_not_told_to_who_may_not_see_it(client_as, other):
    person = PersonFactory()
    ChannelFactory(contact=person, value="secrete@exemple.org", is_private=True)
    client = client_as(Role.READER)
    reader = client.get("/").wsgi_request.user
    reader.user_permissions.add(*_rights("change_contact", "change_channel"))
    form = opened(client, person)
    row = opened(other, person)
    other.post(change_of(person), row.with_(city="Lens", **{"channels-0-comment": "sentinelle"}))

    answer = client.post(change_of(person), form.with_(city="Liévin"))

    assert choosing(answer).said["asked"] == ["city"]
    assert [word in answer.content.decode() for word in ("secrete", "sentinelle")] == [False, False]


def _rights(*names: str) -> Any:
    return Permission.objects.filter(codename__in=names)


def test_every_change_form_carries_what_it_showed(client_as):
    """Whatever an admin lets somebody change, its form says what it showed when it was opened."""
    client = client_as(Role.MANAGER)
    request = client.get("/").wsgi_request
    made: dict[Any, Any] = {
        Contact: PersonFactory, Association: Association.own, Scheme: SchemeFactory,
        Label: LabelFactory, DoublePair: lambda: DoublePair(pk=1),
    }  # fmt: skip
    changeable = [
        model
        for model, model_admin in admin.site._registry.items()
        if model_admin.has_change_permission(request)
    ]
    bare = []
    for model in changeable:
        try:
            change_of(record := made.get(model, model._default_manager.first)())
        except NoReverseMatch:
            continue  # it has no change form
        answer = client.get(change_of(record))
        if answer.status_code == 200 and "read_state" not in opened(client, record).said:
            bare.append(model.__name__)

    assert len(changeable) > 10
    assert bare == []
