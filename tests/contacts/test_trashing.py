"""After thirty days in the trash a record is gone for good, with its past; what it refused is still known."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from contacts import merging, trashing
from contacts.models import Channel, Contact, ContactFile, Merge, Position, SuppressedAddress
from crm.models import AuditEntry, Deed, RecentRecord
from crm.roles import Role
from tests.factories import (
    ChannelFactory,
    InteractionFactory,
    OppositionFactory,
    OrganisationFactory,
    PersonFactory,
    PositionFactory,
    UserFactory,
)


pytestmark = [pytest.mark.django_db, pytest.mark.data]
LONG_AGO = timezone.now() - timedelta(days=trashing.DAYS, minutes=1)


def trashed(contact: Contact) -> Contact:
    contact.trashed_at = LONG_AGO
    contact.save()
    return contact


def test_records_go_for_good_after_thirty_days_and_not_before():
    gone = trashed(PersonFactory())
    waiting, there = PersonFactory(), PersonFactory()
    waiting.put_in_trash()

    assert trashing.empty() == (1, [])

    assert set(Contact.objects.all()) == {waiting, there}
    assert not Contact.objects.filter(pk=gone.pk).exists()


def test_nothing_of_the_person_stays_in_the_past_versions():
    person = PersonFactory(
        name="Sentinelle", email="sentinelle@exemple.org", organisation=OrganisationFactory()
    )
    InteractionFactory(contact=person, summary="Sentinelle au téléphone")
    RecentRecord.objects.create(user=UserFactory(), model="contacts.contact", record=str(person.pk))
    person.channels.get().delete()
    trashed(person)

    trashing.empty()

    for model in (Contact, Channel, Position):
        assert not model.history.filter(**{"id" if model is Contact else model.ROOT: person.pk}).exists()
    assert not RecentRecord.objects.exists()
    assert not Position.objects.filter(person=person.pk).exists()


def test_what_was_refused_outlives_the_record():
    person = PersonFactory(email="a@exemple.org")
    OppositionFactory(contact=person)
    trashed(person)

    trashing.empty()

    assert SuppressedAddress.refused_by(["a@exemple.org"]) == {"a@exemple.org": {"newsletter"}}


def test_the_records_folded_into_it_go_too_and_none_comes_back():
    kept, middle, first = PersonFactory(), PersonFactory(), PersonFactory(email="a@exemple.org")
    merging.merge(first, into=middle)
    merging.merge(middle, into=kept)
    kept.refresh_from_db()
    trashed(kept)

    trashing.empty()

    assert not Contact.objects.exists()
    assert not Merge.objects.exists()
    assert not Channel.history.exists()


def test_what_was_lent_by_a_merge_that_was_undone_goes_with_its_own_record():
    kept, absorbed = PersonFactory(), PersonFactory(email="a@exemple.org")
    merging.unmerge(merging.merge(absorbed, into=kept))
    absorbed.refresh_from_db()
    trashed(absorbed)

    trashing.empty()

    assert list(Contact.objects.all()) == [kept]
    assert not Channel.history.exists()


def test_its_files_leave_the_disk(django_capture_on_commit_callbacks):
    person = PersonFactory()
    file = ContactFile.objects.create(contact=person, name="a.txt", file=ContentFile(b"a", "a.txt"))
    trashed(person)

    with django_capture_on_commit_callbacks(execute=True):
        trashing.empty()

    assert not file.file.storage.exists(file.file.name)


def test_a_record_that_another_names_meanwhile_is_left_and_told():
    organisation = trashed(OrganisationFactory())
    PositionFactory(organisation=organisation)

    assert trashing.empty() == (0, [organisation])


def test_a_record_in_the_trash_is_taken_back_as_it_was():
    person = PersonFactory(email="a@exemple.org")
    trashing.put_in_trash(person, by=None)

    trashing.take_back(person, by=None)

    person.refresh_from_db()
    assert (person.trashed_at, person.main_email) == (None, "a@exemple.org")


def test_a_person_may_go_whatever_hangs_on_them_and_an_organisation_only_alone():
    person = PersonFactory(organisation=OrganisationFactory())
    ChannelFactory(contact=person)

    assert trashing.objections(person, UserFactory(role=Role.STAFF)) == []
    with pytest.raises(trashing.CannotTrashError, match="1 personne y travaille"):
        trashing.put_in_trash(person.main_organisation or person, by=None)


def test_the_command_says_how_many_went():
    trashed(PersonFactory())
    out = StringIO()

    call_command("empty_trash", stdout=out)

    assert out.getvalue() == "1 fiche supprimée.\n"
    assert AuditEntry.objects.get(deed=Deed.DELETED).count == 1
