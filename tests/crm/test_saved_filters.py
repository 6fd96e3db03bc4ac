"""Filters kept under a name: one's own, those others share, each on its own page."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from crm.models import SavedFilter
from crm.pages.saved_filters import kept_part
from crm.roles import Role
from tests.factories import SavedFilterFactory


pytestmark = pytest.mark.django_db

PAGE = "contacts_contact"
SAVE = "admin:saved_filter_save"


def owner_of(client) -> int:
    return int(client.session["_auth_user_id"])


def save(client, **changes):
    given = {"page": PAGE, "query": "theme=T04&in=region%3A11", "name": "Santé mentale, Île-de-France"}
    return client.post(reverse(SAVE), given | changes)


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_the_filters_in_force_are_kept_under_a_name(client_as):
    client = client_as(Role.READER)

    response = save(client)

    kept = SavedFilter.objects.get()
    assert (kept.name, kept.query, kept.page, kept.shared, kept.owner_id) == (
        "Santé mentale, Île-de-France",
        "theme=T04&in=region%3A11",
        PAGE,
        False,
        owner_of(client),
    )
    assert response.headers["Location"] == f"{reverse('admin:contacts_contact_changelist')}?{kept.query}"


def test_the_same_name_again_replaces_the_filters(client_as):
    client = client_as(Role.READER)
    save(client)

    save(client, query="theme=T01", shared="on")

    kept = SavedFilter.objects.get()
    assert (kept.query, kept.shared) == ("theme=T01", True)


def test_two_accounts_may_use_one_name(client_as):
    save(client_as(Role.READER))
    save(client_as(Role.STAFF))

    assert SavedFilter.objects.count() == 2


def test_neither_the_page_one_was_on_nor_a_trap_is_kept():
    assert kept_part("theme=T04&p=7&e=1&csrfmiddlewaretoken=x&q=%00a") == "theme=T04&q=%00a".replace(
        "%00", ""
    )
    assert (
        kept_part("https://exemple.org/?next=//exemple.org")
        == "https%3A%2F%2Fexemple.org%2F%3Fnext=%2F%2Fexemple.org"
    )


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"name": "   "}, {"name": "n" * 81}, {"query": "theme=" + "x" * 3_000}]
)
def test_what_cannot_be_kept_is_said(client_as, changes):
    response = save(client_as(Role.READER), **changes)

    assert response.status_code == 302
    assert len(said(response)) == 1
    assert SavedFilter.objects.count() == 0


@pytest.mark.parametrize("page", ["", "zzz", "crm_auditentry", "contacts_contact/../x"])
def test_a_page_that_is_not_there_or_that_one_may_not_see_has_no_filters(client_as, page):
    assert save(client_as(Role.READER), page=page).status_code == 404
    assert SavedFilter.objects.count() == 0


def test_an_account_without_rights_keeps_nothing(client_as):
    assert save(client_as(None)).status_code == 404


def test_ones_own_are_renamed_shared_and_deleted(client_as):
    client = client_as(Role.STAFF)
    save(client)
    kept = SavedFilter.objects.get()

    client.post(reverse("admin:saved_filter_rename", args=[kept.pk]), {"name": "Autre nom", "shared": "on"})
    kept.refresh_from_db()
    assert (kept.name, kept.shared) == ("Autre nom", True)

    client.post(reverse("admin:saved_filter_delete", args=[kept.pk]))
    assert SavedFilter.objects.count() == 0


def test_a_name_that_one_has_already_is_refused(client_as):
    client = client_as(Role.STAFF)
    save(client, name="Un")
    save(client, name="Deux")
    second = SavedFilter.objects.get(name="Deux")

    response = client.post(reverse("admin:saved_filter_rename", args=[second.pk]), {"name": "Un"})

    assert said(response)[-1] == "Vous avez déjà un filtre de ce nom sur cette page."
    assert sorted(SavedFilter.objects.values_list("name", flat=True)) == ["Deux", "Un"]


def test_those_of_others_are_read_if_shared_and_never_changed(client_as):
    private = SavedFilterFactory(name="Privé")
    shared = SavedFilterFactory(name="Partagé", shared=True)
    client = client_as(Role.MANAGER)

    page = client.get(reverse("admin:contacts_contact_changelist"))
    answers = [
        client.post(reverse(f"admin:saved_filter_{deed}", args=[kept.pk]), {"name": "À moi"}).status_code
        for kept in (private, shared)
        for deed in ("rename", "delete")
    ]

    assert [kept.name for kept in page.context["saved_filters"]] == ["Partagé"]
    assert answers == [404, 404, 404, 404]
    assert sorted(SavedFilter.objects.values_list("name", flat=True)) == ["Partagé", "Privé"]


def test_the_page_to_manage_them_lists_ones_own_of_that_page_only(client_as):
    client = client_as(Role.STAFF)
    save(client)
    save(client, page="contacts_scheme", name="Démarches en cours")
    SavedFilterFactory(shared=True)

    page = client.get(reverse("admin:saved_filters", args=[PAGE]))

    assert [kept.name for kept in page.context["mine"]] == ["Santé mentale, Île-de-France"]


def test_an_empty_page_of_filters_says_what_to_do(client_as):
    page = client_as(Role.READER).get(reverse("admin:saved_filters", args=[PAGE]))

    assert "Revenir à la liste" in page.content.decode()


@pytest.mark.parametrize("name", [SAVE])
def test_saving_is_a_deed_never_a_link(client_as, name):
    assert client_as(Role.STAFF).get(reverse(name)).status_code == 405
