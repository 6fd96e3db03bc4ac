"""What the journal holds: who, what, which record, how many, names of fields; and never a value."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from contacts import trashing
from contacts.models import Contact, ContactFile
from crm.models import Association, AuditEntry, Deed, Export, Purpose, User
from crm.roles import Role
from tests.factories import InteractionFactory, PersonFactory, UserFactory


pytestmark = pytest.mark.django_db

SENTINELS = (
    "Zqxvbelmont",
    "Wkjpsigrid",
    "zqx.sentinelle",
    "0600071337",
    "06 00 07 13 37",
    "Vfhnote",
    "Rtymotif",
)


@pytest.fixture
def manager() -> User:
    return UserFactory(role=Role.MANAGER)


@pytest.fixture
def client(manager: User) -> Client:
    client = Client()
    client.force_login(manager)
    return client


def written() -> str:
    """Every cell of the journal, as the base holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM crm_auditentry")
        return json.dumps(cursor.fetchall(), default=str, ensure_ascii=False)


def deeds() -> list[tuple[Any, ...]]:
    return [*AuditEntry.objects.order_by("pk").values_list("deed", "model", "record", "count")]


def as_sent(client: Client, url: str, **typed: Any) -> dict[str, Any]:
    """What the form of this page would send if only `typed` was typed: every field and row as shown."""
    shown = client.get(url).context
    forms = [shown["adminform"].form]
    for inline in shown["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data: dict[str, Any] = {}
    for field in (field for form in forms for field in form):
        value = field.value()
        if isinstance(value, bool):
            value = "on" if value else None
        elif isinstance(value, date):
            value = f"{value:%d/%m/%Y}"
        elif isinstance(value, list):
            value = [getattr(one, "pk", one) for one in value]
        if value not in (None, ""):
            data[field.html_name] = value
    return data | typed


def test_a_record_written_through_every_page_leaves_no_value_in_the_journal(client, manager):
    add = reverse("admin:contacts_contact_add") + "?kind=person"
    client.post(
        add,
        as_sent(
            client,
            add,
            name=SENTINELS[0],
            first_name=SENTINELS[1],
            email=f"{SENTINELS[2]}@exemple.org",
            notes=SENTINELS[5],
        ),
    )
    person = Contact.objects.get(name=SENTINELS[0])
    change = reverse("admin:contacts_contact_change", args=[person.pk])
    client.post(change, as_sent(client, change, first_name="Zoé", notes=f"{SENTINELS[5]} encore"))
    client.post(
        reverse("admin:contacts_contact_exchange", args=[person.pk]),
        {"kind": "call", "on": "12/03/2026", "summary": SENTINELS[5]},
    )
    exported = client.post(
        reverse("admin:contacts_contact_export"),
        {
            "purpose": Purpose.INTERNAL,
            "reason": SENTINELS[6],
            "layout": "records",
            "file_format": "csv",
            "columns": ["name"],
        },
    )
    b"".join(exported)
    client.post(reverse("admin:contacts_contact_delete", args=[person.pk]))
    client.get("/contacts/contact/", {"q": SENTINELS[0]})

    done = {deed for deed, *_rest in deeds()}
    assert done == {Deed.ADDED, Deed.CHANGED, Deed.EXPORTED, Deed.DELETED}
    assert [value for value in SENTINELS if value in written()] == []


def test_an_export_leads_to_its_own_row(client, manager):
    PersonFactory()

    b"".join(
        client.post(
            reverse("admin:contacts_contact_export"),
            {
                "purpose": Purpose.INTERNAL,
                "reason": "Correction des noms",
                "layout": "records",
                "file_format": "csv",
                "columns": ["name"],
            },
        )
    )

    assert deeds() == [(Deed.EXPORTED, "crm.export", str(Export.objects.get().pk), 1)]


def test_a_file_that_is_taken_is_in_the_journal(client, manager):
    person = PersonFactory()
    paper = ContactFile(contact=person, name="convention.pdf", added_by=manager)
    paper.file.save("convention.pdf", ContentFile(b"%PDF"), save=False)
    paper.save()

    b"".join(client.get(reverse("admin:contacts_contact_file", args=[person.pk, paper.pk])))

    assert deeds() == [(Deed.EXPORTED, "contacts.contactfile", str(paper.pk), 1)]


def test_a_setting_that_changes_is_a_setting_in_the_journal(client):
    change = reverse("admin:crm_association_change", args=[Association.own().pk])

    client.post(change, as_sent(client, change, name="Réseau Exemple", verification_months=18))

    line = AuditEntry.objects.get()
    assert (line.deed, line.model) == (Deed.CONFIGURED, "crm.association")
    assert "verification_months" in line.fields


def test_what_goes_for_good_from_the_trash_is_named_by_its_number_and_nobody_did_it(manager):
    person = PersonFactory()
    InteractionFactory(contact=person)
    number = person.pk
    trashing.put_in_trash(person, by=manager)
    Contact.objects.filter(pk=number).update(trashed_at="2020-01-01T00:00Z")

    assert trashing.empty() == (1, [])

    assert deeds() == [(Deed.DELETED, "contacts.contact", str(number), 1)]
    assert AuditEntry.objects.get().actor is None
