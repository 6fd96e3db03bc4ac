"""Out of scope answers exactly as absent; a form writes what its account may write and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from contacts.models import (
    Channel,
    Contact,
    Coordination,
    DoublePair,
    Interaction,
    Link,
    Merge,
    Position,
    Scheme,
)
from contacts.models.contact_queries import ContactQuerySet
from crm import sharing
from crm.addresses import pages
from crm.checks import fields_without_rights, our_models
from crm.models import AuditEntry, Deed, ImportBatch, ImportChange, ImportLine
from crm.models.confidential import ConfidentialQuerySet
from crm.privacy import PERSONAL, classes
from crm.roles import Role
from tests.contacts.taking import PAGE, form, take
from tests.factories import (
    ChannelFactory,
    CoordinationFactory,
    DoublePairFactory,
    ImportBatchFactory,
    InteractionFactory,
    LinkFactory,
    OrganisationFactory,
    PersonFactory,
    PositionFactory,
    SchemeFactory,
    ThemeFactory,
    UserFactory,
)
from tests.visiting import RECORD, word_in


pytestmark = pytest.mark.django_db
HIDDEN, ABSENT = 876543, 987654  # numbers that nothing else on a page has


@pytest.fixture
def owner():
    return UserFactory(role=Role.STAFF)


@pytest.fixture
def hidden(owner) -> Contact:
    return PersonFactory(
        pk=HIDDEN, name="Discrète", is_confidential=True, owner=owner, email="discrete@exemple.org"
    )


# --- one rule a model ------------------------------------------------------------------------------------------------


def test_every_table_that_names_a_contact_says_what_an_account_sees_of_it():
    named = {
        model
        for model in our_models()
        if any(field.related_model is Contact for field in model._meta.fields) and model is not Contact
    }
    without = {model.__name__ for model in named if not hasattr(model._default_manager.all(), "visible_to")}

    assert len(named) > 10
    assert without == {"ContactShare"}  # the panel of the record shows it to who may give the record


def test_a_field_without_a_rights_class_is_seen_by_the_check_and_by_nobody_else():
    class Careless:
        PRIVACY = classes(PERSONAL, "phone") | classes("none", "id")

    assert fields_without_rights(Careless) == ["phone"]
    assert {model.__name__: names for model in our_models() if (names := fields_without_rights(model))} == {}


def _number(contact: Contact) -> int:
    return contact.pk


@pytest.mark.data
def test_a_row_is_seen_when_both_its_ends_are(owner, hidden):
    place = OrganisationFactory(is_confidential=True, owner=owner)
    person = PersonFactory()
    rows: list[Model] = [
        ChannelFactory(contact=hidden),
        InteractionFactory(contact=hidden),
        PositionFactory(person=hidden),
        PositionFactory(person=person, organisation=place),
        LinkFactory(contact=person, other=hidden),
        LinkFactory(contact=hidden, other=person),
        CoordinationFactory(person=hidden),
        DoublePairFactory(first=min(person, hidden, key=_number), second=max(person, hidden, key=_number)),
        Merge.objects.create(kept=person, absorbed=hidden),
    ]
    models = (Channel, Interaction, Position, Link, Coordination, DoublePair, Merge)

    def seen(user) -> set[Model]:
        return {row for model in models for row in model.objects.visible_to(user)}

    assert seen(UserFactory(role=Role.STAFF)) & {*rows} == set()
    assert {*rows} <= seen(owner)


@pytest.mark.data
def test_a_confidential_organisation_gives_nothing_to_the_columns_of_its_people(owner):
    place = OrganisationFactory(name="Maison Discrète", sigle="MDISC")
    person = PersonFactory(organisation=place)
    assert person.main_organisation == place

    place.is_confidential = True
    place.save()
    person.refresh_from_db()

    assert (person.main_organisation, person.main_title) == (None, "")
    assert "discrete" not in person.search_open + person.search_private
    place.is_confidential = False
    place.save()
    person.refresh_from_db()
    assert person.main_organisation == place


@pytest.mark.data
def test_a_search_finds_the_first_open_address_when_the_main_one_is_private(client_as):
    person = PersonFactory()
    ChannelFactory(contact=person, value="prive@exemple.org", is_private=True, is_main=True)
    ChannelFactory(contact=person, value="ouvert@exemple.org")
    page = reverse("admin:contacts_contact_changelist")

    shown = {role: client_as(role).get(page).content.decode() for role in (Role.READER, Role.STAFF)}

    assert "ouvert" in shown[Role.READER]
    assert "prive" not in shown[Role.READER]
    assert "prive" in shown[Role.STAFF]


# --- absent ----------------------------------------------------------------------------------------------------------


def addresses(pk: int, other: int) -> list[str]:
    found = []
    for page in pages():
        if page.model is Contact and page.arguments:
            values = [
                pk if name in RECORD else other if name == "absorbed_pk" else word_in(page, name) or 1
                for name in page.arguments
            ]
            if RECORD & {*page.arguments}:
                found.append(reverse(page.name, args=values))
    return found


def answer(client: Client, method: str, address: str, pk: int) -> tuple[int, str]:
    response = getattr(client, method)(address)
    text = response.content.decode("utf-8", "replace") + response.headers.get("Location", "")
    text = re.sub(r'name="(csrfmiddlewaretoken|once)" value="[^"]+"', "", text)
    return response.status_code, text.replace(str(pk), "N")


@pytest.mark.parametrize("role", [None, Role.STAFF, Role.READER])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_hidden_record_and_one_that_never_was_answer_alike(hidden, role, method):
    client, other = Client(raise_request_exception=False), PersonFactory()
    client.force_login(UserFactory(role=role))

    unlike = [
        there
        for there, nowhere in zip(addresses(hidden.pk, other.pk), addresses(ABSENT, other.pk), strict=True)
        if answer(client, method, there, hidden.pk) != answer(client, method, nowhere, ABSENT)
    ]

    assert len(addresses(hidden.pk, other.pk)) > 15
    assert unlike == []


def test_without_the_scope_they_would_not(hidden, monkeypatch):
    client = Client()
    client.force_login(UserFactory(role=Role.READER))
    monkeypatch.setattr(ConfidentialQuerySet, "in_scope", lambda rows, user: rows)
    monkeypatch.setattr(sharing, "holds", lambda user, record: True)
    address = reverse("admin:contacts_contact_record", args=[hidden.pk])

    assert "Discrète" in client.get(address).content.decode()


def test_a_new_record_is_not_told_that_a_hidden_one_has_its_address(hidden, client_as):
    client = client_as(Role.STAFF)
    url = reverse("admin:contacts_contact_add")
    data = {
        "kind": "person",
        "name": "Discrète",
        "first_name": hidden.first_name,
        "email": "discrete@exemple.org",
    }
    fields = client.get(url).context["adminform"].form.initial
    data |= {"source": fields["source"], "collected_on": "01/02/2025"}

    made = client.post(url, data)

    assert made.status_code == 302
    assert Contact.objects.filter(name="Discrète", is_confidential=False).count() == 1


def test_the_report_of_an_import_hides_the_line_of_a_record_made_confidential_since(owner, hidden, client_as):
    report = {
        "rows": 2, "created": 2, "updated": 0, "unchanged": 0, "merged": 0,
        "rejected": [], "not_data": [], "conflicts": [], "warnings": [], "objects": {},
    }  # fmt: skip
    groups = {"created": 2, "conflict": 0, "warning": 0}
    batch = ImportBatchFactory(
        owner=owner, state=ImportBatch.State.APPLIED, report=report, preview={"groups": groups}
    )
    change = ImportChange.objects.create(
        batch=batch, kind="created", model="contacts.contact", record=hidden.pk, line=2
    )
    for number, label in ((2, "Discrète"), (3, "Connue")):
        ImportLine.objects.create(batch=batch, group="created", number=number, label=label)
    url = reverse("admin:crm_importbatch_record", args=[batch.pk])
    colleague = client_as(Role.STAFF)

    assert colleague.get(url).status_code == 404
    assert "Discrète" in client_as(Role.MANAGER).get(url).content.decode()
    assert [*ImportLine.objects.visible_to(owner).values_list("number", flat=True)] == [2, 3]
    batch.owner = UserFactory(role=Role.STAFF)
    assert [*ImportLine.objects.visible_to(batch.owner).values_list("number", flat=True)] == [3]
    change.delete()
    assert colleague.get(url).status_code == 200


def test_an_export_that_holds_confidential_records_is_written_down(owner, hidden):
    client = Client()
    client.force_login(owner)
    PersonFactory()

    text = b"".join(take(client, columns=["name"], purpose="internal").streaming_content).decode()

    assert "Discrète" in text
    assert [*AuditEntry.objects.filter(deed=Deed.READ).values_list("count", "actor")] == [(1, owner.pk)]


# --- forged requests -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("across", ["0", "1"])
def test_a_forged_selection_takes_no_record_out_of_scope(hidden, client_as, across):
    known = PersonFactory()
    client = client_as(Role.STAFF)
    page = reverse("admin:contacts_contact_changelist")

    sent = client.post(
        page,
        {
            "action": "export_selected",
            "_selected_action": [hidden.pk, known.pk],
            "select_across": across,
            "index": 0,
        },
    )
    taken = client.post(
        f"{reverse(PAGE)}?ids={hidden.pk},{known.pk}", form(columns=["number"], purpose="internal")
    )

    assert str(hidden.pk) not in sent.headers["Location"].partition("ids=")[2].split("%2C")
    assert b"".join(taken.streaming_content).decode("utf-8-sig").split()[-1].strip('"') == str(known.pk)


def test_an_action_of_the_list_asks_its_right(client_as):
    client = client_as(Role.READER)
    page = reverse("admin:contacts_contact_changelist")
    person = PersonFactory()

    sent = client.post(page, {"action": "export_selected", "_selected_action": [person.pk], "index": 0})

    assert "exporter" not in sent.headers.get("Location", "")


def every_field(model: type[Model], **more: Any) -> dict[str, Any]:
    """A value for each column of a model, as a forged form would send them."""
    values: dict[str, Any] = {}
    for column in model._meta.fields:
        kind = column.get_internal_type()
        values[column.name] = {"BooleanField": "on", "DateField": "01/01/2001", "ForeignKey": "1"}.get(
            kind, "7"
        )
    return values | more


ON_FORM = {
    "name", "first_name", "civility", "category_id", "street", "postcode", "city", "website", "state", "legal_basis",
    "source_id", "collected_on", "verified_on", "verified_by_id", "needs_check",
}  # fmt: skip
FOLLOWS = {"version", "updated_at", "sort_name", "search_open", "search_private", "shown_category_id"}


@pytest.mark.parametrize(
    ("role", "shared", "more"),
    [
        (Role.STAFF, "", {"notes", "is_confidential", "owner_id"}),
        (Role.MANAGER, "", {"notes", "is_confidential", "owner_id"}),
        (Role.READER, "", None),
        (Role.BOARD, "view", None),
        (Role.READER, "change", set()),
    ],
)
def test_a_form_writes_the_columns_it_shows_and_no_other(client, role, shared, more):
    person, account = PersonFactory(), UserFactory(role=role)
    if shared:
        sharing.share(person, to=account, by=None, right=shared)
    client.force_login(account)
    before: Any = Contact.objects.filter(pk=person.pk).values().get()
    forged = every_field(
        Contact,
        name="Forgée", state="left", legal_basis="consent", source=person.source_id, civility="", category="",
        website="", kind="organisation", siret="", parent="", owner=account.pk, version_read=person.version,
    )  # fmt: skip
    for prefix in ("channels", "positions", "aliases", "links"):
        forged |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}

    client.post(reverse("admin:contacts_contact_change", args=[person.pk]), forged)
    after: Any = Contact.objects.filter(pk=person.pk).values().get()

    changed = {name for name in after if after[name] != before[name]}
    assert changed - FOLLOWS <= (ON_FORM | more if more is not None else set())
    assert ("name" in changed) is (more is not None)


def test_a_scheme_s_form_leaves_alone_what_its_account_does_not_see(owner, client_as):
    lead = OrganisationFactory(is_confidential=True, owner=owner)
    scheme = SchemeFactory(lead=lead)
    person = PersonFactory(is_confidential=True, owner=owner)
    coordination = CoordinationFactory(scheme=scheme, person=person)
    scheme.refresh_from_db()
    client = client_as(Role.STAFF)
    url = reverse("admin:contacts_scheme_change", args=[scheme.pk])
    page = client.get(url)
    data = {
        "type": scheme.type_id, "name": "Autre titre", "state": "running", "version_read": scheme.version,
        "lead": "", "coordinations-TOTAL_FORMS": "0", "coordinations-INITIAL_FORMS": "0",
    }  # fmt: skip

    assert lead.name not in page.content.decode()
    sent = client.post(url, data)
    assert sent.status_code == 302, sent.context["errors"]

    scheme.refresh_from_db()
    assert (scheme.name, scheme.lead) == ("Autre titre", lead)
    assert [*scheme.coordinations.all()] == [coordination]


def test_a_select_names_nothing_that_the_account_may_not_look_at(client):
    theme = ThemeFactory(name="Thème jamais montré")
    person = PersonFactory(themes=[theme])
    account = UserFactory()
    rights = Permission.objects.filter(codename__in=["view_contact", "change_contact"])
    account.user_permissions.set(rights)
    client.force_login(account)
    url = reverse("admin:contacts_contact_change", args=[person.pk])

    page = client.get(url)

    assert {"themes", "category", "source"} & {*page.context["adminform"].form.fields} == set()
    assert "Thème jamais montré" not in page.content.decode()


def test_a_scheme_is_found_by_the_name_of_its_lead_only_by_who_sees_that(owner, client_as):
    SchemeFactory(
        name="Contrat", lead=OrganisationFactory(name="Maison Discrète", is_confidential=True, owner=owner)
    )

    found = {
        role: Scheme.objects.mentioning("discrete", UserFactory(role=role)).count()
        for role in (Role.STAFF, Role.MANAGER)
    }

    assert found == {Role.STAFF: 0, Role.MANAGER: 1}


def test_the_scope_costs_the_list_no_statement_and_reads_no_row_for_it(django_assert_num_queries):
    user = UserFactory(role=Role.STAFF)
    user.get_all_permissions()

    rows: ContactQuerySet = Contact.objects.visible_to(user)
    with django_assert_num_queries(1):
        rows.count()
