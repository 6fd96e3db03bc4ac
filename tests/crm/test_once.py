"""A form that is sent twice has one effect; one that is sent otherwise, or failed, is no second time."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import ContactFile, Interaction, Scheme, SchemeType
from crm import once
from crm.models import Export, ImportBatch, SpentForm
from crm.models.spent import forget_spent_forms
from crm.roles import Role
from tests.factories import PersonFactory, UserFactory
from tests.sending import form_of, forms_of


pytestmark = pytest.mark.django_db
ADD = "/contacts/scheme/add/"


@pytest.fixture
def staff(client_as) -> Client:
    return client_as(Role.STAFF)


def filled(client: Client, **typed: Any) -> dict[str, Any]:
    form = form_of(client.get(ADD), id="scheme_form")
    return form.with_(
        **{"name": "Contrat local", "type": SchemeType.objects.first().pk, "state": "running", **typed}
    )


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


@pytest.mark.data
def test_the_same_form_twice_is_one_record_and_leads_to_it_with_a_sentence(staff):
    form = filled(staff)

    first = staff.post(ADD, form)
    again = staff.post(ADD, form, follow=True)

    assert Scheme.objects.count() == 1
    assert again.redirect_chain == [(first.url, 302)]
    assert said(again)[-1] == "C’était déjà enregistré\xa0: rien n’a été fait deux fois."


def test_a_form_without_its_number_is_taken_each_time(staff):
    """What programs and tests send; every page of the site writes the number."""
    form = filled(staff, once=None)

    for _press in range(2):
        staff.post(ADD, form)

    assert Scheme.objects.count() == 2


@pytest.mark.parametrize("number", ["", "a", "é" * 22, "\x00" * 22, "a" * 23])
def test_a_number_that_we_did_not_write_is_none(staff, number):
    assert staff.post(ADD, filled(staff, once=number)).status_code == 302
    assert not SpentForm.objects.exists()


def test_the_back_button_and_another_name_make_another_record(staff):
    form = filled(staff)

    staff.post(ADD, form)
    staff.post(ADD, {**form, "name": "Contrat de ville"})

    assert set(Scheme.objects.values_list("name", flat=True)) == {"Contrat local", "Contrat de ville"}


def test_a_form_with_errors_is_not_spent(staff):
    form = filled(staff, name="")

    for _press in range(2):
        assert "error" in staff.post(ADD, form).content.decode()

    assert not SpentForm.objects.exists()


def test_two_people_do_not_spend_each_other_s_forms(staff, client_as):
    form = filled(staff)

    staff.post(ADD, form)
    client_as(Role.MANAGER).post(ADD, form)

    assert Scheme.objects.count() == 2


def test_what_fails_halfway_leaves_neither_record_nor_spent_form(staff, monkeypatch):
    def fail(*arguments: Any, **named: Any) -> None:
        raise RuntimeError

    person = PersonFactory()
    page = reverse("admin:contacts_contact_exchange", args=[person.pk])
    form = form_of(staff.get(page), holding="summary").with_(summary="Appel")
    with monkeypatch.context() as broken:
        broken.setattr("contacts.pages.exchanges.record_deed", fail)
        staff.raise_request_exception = False
        assert staff.post(page, form).status_code == 500

    assert (Interaction.objects.count(), SpentForm.objects.count()) == (0, 0)
    staff.post(page, form)
    assert Interaction.objects.count() == 1


def test_a_refusal_is_not_kept_as_done(client_as):
    """What says why it was not done may be pressed again once that has changed."""
    manager = client_as(Role.MANAGER)
    person = PersonFactory()
    page = reverse("admin:contacts_contact_record", args=[person.pk])
    verify = reverse("admin:contacts_contact_verify", args=[person.pk])
    form = form_of(manager.get(page), action=verify)
    person.save()

    for _press in range(2):
        assert "Relisez" in said(manager.post(verify, form.with_(), follow=True))[0]

    assert not SpentForm.objects.exists()


def test_another_content_under_the_same_name_is_another_file(staff):
    page = reverse("admin:contacts_contact_file_add", args=[PersonFactory().pk])
    form = form_of(staff.get(page), holding="description").with_()

    for content in (b"a", b"a", b"b"):
        file = BytesIO(content)
        file.name = "note.txt"
        staff.post(page, {**form, "file": file})

    assert ContactFile.objects.count() == 2


def test_an_export_pressed_twice_gives_the_file_twice_and_counts_once_within_the_minute(staff):
    PersonFactory(name="Roux", email="eve@exemple.org")
    page = reverse("admin:contacts_contact_export")
    form = form_of(staff.get(page), holding="reason").with_(
        purpose="internal", reason="contrôle", layout="records", file_format="csv", columns=["name"]
    )

    files = [b"".join(staff.post(page, form).streaming_content) for _press in range(2)]

    assert files[0] == files[1]
    assert Export.objects.count() == 1
    SpentForm.objects.update(at=timezone.now() - timedelta(minutes=2))
    staff.post(page, form)
    assert Export.objects.count() == 2


def test_a_long_work_that_was_cut_is_taken_over_by_who_presses_again(staff, monkeypatch):
    page = reverse("admin:crm_importbatch_upload")
    form = form_of(staff.get(page), holding="once").with_(resource="contacts")

    def sent() -> Any:
        file = BytesIO(b"Nom;Mail\nRoux;eve@exemple.org\n")
        file.name = "fiches.csv"
        return staff.post(page, {**form, "import_file": file}, follow=True)

    monkeypatch.setattr(once, "WAIT", 0.05)
    sent()
    SpentForm.objects.update(led_to="", at=timezone.now())
    assert "son enregistrement est en cours" in said(sent())[-1]
    assert ImportBatch.objects.count() == 1

    SpentForm.objects.update(led_to="", at=timezone.now() - once.CUT_AFTER)
    sent()
    assert ImportBatch.objects.count() == 2


def test_spent_forms_are_forgotten_after_two_days(staff):
    staff.post(ADD, filled(staff))
    SpentForm.objects.create(
        print="ancien", user=UserFactory(), at=timezone.now() - SpentForm.KEPT - timedelta(hours=1)
    )

    assert forget_spent_forms() == 1
    assert SpentForm.objects.count() == 1


def test_signing_in_and_the_language_need_no_number_to_be_spent(client):
    """What sets a cookie, or is sent by nobody, is answered each time."""
    user = UserFactory(role=Role.STAFF)
    page = reverse("account_login")
    sent = form_of(client.get(page), holding="login").with_(login=user.email, password="faux")

    for _press in range(2):
        assert client.post(page, sent).status_code == 200

    client.force_login(user)
    for language in ("en", "fr", "en"):
        sent = {"language": language, "once": "a" * 22, "next": "/"}
        client.post("/i18n/setlang/", sent)
        assert client.cookies["django_language"].value == language


def test_every_form_of_a_page_has_a_number_of_its_own(staff):
    person = PersonFactory()
    page = staff.get(reverse("admin:contacts_contact_record", args=[person.pk]))

    numbers = [form.said.get("once", [""])[0] for form in forms_of(page) if form.method == "post"]
    assert len(numbers) > 1
    assert len(set(numbers)) == len(numbers)
    assert [number for number in numbers if not re.fullmatch(once.NUMBER, number)] == []
