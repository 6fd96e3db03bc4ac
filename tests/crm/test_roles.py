"""Who may do what, written by hand page by page, so that it cannot agree with the table of rights by accident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from crm import roles
from crm.models import Association
from crm.roles import Role
from tests.factories import CategoryFactory, PersonFactory, SchemeFactory, ThemeFactory, UserFactory


MANAGER, STAFF, BOARD, READER = Role
EVERYBODY = {MANAGER, STAFF, BOARD, READER}
TEAM = {MANAGER, STAFF}

POLICY = {
    "contacts_contact_changelist": EVERYBODY,
    "contacts_contact_record": EVERYBODY,
    "contacts_contact_add": TEAM,
    "contacts_contact_change": TEAM,
    "contacts_contact_export": TEAM,
    "contacts_scheme_changelist": EVERYBODY,
    "contacts_scheme_add": TEAM,
    "contacts_scheme_change": TEAM,
    "contacts_territory_changelist": EVERYBODY,
    "contacts_doublepair_changelist": TEAM,
    "contacts_theme_add": {MANAGER},
    "contacts_category_change": {MANAGER},
    "contacts_label_add": TEAM,
    "crm_importbatch_upload": TEAM,
    "crm_export_changelist": TEAM,
    "crm_user_changelist": {MANAGER},
    "crm_user_add": {MANAGER},
    "crm_association_change": {MANAGER},
    "crm_auditentry_changelist": {MANAGER},
}
RECORDS: dict[str, Callable[[], Any]] = {
    "contacts_contact": PersonFactory,
    "contacts_scheme": SchemeFactory,
    "contacts_theme": ThemeFactory,
    "contacts_category": CategoryFactory,
    "crm_user": UserFactory,
    "crm_association": Association.own,
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("page", POLICY)
def test_a_page_is_open_to_exactly_its_roles(client_as, page, role):
    model, _, kind = page.rpartition("_")
    arguments = [RECORDS[model]().pk] if kind in {"change", "delete", "record"} else []
    client = client_as(role)
    # Whoever may only look is shown the form, closed: what counts is whether it takes what is sent.
    ask = client.post if kind in {"add", "change"} else client.get

    status = ask(reverse(f"admin:{page}", args=arguments)).status_code

    assert status in {200, 302, 403, 404}
    assert (status == 200) is (role in POLICY[page])


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
