"""A refusal is in the journal though its view failed, once a minute, and tells the person nothing that absence does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client, override_settings
from django.urls import include, path, reverse
from django.utils import timezone

from contacts.models.contact_queries import ContactQuerySet
from crm.models import AuditEntry, Deed, SavedFilter, User
from crm.roles import Role
from tests.factories import AuditEntryFactory, PersonFactory, SavedFilterFactory, UserFactory


pytestmark = [pytest.mark.django_db, pytest.mark.data]


def write_then_refuse(request):
    """A view that has written when it is refused, all in one transaction."""
    with transaction.atomic():
        SavedFilterFactory(owner=request.user)
        raise PermissionDenied


handler403 = "crm.pages.errors.not_allowed"
urlpatterns = [path("trap/", write_then_refuse, name="trap"), path("", include("config.urls"))]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def reader() -> User:
    return UserFactory(role=Role.READER)


def refusals() -> list[tuple[object, ...]]:
    lines = AuditEntry.objects.filter(deed=Deed.REFUSED).order_by("pk")
    return [*lines.values_list("actor", "model", "record", "count", "fields")]


def test_a_refused_page_is_in_the_journal(reader):
    answer = signed_in(reader).get("/crm/user/")

    assert answer.status_code == 403
    assert refusals() == [(reader.pk, "crm.user", "", 1, ["crm_user_changelist"])]


def test_what_the_view_wrote_is_undone_and_the_refusal_is_not(reader):
    with override_settings(ROOT_URLCONF="tests.crm.test_refusals"):
        answer = signed_in(reader).get("/trap/")

    assert answer.status_code == 403
    assert SavedFilter.objects.count() == 0
    assert refusals() == [(reader.pk, "", "", 1, ["trap"])]


def test_without_the_guard_nobody_would_know(reader):
    without = [name for name in settings.MIDDLEWARE if "Refusal" not in name]

    with override_settings(MIDDLEWARE=without):
        signed_in(reader).get("/crm/user/")

    assert refusals() == []


def test_the_record_that_was_tried_is_named_by_its_number(reader):
    person = PersonFactory()

    signed_in(reader).post(reverse("admin:contacts_contact_delete", args=[person.pk]))

    assert refusals() == [(reader.pk, "contacts.contact", str(person.pk), 1, ["contacts_contact_delete"])]


def test_a_record_out_of_scope_is_a_refusal_and_an_absent_one_is_not(reader, monkeypatch):
    hidden, trashed = PersonFactory(), PersonFactory()
    trashed.put_in_trash()
    whole = ContactQuerySet.visible_to
    monkeypatch.setattr(
        ContactQuerySet, "visible_to", lambda rows, user: whole(rows, user).exclude(pk=hidden.pk)
    )
    client = signed_in(reader)

    answers = [
        client.get(reverse("admin:contacts_contact_record", args=[pk]))
        for pk in (hidden.pk, 987_654, trashed.pk)
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert refusals() == [(reader.pk, "contacts.contact", str(hidden.pk), 1, ["contacts_contact_record"])]


def test_an_address_that_is_none_is_no_refusal(reader):
    signed_in(reader).get("/nulle-part/")

    assert refusals() == []


def test_a_number_beyond_all_numbers_is_no_refusal(reader):
    answer = signed_in(reader).get(f"/contacts/contact/{10**30}/")

    assert answer.status_code == 404
    assert refusals() == []


def test_whoever_is_not_signed_in_leaves_no_line():
    Client().get("/crm/user/")

    assert AuditEntry.objects.count() == 0


def test_a_crawler_does_not_fill_the_base(reader):
    client = signed_in(reader)
    people = PersonFactory.create_batch(5)

    for person in people:
        client.get(reverse("admin:contacts_contact_delete", args=[person.pk]))
        client.get("/crm/user/")

    assert [(line[2], line[4]) for line in refusals()] == [
        (str(people[0].pk), ["contacts_contact_delete"]),
        ("", ["crm_user_changelist"]),
    ]


def test_the_next_minute_and_the_next_account_have_their_own_line(reader):
    AuditEntryFactory(
        actor=reader,
        deed=Deed.REFUSED,
        model="crm.user",
        fields=["crm_user_changelist"],
        at=timezone.now() - timedelta(seconds=61),
    )

    for user in (reader, UserFactory(role=Role.BOARD)):
        signed_in(user).get("/crm/user/")

    assert len(refusals()) == 3
