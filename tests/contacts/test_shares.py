"""A record given to one colleague until a date: what it opens, and that nothing of it outlives its end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from guardian.backends import ObjectPermissionBackend
from guardian.models import UserObjectPermission

from contacts import merging, trashing
from contacts.models import Contact, ContactShare
from crm import seeing, sharing
from crm.models import AuditEntry, Deed
from crm.models.confidential import ShareQuerySet
from crm.roles import Role
from tests.contacts.test_record_page import page_of
from tests.factories import ChannelFactory, PersonFactory, UserFactory


pytestmark = [pytest.mark.django_db]
TODAY = timezone.localdate()


@pytest.fixture
def owner():
    return UserFactory(role=Role.STAFF)


@pytest.fixture
def record(owner) -> Contact:
    return PersonFactory(name="Discrète", is_confidential=True, owner=owner)


def sees(user, record: Contact) -> bool:
    fresh = type(user).objects.get(pk=user.pk)
    by_page = sharing.may(fresh, "view", record)
    by_list = Contact.objects.visible_to(fresh).filter(pk=record.pk).exists()
    assert by_page == by_list, "the record's page and the lists do not agree"
    return by_list


# --- who sees what ---------------------------------------------------------------------------------------------------


@pytest.mark.data
def test_a_confidential_record_is_its_owner_s_and_the_manager_s(owner, record):
    seen = {role: sees(UserFactory(role=role), record) for role in (None, *Role)}

    assert seen == {None: False, Role.MANAGER: True, Role.STAFF: False, Role.BOARD: False, Role.READER: False}
    assert sees(owner, record)


@pytest.mark.data
@pytest.mark.parametrize("role", [None, *Role])
def test_who_is_given_a_record_sees_that_one_and_no_other(owner, record, role):
    colleague, other = UserFactory(role=role), PersonFactory(is_confidential=True, owner=owner)

    sharing.share(record, to=colleague, by=owner)

    assert sees(colleague, record)
    assert sees(colleague, other) is (role is Role.MANAGER)


def test_an_owner_who_lost_every_role_no_longer_sees_it(owner, record):
    owner.groups.clear()

    assert not sees(owner, record)


@pytest.mark.data
def test_giving_again_replaces_the_right_and_the_date(owner, record):
    colleague = UserFactory(role=Role.READER)

    sharing.share(record, to=colleague, by=owner, until=TODAY)
    sharing.share(record, to=colleague, by=owner, right="change", until=TODAY + timedelta(days=9))

    share = ContactShare.objects.get()
    assert (share.may_change, share.until, share.given_by) == (True, TODAY + timedelta(days=9), owner)


@pytest.mark.parametrize("right", ["view", "change"])
def test_a_share_opens_no_more_than_it_says(owner, record, right, client):
    colleague = UserFactory(role=Role.READER)
    ChannelFactory(contact=record, value="intime@exemple.org", is_private=True)
    Contact.objects.get(pk=record.pk).save()
    sharing.share(record, to=colleague, by=owner, right=right)
    client.force_login(colleague)

    page = client.get(page_of(record)).content.decode()
    form = client.get(reverse("admin:contacts_contact_change", args=[record.pk]))

    assert "Discrète" in page
    assert "intime@exemple.org" not in page
    assert form.status_code == (200 if right == "change" else 302)
    if right == "change":
        assert {"notes", "is_confidential", "owner"} & {*form.context["adminform"].form.fields} == set()
    assert client.get(reverse("admin:contacts_contact_delete", args=[record.pk])).status_code == 403


def test_a_colleague_with_the_role_works_on_it_only_if_it_was_given_for_that(owner, record, client):
    colleague = UserFactory(role=Role.STAFF)
    client.force_login(colleague)
    verify = reverse("admin:contacts_contact_verify", args=[record.pk])

    answers = [client.post(verify).status_code]
    for right in ("view", "change"):
        sharing.share(record, to=colleague, by=owner, right=right)
        answers.append(client.post(verify).status_code)

    assert answers == [404, 403, 302]


# --- and when it ends ------------------------------------------------------------------------------------------------


def end_by_date(share, record, colleague):
    ContactShare.objects.update(until=TODAY - timedelta(days=1))


def end_by_hand(share, record, colleague):
    assert sharing.unshare(record, to=colleague, by=None)


def end_by_closing_the_account(share, record, colleague):
    colleague.is_active = False
    colleague.save()


def end_by_reused_number(share, record, colleague):
    number = record.pk
    record.delete()
    PersonFactory(pk=number, name="Tout autre", is_confidential=True)


@pytest.mark.data
@pytest.mark.parametrize("end", [end_by_date, end_by_hand, end_by_closing_the_account, end_by_reused_number])
def test_a_share_that_is_over_is_no_right(owner, record, end):
    colleague, number = UserFactory(role=Role.READER), record.pk
    share = sharing.share(record, to=colleague, by=owner, until=TODAY)
    assert sees(colleague, record)

    end(share, record, colleague)

    assert not sees(colleague, Contact.objects.get(pk=number))


def test_guardian_s_own_back_end_would_let_an_expired_share_in(owner, record):
    colleague = UserFactory(role=Role.READER)
    sharing.share(record, to=colleague, by=owner, until=TODAY)
    ContactShare.objects.update(until=TODAY - timedelta(days=1))

    assert ObjectPermissionBackend().has_perm(colleague, "contacts.view_contact", record) is True
    assert sharing.ShareBackend().has_perm(colleague, "contacts.view_contact", record) is False


def test_guardian_s_generic_table_would_give_the_next_record_of_that_number(owner, record):
    colleague, number = UserFactory(role=Role.READER), record.pk
    permission = Permission.objects.get(codename="view_contact")
    UserObjectPermission.objects.create(
        user=colleague, permission=permission, content_type=permission.content_type, object_pk=str(number)
    )
    sharing.share(record, to=colleague, by=owner)

    record.delete()
    PersonFactory(pk=number, is_confidential=True)

    assert UserObjectPermission.objects.filter(
        object_pk=str(number)
    ).exists()  # the leak, had we used that table
    assert not ContactShare.objects.exists()


def test_without_its_date_an_expired_share_would_still_open(owner, record, monkeypatch):
    colleague = UserFactory(role=Role.READER)
    sharing.share(record, to=colleague, by=owner, until=TODAY)
    ContactShare.objects.update(until=TODAY - timedelta(days=1))
    monkeypatch.setattr(ShareQuerySet, "live", lambda rows, on=None: rows.all())

    assert sees(colleague, record)


def test_a_merge_gives_nobody_the_other_record(owner, record):
    colleague, other = UserFactory(role=Role.READER), PersonFactory(is_confidential=True, owner=owner)
    sharing.share(other, to=colleague, by=owner)

    merging.merge(other, into=record, by=owner)

    assert not sees(colleague, record)


def test_a_record_that_absorbs_a_confidential_one_is_confidential_and_back_again(owner, record):
    kept = PersonFactory()

    made = merging.merge(record, into=kept, by=owner)
    kept.refresh_from_db()
    was = (kept.is_confidential, kept.owner)
    merging.unmerge(made, by=owner)
    kept.refresh_from_db()

    assert (was, (kept.is_confidential, kept.owner)) == ((True, owner), (False, None))


def test_deleting_for_good_takes_the_shares_along(owner, record):
    sharing.share(record, to=UserFactory(), by=owner)
    trashing.put_in_trash(record, by=owner)

    trashing.empty(timezone.now() + timedelta(days=31))

    assert not ContactShare.objects.exists()


@pytest.mark.parametrize("mistake", ["closed", "past"])
def test_a_share_is_given_to_an_open_account_for_a_day_to_come(owner, record, mistake):
    colleague = UserFactory(is_active=mistake != "closed")

    with pytest.raises(ValidationError):
        sharing.share(
            record, to=colleague, by=owner, until=TODAY - timedelta(days=1) if mistake == "past" else None
        )

    assert not ContactShare.objects.exists()


# --- the panel -------------------------------------------------------------------------------------------------------


def give(client, record, **given):
    url = reverse("admin:contacts_contact_share", args=[record.pk])
    return client.post(url, {"right": "view", "until": "", "reason": "", **given})


def test_the_owner_gives_the_record_and_takes_it_back_from_its_page(owner, record, client):
    colleague = UserFactory(role=Role.STAFF, first_name="Inès", last_name="Roche")
    client.force_login(owner)

    give(client, record, to=colleague.pk, until=f"{TODAY:%d/%m/%Y}", reason="Pendant mes congés")
    page = client.get(page_of(record)).content.decode()
    assert "Inès Roche" in page
    assert "Pendant mes congés" in page
    share = ContactShare.objects.get()
    client.post(reverse("admin:contacts_contact_unshare", args=[record.pk, share.pk]))

    assert not ContactShare.objects.exists()
    deeds = AuditEntry.objects.filter(
        record=str(record.pk), actor=owner, deed__in=[Deed.SHARED, Deed.UNSHARED]
    )
    assert {*deeds.values_list("deed", flat=True)} == {Deed.SHARED, Deed.UNSHARED}


def test_whom_a_confidential_record_was_given_to_does_not_pass_it_on(owner, record, client):
    colleague = UserFactory(role=Role.STAFF)
    sharing.share(record, to=colleague, by=owner, right="change")
    client.force_login(colleague)

    answer = give(client, record, to=UserFactory().pk)

    assert answer.status_code == 403
    assert ContactShare.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "said"), [({}, "Choisissez à qui"), ({"until": "01/01/2020"}, "est passée")]
)
def test_the_form_says_what_is_wrong(owner, record, client, given, said):
    client.force_login(owner)
    given = {"to": UserFactory().pk, **given} if given else {}

    page = give(client, record, **given).content.decode()

    assert said in page
    assert not ContactShare.objects.exists()


# --- the trail -------------------------------------------------------------------------------------------------------


def test_each_reader_of_a_confidential_record_is_written_down_once_an_hour(
    owner, record, client, monkeypatch
):
    colleague = UserFactory(role=Role.STAFF)
    sharing.share(record, to=colleague, by=owner)
    client.force_login(colleague)

    for tab in ("fiche", "historique", "fiche"):
        client.get(page_of(record, tab))
    client.get(page_of(PersonFactory()))
    read = AuditEntry.objects.filter(deed=Deed.READ)
    assert read.count() == 1
    monkeypatch.setattr(seeing, "TOLD_ONCE_IN", timedelta(0))  # as if the hour were over
    client.get(page_of(record))

    assert [*read.values_list("actor", "record")] == [(colleague.pk, str(record.pk))] * 2


def test_a_record_made_confidential_on_its_form_belongs_to_who_made_it_so(client, owner):
    person = PersonFactory()
    client.force_login(owner)
    url = reverse("admin:contacts_contact_change", args=[person.pk])
    form = client.get(url).context["adminform"].form

    assert {"is_confidential", "owner"} <= {*form.fields}
    person.is_confidential = True
    person.save()
    other = UserFactory(role=Role.STAFF)
    client.force_login(other)
    assert client.get(url).status_code == 404
