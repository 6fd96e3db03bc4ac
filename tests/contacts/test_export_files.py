"""What the file of an export holds, in each format, column by column."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.export_columns import COLUMNS, rows
from contacts.models import SuppressedAddress
from crm.models import Purpose
from crm.roles import Role
from tests.contacts.taking import SECRET, body, full_person, sheet, table, take
from tests.factories import (
    ChannelFactory,
    CoordinationFactory,
    LabelFactory,
    PersonFactory,
    SchemeFactory,
    UserFactory,
)


pytestmark = [pytest.mark.django_db, pytest.mark.data]


def test_the_file_says_things_as_a_person_reads_them(client_as):
    full_person()

    lines = table(take(client_as(Role.STAFF), "kind__exact=person"))

    assert lines == [
        ["Nom", "Prénom", "Structure", "Fonction", "E-mail", "Téléphone", "Thématiques", "Territoires d’intervention"],
        [
            "Durand", "Léa", "Agence de santé", "Directrice", "lea@exemple.org", "01 86 65 00 01",
            "Accès aux soins ; Santé mentale", "Île-de-France (région)",
        ],
    ]  # fmt: skip


def test_every_column_has_a_cell(client_as):
    person = full_person(
        labels=[LabelFactory(name="À inviter")], verified_on=timezone.localdate(), notes="Une note", sigle=""
    )
    ChannelFactory(contact=person, value="autre@exemple.org")
    ChannelFactory(contact=person, value=SECRET, is_private=True)
    CoordinationFactory(person=person, scheme=SchemeFactory(name="CLS du Nord"))

    heads, cells = table(take(client_as(Role.STAFF), "kind__exact=person", columns=list(COLUMNS)))

    said = dict(zip(heads, cells, strict=True))
    today = f"{timezone.localdate():%d/%m/%Y}"
    assert said["Autres e-mails"] == "autre@exemple.org"
    assert said["E-mails privés"] == SECRET
    assert said["Démarches coordonnées"] == "CLS du Nord"
    assert said["Étiquettes"] == "À inviter"
    assert (said["Vérifiée le"], said["Recueillie le"], said["Créée le"]) == (today, today, today)
    assert (said["État"], said["Nature"], said["Civilité"]) == ("Active", "personne", "Madame")
    assert (said["Notes internes"], said["Numéro de fiche"]) == ("Une note", str(person.pk))
    assert len(cells) == len(COLUMNS)


def test_the_order_of_the_list_is_that_of_the_file(client_as):
    for name in ("Zola", "Adam", "Émile"):
        PersonFactory(name=name, first_name="")

    lines = table(take(client_as(Role.STAFF), "o=-name", columns=["name"]))

    assert [line[0] for line in lines[1:]] == ["Zola", "Émile", "Adam"]


def test_a_private_address_is_in_no_column_but_its_own(client_as):
    ChannelFactory(value=SECRET, is_private=True, is_main=True)
    others = [code for code in COLUMNS if not code.startswith("private_")]

    assert SECRET not in body(take(client_as(Role.STAFF), columns=others)).decode()


def test_addresses_for_a_mailing_take_the_private_ones_of_those_who_may_see_them(client_as):
    ChannelFactory(value=SECRET, is_private=True, is_main=True)
    PersonFactory()

    lines = table(take(client_as(Role.STAFF), layout="addresses", columns=[]))

    assert [line[0] for line in lines] == ["E-mail", SECRET]


def test_an_address_that_refused_is_no_other_address_either(client_as):
    person = PersonFactory(email="oui@exemple.org")
    ChannelFactory(contact=person, value="non@exemple.org")
    SuppressedAddress.remember([("non@exemple.org", Purpose.NEWSLETTER)])

    lines = table(take(client_as(Role.STAFF), columns=["email", "other_emails"]))

    assert lines[1] == ["oui@exemple.org", ""]


def test_a_cell_that_looks_like_a_formula_stays_text(client_as):
    PersonFactory(name='=HYPERLINK("http://exemple.org")', first_name="+33")

    client = client_as(Role.STAFF)
    lines = table(take(client, columns=["name", "first_name"]))
    book = body(take(client, columns=["name"], file_format="xlsx"))

    assert lines[1] == ['\'=HYPERLINK("http://exemple.org")', "'+33"]
    assert sheet(book)[1] == ['=HYPERLINK("http://exemple.org")']
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")


def test_a_workbook_has_real_dates_and_says_what_it_is(client_as):
    full_person(verified_on=timezone.localdate())

    response = take(
        client_as(Role.STAFF),
        "kind__exact=person&theme=T04",
        columns=["name", "verified_on", "number"],
        file_format="xlsx",
    )
    book = body(response)

    assert response.headers["Content-Disposition"].endswith(
        f'contacts-newsletter-{timezone.localdate()}.xlsx"'
    )
    assert [type(cell) for cell in sheet(book)[1]] == [str, date, float]
    said: dict[str, str] = dict(sheet(book, "À propos"))
    assert (said["Finalité"], said["Motif"]) == ("Newsletter", "Lettre de novembre")
    assert said["Filtres"] == "Nature\u00a0: Personnes\nThématiques\u00a0: Santé mentale"


def test_an_address_book_has_a_card_for_each(client_as):
    full_person()

    text = body(take(client_as(Role.STAFF), file_format="vcf")).decode()

    cards = re.findall("BEGIN:VCARD.*?END:VCARD", text, re.DOTALL)
    assert [re.findall("KIND:(.*)\r", card) for card in cards] == [["org"], ["individual"]]
    assert "FN:Léa Durand\r\nN:Durand;Léa;;;\r\nORG:Agence de santé\r\nTITLE:Directrice" in cards[1]
    assert "EMAIL;PREF=1:lea@exemple.org" in cards[1]
    assert "TEL;PREF=1;VALUE=uri:tel:+33186650001" in cards[1]
    assert "CATEGORIES:Accès aux soins,Santé mentale" in cards[1]


def test_a_thousand_contacts_cost_as_many_statements_as_one():
    people = [full_person(name=f"Durand{n}", email=f"lea{n}@exemple.org").pk for n in range(30)]
    columns = list(COLUMNS.values())

    user = UserFactory(role=Role.STAFF)
    user.get_all_permissions()
    costs = []
    for pks in (people[:1], people):
        with CaptureQueriesContext(connection) as statements:
            assert len(list(rows(pks, columns, user=user))) == len(pks)
        costs.append(len(statements))

    assert costs == [14, 14]


def test_who_was_erased_or_thrown_away_since_is_left_out():
    person = PersonFactory()
    person.put_in_trash()

    assert list(rows([person.pk, 0], [COLUMNS["name"]], user=UserFactory(role=Role.STAFF))) == []
