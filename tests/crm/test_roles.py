"""The table of rights becomes groups, exactly. What the pages make of it is in `test_access`."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from crm import roles
from crm.roles import Role
from tests.factories import UserFactory


MANAGER, STAFF, BOARD, READER = Role


@pytest.mark.data
def test_each_role_is_a_group_that_holds_exactly_its_rights(db):
    held = {
        group.name: {*group.permissions.values_list("content_type__app_label", "codename")}
        for group in Group.objects.all()
    }

    assert held == {role.value: roles.permissions_of(role) for role in Role}


def test_a_right_added_by_hand_is_gone_after_the_next_migrate(db):
    reader = Group.objects.get(name=READER)
    reader.permissions.add(Permission.objects.get(codename="delete_contact"))

    roles.synchronise()

    assert not reader.permissions.filter(codename="delete_contact").exists()


def test_a_misspelt_right_stops_the_migrate(db, monkeypatch):
    monkeypatch.setitem(roles.GRANTS, READER, {"contacts.contatc": roles.VIEW})

    with pytest.raises(ImproperlyConfigured, match="view_contatc"):
        roles.synchronise()


def test_who_sees_only_may_change_nothing():
    looking = {codename for role in (BOARD, READER) for _app, codename in roles.permissions_of(role)}

    assert {codename for codename in looking if not codename.startswith("view_")} == set()


def test_nobody_but_the_manager_touches_accounts_settings_or_the_journal():
    for role in (STAFF, BOARD, READER):
        theirs = {codename for app, codename in roles.permissions_of(role) if app == "crm"}

        assert {name for name in theirs if name.endswith(("_user", "_association", "_auditentry"))} == set()


def test_a_closed_account_loses_its_rights_at_once(client_as):
    client = client_as(MANAGER)
    page = reverse("admin:contacts_contact_changelist")
    before = client.get(page).status_code

    from_session = client.session["_auth_user_id"]
    UserFactory._meta.model.objects.filter(pk=from_session).update(is_active=False)

    assert before == 200
    assert client.get(page).status_code == 302
