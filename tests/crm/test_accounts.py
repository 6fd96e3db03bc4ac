"""Accounts, the association's row and the journal: what the manager does, and what nobody may."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from crm.models import Association, AuditEntry, Deed, User
from crm.roles import Role
from tests.factories import PASSWORD, AuditEntryFactory, PersonFactory, UserFactory


pytestmark = pytest.mark.django_db
LIST = "/crm/user/"
JOURNAL = "/crm/auditentry/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def manager() -> User:
    return UserFactory(role=Role.MANAGER)


def filled(user: User | None = None, of: Role = Role.STAFF, **said: Any) -> dict[str, Any]:
    shown = {"email": user.email, "first_name": user.first_name, "last_name": user.last_name} if user else {}
    return {"is_active": "on", "role": Group.objects.get(name=of.value).pk, **shown, **said}


def change_of(user: User) -> str:
    return reverse("admin:crm_user_change", args=[user.pk])


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["adminform"].form.errors)


def test_an_account_is_made_with_its_role_and_a_password_that_opens(manager):
    said = filled(
        email=" Zoe@Exemple.org ",
        first_name="Zoé",
        last_name="Durand",
        password1=PASSWORD,
        password2=PASSWORD,
    )

    signed_in(manager).post(f"{LIST}add/", said)

    made = User.objects.get(email="zoe@exemple.org")
    assert [group.name for group in made.groups.all()] == [Role.STAFF]
    assert made.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"password1": PASSWORD, "password2": ""}, "password2"),
        ({"password1": PASSWORD, "password2": "un autre mot de passe"}, "password2"),
        ({"password1": "court", "password2": "court"}, "password2"),
        ({"role": ""}, "role"),
        ({"email": "pris@exemple.org"}, "email"),
    ],
)
def test_an_account_that_does_not_hold_is_refused_beside_the_field(manager, said, field):
    UserFactory(email="pris@exemple.org")
    data = filled(**{"email": "zoe@exemple.org", "password1": PASSWORD, "password2": PASSWORD, **said})

    answer = signed_in(manager).post(f"{LIST}add/", data)

    assert field in errors(answer)
    assert not User.objects.filter(email="zoe@exemple.org").exists()


def test_an_account_without_a_new_password_keeps_its_own(manager):
    user = UserFactory(role=Role.READER)

    signed_in(manager).post(change_of(user), filled(user, Role.READER, first_name="Ève"))

    user.refresh_from_db()
    assert (user.first_name, user.check_password(PASSWORD)) == ("Ève", True)


def test_a_change_of_role_is_in_the_journal(manager):
    user = UserFactory(role=Role.READER)

    signed_in(manager).post(change_of(user), filled(user, Role.STAFF))

    assert [group.name for group in user.groups.all()] == [Role.STAFF]
    entry = AuditEntry.objects.get(deed=Deed.CHANGED)
    assert (entry.actor, entry.model, entry.record, entry.fields) == (
        manager,
        "crm.user",
        str(user.pk),
        ["role"],
    )


def test_a_closed_account_goes_out_at_once(manager):
    user = UserFactory(role=Role.READER)
    client = signed_in(user)

    signed_in(manager).post(change_of(user), {**filled(user, Role.READER), "is_active": ""})

    assert client.get("/").status_code == 302


def test_nobody_closes_the_account_they_work_with(manager):
    UserFactory(role=Role.MANAGER)

    answer = signed_in(manager).post(change_of(manager), {**filled(manager, Role.MANAGER), "is_active": ""})

    assert errors(answer) == {
        "is_active": ["Vous ne pouvez pas fermer le compte avec lequel vous travaillez."]
    }


def test_the_last_manager_stays_one(manager):
    UserFactory(role=Role.MANAGER, is_active=False)

    answer = signed_in(manager).post(change_of(manager), filled(manager, Role.STAFF))

    assert "C’est le dernier compte qui gère l’outil" in errors(answer)["role"][0]
    assert [group.name for group in manager.groups.all()] == [Role.MANAGER]


def test_a_manager_among_several_may_take_another_role(manager):
    UserFactory(role=Role.MANAGER)

    signed_in(manager).post(change_of(manager), filled(manager, Role.STAFF))

    assert [group.name for group in manager.groups.all()] == [Role.STAFF]


def test_whoever_changes_their_own_password_stays_signed_in(manager):
    client = signed_in(manager)
    new = "une autre phrase bien longue"

    client.post(change_of(manager), filled(manager, Role.MANAGER, password1=new, password2=new))

    assert client.get(LIST).status_code == 200


def test_an_account_is_closed_and_never_deleted(manager):
    assert (
        signed_in(manager).get(reverse("admin:crm_user_delete", args=[UserFactory().pk])).status_code == 403
    )


@pytest.mark.parametrize("role", [Role.STAFF, Role.BOARD, Role.READER, None])
def test_only_the_manager_finds_accounts_association_and_journal(client_as, role):
    client = client_as(role)

    for url in (LIST, f"{LIST}add/", JOURNAL, "/crm/association/"):
        assert client.get(url).status_code == 403


def test_the_association_has_one_row_and_its_list_leads_there(manager):
    client = signed_in(manager)
    row = Association.own()

    assert client.get("/crm/association/").url == reverse("admin:crm_association_change", args=[row.pk])
    assert client.get("/crm/association/add/").status_code == 403


def test_the_journal_names_things_in_french(manager):
    person = PersonFactory()
    AuditEntryFactory(
        actor=manager,
        model="contacts.contact",
        record=str(person.pk),
        fields=["notes", "channel", "version_read"],
    )

    page = signed_in(manager).get(JOURNAL).content.decode()

    assert "notes internes, coordonnée" in page
    assert "contacts.contact" not in page
    assert "version_read" not in page


def test_the_journal_is_read_and_never_written(manager):
    entry = AuditEntryFactory(actor=manager)
    client = signed_in(manager)

    assert client.get(f"{JOURNAL}add/").status_code == 403
    assert client.get(f"{JOURNAL}{entry.pk}/change/").status_code == 404
    assert client.get(f"{JOURNAL}{entry.pk}/delete/").status_code == 403
