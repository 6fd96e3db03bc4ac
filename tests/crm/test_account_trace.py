"""« Ce que ce compte a vu et emporté » : what one account did between two days, whole, in words, and for the manager only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models.contact_queries import ContactQuerySet
from crm import sealing
from crm.models import AuditEntry, Deed, Export, User
from crm.pages.account_trace import GROUPS, deeds_of
from crm.roles import Role
from tests.factories import AuditEntryFactory, ExportFactory, PersonFactory, UserFactory


pytestmark = [pytest.mark.django_db, pytest.mark.data]
PAGE = "/crm/auditentry/compte/"
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


@pytest.fixture
def manager() -> User:
    return UserFactory(role=Role.MANAGER)


@pytest.fixture
def client(manager: User) -> Client:
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def account() -> User:
    return UserFactory(role=Role.STAFF, first_name="Nadia", last_name="Belkacem")


def ask(client: Client, account: User, first: str = "2026-03-01", last: str = "2026-03-31", **more: str):
    return client.get(PAGE, {"compte": str(account.pk), "du": first, "au": last, **more})


def figures(answer) -> dict[str, tuple[int, str]]:
    return {str(f["label"]): (f["count"], f["more"]) for f in answer.context["figures"] if f["count"]}


def exported(account: User, at: datetime, count: int) -> Export:
    export = ExportFactory(owner=account, count=count, columns=["Nom", "E-mail"], at=at)
    AuditEntryFactory(
        actor=account, at=at, deed=Deed.EXPORTED, model="crm.export", record=str(export.pk), count=count
    )
    return export


def test_it_counts_first_then_says_each_line_by_day(client, account):
    person = PersonFactory(name="Moreau", first_name="Inès")
    first = exported(account, NOON, 312)
    exported(account, NOON + timedelta(days=1), 40)
    AuditEntryFactory(actor=account, at=NOON, deed=Deed.READ, record=str(person.pk))
    AuditEntryFactory(actor=account, at=NOON, deed=Deed.SIGNED_IN, model="crm.user", record=str(account.pk))
    AuditEntryFactory(
        actor=account, at=NOON, deed=Deed.REFUSED, model="crm.user", record="", fields=["crm_user_changelist"]
    )

    answer = ask(client, account)
    page = answer.content.decode()

    assert figures(answer) == {
        "Exports et fichiers emportés": (2, "352 lignes en tout"),
        "Fiches confidentielles lues": (1, ""),
        "Accès refusés": (1, ""),
        "Connexions": (1, ""),
    }
    assert [(day.isoformat(), len(lines)) for day, lines in answer.context["days"]] == [
        ("2026-03-12", 4),
        ("2026-03-13", 1),
    ]
    assert f'href="{reverse("admin:crm_export_record", args=[first.pk])}"' in page
    assert f'href="{reverse("admin:contacts_contact_record", args=[person.pk])}"' in page
    assert "Inès Moreau" in page
    assert "Nom, E-mail" in page
    assert "la liste" in page


def test_the_days_are_whole_days_of_here(client, account):
    for at in (
        "2026-03-11T22:59:59Z",
        "2026-03-11T23:00:00Z",
        "2026-03-12T22:59:59Z",
        "2026-03-12T23:00:00Z",
    ):
        AuditEntryFactory(actor=account, at=datetime.fromisoformat(at), record=at[8:13])

    answer = ask(client, account, "2026-03-12", "2026-03-12")

    assert [line.number for _day, lines in answer.context["days"] for line in lines] == ["11T23", "12T22"]


def test_another_account_s_deeds_are_not_its_own_but_attempts_on_it_are(client, account, manager):
    AuditEntryFactory(actor=manager, at=NOON, deed=Deed.CHANGED, model="crm.user", record=str(account.pk))
    AuditEntryFactory(actor=None, at=NOON, deed=Deed.SIGN_IN_FAILED, model="crm.user", record=str(account.pk))
    AuditEntryFactory(actor=None, at=NOON, deed=Deed.SIGN_IN_FAILED, model="crm.user", record=str(manager.pk))

    found = deeds_of(account, NOON.date(), NOON.date())

    assert [line.deed for line in found] == [Deed.SIGN_IN_FAILED]
    assert (
        "Personne non connectée" not in ask(client, account).content.decode()
    )  # the hour, the deed, the account
    assert "Connexion refusée" in ask(client, account).content.decode()


def test_a_figure_opens_its_own_lines(client, account):
    exported(account, NOON, 3)
    AuditEntryFactory(actor=account, at=NOON)

    answer = ask(client, account, voir="exports")

    assert [line.deed for _day, lines in answer.context["days"] for line in lines] == [Deed.EXPORTED]
    assert answer.context["total"] == 2


def test_every_deed_belongs_to_one_figure():
    counted = [deed for group in GROUPS for deed in group.deeds]

    assert sorted(counted) == sorted(Deed)


def test_a_record_the_reader_may_not_see_is_a_number(client, account, monkeypatch):
    person = PersonFactory(name="Cachée")
    AuditEntryFactory(actor=account, at=NOON, deed=Deed.READ, record=str(person.pk))
    assert "Cachée" in ask(client, account).content.decode()

    monkeypatch.setattr(ContactQuerySet, "visible_to", lambda rows, user: rows.none())
    page = ask(client, account).content.decode()

    assert "Cachée" not in page
    assert f"n° {person.pk}" in page


def test_nothing_is_said_in_words(client, account):
    page = ask(client, account).content.decode()

    assert "Ce compte n’a rien fait qui soit noté entre ces deux jours." in page


def test_before_it_is_asked_it_proposes_the_last_thirty_days(client):
    answer = client.get(PAGE)
    today = timezone.localdate()

    assert answer.status_code == 200
    assert answer.context["form"].initial == {"du": today - timedelta(days=30), "au": today}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"compte": "", "du": "2026-03-01", "au": "2026-03-02"}, "compte"),
        ({"compte": "9999999", "du": "2026-03-01", "au": "2026-03-02"}, "compte"),
        ({"compte": "x", "du": "2026-03-01", "au": "2026-03-02"}, "compte"),
        ({"compte": "1", "du": "hier", "au": "2026-03-02"}, "du"),
        ({"du": "2026-03-03", "au": "2026-03-02"}, "au"),
        ({"du": "0001-01-01", "au": "9999-12-31"}, "du"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field(client, account, asked, field):
    answer = client.get(PAGE, {"compte": str(account.pk), **asked})

    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert "days" not in answer.context


@pytest.mark.parametrize("role", [Role.STAFF, Role.BOARD, Role.READER, None])
def test_only_who_reads_the_journal_may_ask(client_as, account, role):
    assert ask(client_as(role), account).status_code == 403


@pytest.mark.parametrize("count", [3, 60])
def test_it_costs_the_same_for_any_number_of_lines(
    client, account, django_assert_max_num_queries, count, settings
):
    for n in range(count):
        person = PersonFactory()
        AuditEntryFactory(actor=account, at=NOON + timedelta(minutes=n), record=str(person.pk))
        exported(account, NOON + timedelta(minutes=n), 1)

    with django_assert_max_num_queries(14):
        ask(client, account)
    with django_assert_max_num_queries(18):
        client.get("/crm/auditentry/")


def test_a_long_trail_is_read_in_pages(client, account):
    AuditEntry.objects.bulk_create(
        AuditEntry(actor=account, at=NOON + timedelta(seconds=n), deed=Deed.CHANGED) for n in range(301)
    )

    answer = ask(client, account, page="2")

    assert sum(len(lines) for _day, lines in answer.context["days"]) == 1
    assert figures(answer) == {"Créations, modifications, réglages": (301, "")}


def test_the_seal_is_there_to_be_noted(client, account):
    assert "sera scellé demain" in client.get(PAGE).content.decode()
    AuditEntryFactory(at=timezone.now() - timedelta(days=2))
    sealing.seal()
    head = sealing.head()
    assert head is not None

    for address in (PAGE, "/crm/auditentry/"):
        assert head.digest in client.get(address).content.decode()


def test_the_journal_counts_its_lines_in_french(client, manager):
    AuditEntryFactory.create_batch(4, actor=manager)

    page = client.get("/crm/auditentry/").content.decode()

    assert "4 lignes du journal" in " ".join(page.split())
    assert "4 journal" not in " ".join(page.split())
