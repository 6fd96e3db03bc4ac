"""Several people save one record at the same moment: one wins, the others are shown what it wrote."""

from __future__ import annotations

from functools import partial

import pytest

from contacts.models import Contact
from crm.roles import Role
from tests.factories import PersonFactory, UserFactory
from tests.races.conftest import Answer, Site, together
from tests.races.forms import url


pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]
PEOPLE = 6


def save_together(site: Site) -> tuple[Contact, list[Answer]]:
    contact = PersonFactory(city="Arras", street="")
    page = url("contacts_contact_change", contact.pk)
    deeds = []
    for number in range(PEOPLE):
        person = site.person(UserFactory(role=Role.STAFF))
        form = person.open(page, id="contact_form")
        deeds.append(partial(person.send, page, form.with_(city=f"Ville {number}")))
    answers = together(deeds)
    contact.refresh_from_db()
    return contact, answers


def test_without_the_comparison_all_of_them_believe_that_theirs_was_kept(bare_site: Site):
    _contact, answers = save_together(bare_site)

    assert [answer.status for answer in answers] == [302] * PEOPLE


def test_of_people_who_save_together_one_wins_and_the_others_choose(site: Site):
    contact, answers = save_together(site)

    assert sorted(answer.status for answer in answers) == [302, *[409] * (PEOPLE - 1)]
    asked = [answer.content.decode() for answer in answers if answer.status == 409]
    assert [contact.city in text for text in asked] == [True] * (PEOPLE - 1)
    assert contact.history.exclude(city="Arras").count() == 1
