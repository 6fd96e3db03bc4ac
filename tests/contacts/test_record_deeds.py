"""What one does from a contact's page: exchanges, files, past versions, the trash."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, ContactFile, DoublePair, Interaction
from crm.models import AuditEntry, Deed
from crm.roles import Role
from tests.factories import (
    InteractionFactory,
    OrganisationFactory,
    PersonFactory,
    PositionFactory,
    SchemeFactory,
)


pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
READERS = [Role.BOARD, Role.READER]


def page_of(contact: Contact, tab: str = "") -> str:
    url = reverse("admin:contacts_contact_record", args=[contact.pk])
    return f"{url}?onglet={tab}" if tab else url


def read(client: Client, contact: Contact, tab: str = "") -> str:
    answer = client.get(page_of(contact, tab))
    assert answer.status_code == 200
    return answer.content.decode()


# --- exchanges -------------------------------------------------------------------------------------------------------------------


def test_an_exchange_is_noted_with_its_follow_up_and_ticked_off(client_as):
    client, person = client_as(Role.STAFF), PersonFactory()
    url = reverse("admin:contacts_contact_exchange", args=[person.pk])

    client.post(
        url,
        {
            "kind": "call",
            "on": f"{TODAY:%d/%m/%Y}",
            "summary": "A rappelé.",
            "follow_up_on": f"{TODAY:%d/%m/%Y}",
        },
    )
    exchange = Interaction.objects.get()
    assert "A rappelé." in read(client, person, "activite")
    client.post(reverse("admin:contacts_contact_followed_up", args=[person.pk, exchange.pk]))

    exchange.refresh_from_db()
    assert (exchange.followed_up_on, exchange.by is not None) == (TODAY, True)
    assert not person.interactions.to_follow_up().exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("deed", "model")) == [
        (Deed.ADDED, "contacts.interaction"),
        (Deed.CHANGED, "contacts.interaction"),
    ]


def test_an_exchange_is_mended_or_taken_off(client_as):
    client, exchange = client_as(Role.STAFF), InteractionFactory()
    where = [exchange.contact.pk, exchange.pk]

    client.post(
        reverse("admin:contacts_contact_exchange_change", args=where),
        {"kind": "meeting", "on": "14/03/2023", "summary": "Rencontre à Lens."},
    )
    exchange.refresh_from_db()
    assert (exchange.kind, exchange.on, exchange.summary) == (
        "meeting",
        date(2023, 3, 14),
        "Rencontre à Lens.",
    )

    client.post(reverse("admin:contacts_contact_exchange_remove", args=where))
    assert not Interaction.objects.exists()
    assert "Rencontre à Lens." in str(list(Interaction.history.values_list("summary", flat=True)))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"on": f"{TODAY + timedelta(days=1):%d/%m/%Y}", "summary": "a"}, "on"),
        (
            {
                "on": f"{TODAY:%d/%m/%Y}",
                "summary": "a",
                "follow_up_on": f"{TODAY - timedelta(days=1):%d/%m/%Y}",
            },
            "follow_up_on",
        ),
        ({"on": f"{TODAY:%d/%m/%Y}", "summary": ""}, "summary"),
    ],
)
def test_an_exchange_that_does_not_hold_is_refused_beside_the_field(client_as, typed, field):
    url = reverse("admin:contacts_contact_exchange", args=[PersonFactory().pk])

    answer = client_as(Role.STAFF).post(url, {"kind": "call", **typed})

    assert list(answer.context["form"].errors) == [field]


def test_the_exchange_of_another_contact_is_absent(client_as):
    exchange, other = InteractionFactory(), PersonFactory()
    client = client_as(Role.STAFF)

    for name in ("exchange_change", "followed_up", "exchange_remove"):
        url = reverse(f"admin:contacts_contact_{name}", args=[other.pk, exchange.pk])
        assert client.post(url, {}).status_code == 404


# --- files ------------------------------------------------------------------------------------------------------------------------


def kept_file(
    contact: Contact, name: str = "compte rendu.html", content: bytes = b"<script>alert(1)</script>"
) -> ContactFile:
    return ContactFile.objects.create(contact=contact, name=name, file=ContentFile(content, name))


def url_of(file: ContactFile, name: str = "file", contact: Contact | None = None) -> str:
    return reverse(f"admin:contacts_contact_{name}", args=[(contact or file.contact).pk, file.pk])


def test_a_file_is_kept_under_a_name_nobody_can_guess(client_as):
    person, client = PersonFactory(), client_as(Role.STAFF)
    given = ContentFile(b"PDF", "Convention signée.PDF")

    client.post(
        reverse("admin:contacts_contact_file_add", args=[person.pk]),
        {"file": given, "description": "Convention"},
    )

    file = person.files.get()
    assert (file.name, str(file), file.added_by is not None) == ("Convention signée.PDF", "Convention", True)
    assert file.file.name.endswith(".pdf")
    assert "onvention" not in file.file.name


def test_a_file_comes_back_as_a_download_and_runs_nothing(client_as):
    file = kept_file(PersonFactory())

    answer = client_as(Role.STAFF).get(url_of(file))

    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="compte rendu.html"'
    assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == ("nosniff", "sandbox")


def test_a_file_is_given_to_the_team_only_and_by_its_own_record(client_as):
    file, other = kept_file(PersonFactory()), PersonFactory()

    assert client_as(Role.STAFF).get(url_of(file, contact=other)).status_code == 404
    for role in READERS:
        assert client_as(role).get(url_of(file)).status_code == 403
    assert client_as(Role.STAFF).get(f"/media/{file.file.name}").status_code == 404


def test_a_file_that_is_too_heavy_is_refused(client_as, settings):
    settings.ATTACHMENT_MAX_BYTES = 10
    url = reverse("admin:contacts_contact_file_add", args=[PersonFactory().pk])

    answer = client_as(Role.STAFF).post(url, {"file": ContentFile(b"a" * 11, "a.txt")})

    assert answer.context["form"].errors["file"] == ["Ce fichier est trop lourd : 10\xa0octets au plus."]
    assert not ContactFile.objects.exists()


def test_a_file_that_is_taken_off_is_gone_from_the_disk(client_as, django_capture_on_commit_callbacks):
    file = kept_file(PersonFactory())
    storage, name = file.file.storage, file.file.name

    with django_capture_on_commit_callbacks(execute=True):
        client_as(Role.STAFF).post(url_of(file, "file_remove"))

    assert not ContactFile.objects.exists()
    assert not storage.exists(name)


def test_a_file_that_is_lost_on_the_disk_is_absent(client_as):
    file = kept_file(PersonFactory())
    file.file.storage.delete(file.file.name)

    assert client_as(Role.STAFF).get(url_of(file)).status_code == 404


# --- versions ----------------------------------------------------------------------------------------------------------------------


def test_a_past_version_is_previewed_then_restored_from_the_history(client_as):
    client = client_as(Role.STAFF)
    person = PersonFactory(city="Arras")
    moment = person.history.first().history_date.isoformat()
    person.city = "Lens"
    person.save()
    url = reverse("admin:contacts_contact_as_of", args=[person.pk])

    assert "<s" in client.get(url, {"a": moment}).content.decode()
    person.refresh_from_db()
    assert person.city == "Lens"
    answer = client.post(url, {"a": moment})

    person.refresh_from_db()
    assert (answer.url, person.city) == (page_of(person, "historique"), "Arras")


@pytest.mark.parametrize("moment", ["", "hier", "2024-13-45T00:00"])
def test_a_moment_that_is_none_is_absent(client_as, moment):
    url = reverse("admin:contacts_contact_as_of", args=[PersonFactory().pk])

    assert client_as(Role.STAFF).get(url, {"a": moment}).status_code == 404


def test_a_moment_before_the_record_is_said(client_as):
    url = reverse("admin:contacts_contact_as_of", args=[PersonFactory().pk])

    answer = client_as(Role.STAFF).get(url, {"a": "2001-01-01T00:00"}, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "Cette fiche n’existait pas encore à ce moment-là."
    ]


@pytest.mark.parametrize("role", READERS)
def test_only_the_team_goes_back(client_as, role):
    url = reverse("admin:contacts_contact_as_of", args=[PersonFactory().pk])

    assert client_as(role).get(url, {"a": timezone.now().isoformat()}).status_code == 403


# --- the trash ----------------------------------------------------------------------------------------------------------------------


def deleting(contact: Contact) -> str:
    return reverse("admin:contacts_contact_delete", args=[contact.pk])


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_the_page_says_what_goes_with_the_record_and_until_when_it_may_come_back(client_as):
    person = PersonFactory(email="a@exemple.org", organisation=OrganisationFactory())
    InteractionFactory(contact=person)

    page = client_as(Role.STAFF).get(deleting(person))

    shown = {(str(one.label), one.count) for one in page.context["hanging"]}
    assert shown == {("coordonnées", 1), ("fonctions exercées", 1), ("échanges", 1)}
    assert person in Contact.objects.present()


def test_a_record_goes_to_the_trash_and_comes_back(client_as):
    client, person = client_as(Role.STAFF), PersonFactory(email="a@exemple.org")

    answer = client.post(deleting(person), follow=True)
    assert said(answer) == [
        f"«\xa0{person}\xa0» est à la corbeille. Vous pouvez la reprendre ici pendant 30 jours."
    ]
    assert [contact for contact, _day in answer.context["shown"]] == [person]
    assert client.get(page_of(person)).status_code == 404

    answer = client.post(reverse("admin:contacts_contact_take_back", args=[person.pk]), follow=True)
    assert answer.redirect_chain[-1][0] == page_of(person)
    assert list(AuditEntry.objects.order_by("pk").values_list("deed", flat=True)) == [
        Deed.DELETED,
        Deed.RESTORED,
    ]
    reasons = list(person.history.order_by("history_id").values_list("history_change_reason", flat=True))
    assert reasons[-2:] == ["Mise à la corbeille", "Reprise de la corbeille"]


def test_an_organisation_that_others_name_does_not_go(client_as):
    organisation = OrganisationFactory()
    PositionFactory(organisation=organisation, ends_on=date(2020, 1, 1))
    OrganisationFactory(parent=organisation)
    SchemeFactory(lead=organisation)
    client = client_as(Role.STAFF)

    assert client.get(deleting(organisation)).context["objections"] == [
        "1 personne y travaille ou y a travaillé.",
        "1 structure en dépend.",
        "Elle porte 1 démarche.",
    ]
    client.post(deleting(organisation))
    assert organisation in Contact.objects.present()


@pytest.mark.parametrize("role", READERS)
def test_only_the_team_sees_the_trash(client_as, role):
    person, trashed = PersonFactory(), PersonFactory(trashed_at=timezone.now())
    client = client_as(role)

    for url in (deleting(person), reverse("admin:contacts_contact_trash")):
        assert client.get(url).status_code == 403
    assert client.post(reverse("admin:contacts_contact_take_back", args=[trashed.pk])).status_code == 403


def test_an_empty_trash_says_what_comes_there(client_as):
    assert (
        "La corbeille est vide."
        in client_as(Role.STAFF).get(reverse("admin:contacts_contact_trash")).content.decode()
    )


def test_pairs_are_not_offered_once_one_of_them_is_out_of_sight(client_as):
    first, second = PersonFactory(), PersonFactory()
    DoublePair.objects.create(first=first, second=second)
    client = client_as(Role.STAFF)
    url = reverse("admin:contacts_doublepair_changelist")
    assert len(client.get(url).context["pairs"]) == 1

    second.put_in_trash()

    assert len(client.get(url).context["pairs"]) == 0
