"""Twenty presses of one button at the same moment, on a site of several processes: one effect."""

from __future__ import annotations

import pytest

from crm.models import User
from crm.roles import Role
from tests.conftest import Figure
from tests.factories import UserFactory
from tests.races.conftest import Answer, Person, Site
from tests.races.forms import FORMS, MAKES, Making, Pressed


pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]
TIMES = 20


def press(site: Site, making: Making) -> tuple[Pressed, int, list[Answer]]:
    """Press twenty times; how many times it was done, and what was answered."""
    user: User = UserFactory(role=Role.MANAGER)
    person: Person = site.person(user)
    form = making(person, user)
    said = person.open(form.page, **form.which).with_(**form.typed)
    before = form.done()
    answers = person.send_at_once(form.action or form.page, said, TIMES)
    return form, form.done() - before, answers


@pytest.mark.parametrize("making", MAKES, ids=lambda making: making.__name__)
def test_without_the_guard_twenty_presses_do_it_more_than_once(bare_site: Site, making: Making):
    _form, done, _answers = press(bare_site, making)

    assert done > 1


@pytest.mark.parametrize("making", FORMS, ids=lambda making: making.__name__)
def test_twenty_presses_do_it_once_and_all_lead_to_one_place(site: Site, making: Making, figure: Figure):
    form, done, answers = press(site, making)

    assert {answer.status for answer in answers} == form.answers
    assert done == 1
    assert len({answer.location for answer in answers}) == 1
    figure(
        f"once: {len(answers)} identical POSTs at the same moment ({making.__name__.strip('_')}), {done} effect"
    )
