"""Who may take a list out, what the page tells before, what trace stays after."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from contacts.export_columns import COLUMNS, addresses, allowed
from crm.models import AuditEntry, Deed, Export
from crm.roles import Role
from tests.contacts.taking import PAGE, body, full_person, table, take
from tests.factories import (
    ExportFactory,
    OppositionFactory,
    PersonFactory,
    UserFactory,
)


pytestmark = [pytest.mark.django_db, pytest.mark.data]


@pytest.mark.parametrize("role", [Role.READER, Role.BOARD, None])
def test_who_may_not_export_is_refused_everywhere(client_as, role):
    client = client_as(role)

    assert client.get(reverse(PAGE)).status_code == 403
    assert take(client).status_code == 403
    assert client.get(reverse("admin:contacts_contact_export_preview")).status_code == 403
    assert client.get(reverse("admin:crm_export_changelist")).status_code == 403
    assert Export.objects.count() == 0


def test_the_columns_offered_are_those_one_may_see():
    codes = {column.code for column in allowed(UserFactory(role=Role.READER))}

    assert COLUMNS.keys() - codes == {"private_emails", "private_phones", "notes"}
    assert {column.code for column in allowed(UserFactory(role=Role.STAFF))} == COLUMNS.keys()
    assert not {column.code for column in addresses(UserFactory(role=Role.STAFF))} & {
        "notes",
        "private_emails",
    }


def test_a_column_that_was_not_offered_is_refused(client_as):
    full_person()

    response = take(client_as(Role.STAFF), columns=["name", "search_private"])

    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"columns"}
    assert Export.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": ""}, "purpose"),
        ({"purpose": "zzz"}, "purpose"),
        ({"reason": ""}, "reason"),
        ({"reason": "   "}, "reason"),
        ({"columns": []}, "columns"),
        ({"file_format": "exe"}, "file_format"),
    ],
)
def test_without_a_purpose_a_reason_columns_and_a_format_nothing_leaves(client_as, changes, field):
    full_person()

    response = take(client_as(Role.STAFF), **changes)

    assert field in response.context["form"].errors
    assert Export.objects.count() == 0
    assert "Lettre de novembre" in response.content.decode() or "reason" in changes


# --- the page and the trace -----------------------------------------------------------------------------


def test_the_page_tells_before_how_many_leave_and_who_stays(client_as):
    full_person()
    OppositionFactory()
    client = client_as(Role.STAFF)

    page = client.get(f"{reverse(PAGE)}?kind__exact=person")
    preview = client.get(
        reverse("admin:contacts_contact_export_preview"),
        QueryDict("kind__exact=person&purpose=newsletter&layout=records").dict(),
    )

    assert page.context["total"] == 2
    assert page.context["criteria"] == ["Nature\u00a0: Personnes"]
    assert (preview.context["leaving"], preview.context["reasons"]) == (
        1,
        [("opposition à cette finalité", 1)],
    )


def test_what_left_is_noted_with_who_why_how_many_and_which_columns(client_as):
    full_person()
    OppositionFactory()
    client = client_as(Role.STAFF)

    body(take(client, "kind__exact=person&o=-name", columns=["name", "email"]))

    export = Export.objects.get()
    assert (export.purpose, export.reason, export.count, export.file_format) == (
        "newsletter",
        "Lettre de novembre",
        1,
        "csv",
    )
    assert (export.columns, export.excluded) == (["Nom", "E-mail"], {"opposition à cette finalité": 1})
    assert (export.criteria, export.query) == (["Nature\u00a0: Personnes"], "kind__exact=person&o=-name")
    assert export.owner_id == int(client.session["_auth_user_id"])
    assert AuditEntry.objects.filter(deed=Deed.EXPORTED, actor=export.owner, count=1).count() == 1


def test_the_name_of_the_file_says_what_for_and_when(client_as):
    full_person()

    response = take(client_as(Role.STAFF))

    assert (
        response.headers["Content-Disposition"]
        == f'attachment; filename="contacts-newsletter-{timezone.localdate()}.csv"'
    )


def test_only_the_ticked_ones_leave_and_only_if_the_filters_keep_them(client_as):
    first, second = PersonFactory(name="Adam"), PersonFactory(name="Bloch")
    client = client_as(Role.STAFF)

    ticked = table(take(client, f"ids={first.pk}", columns=["name"]))
    filtered = take(client, f"q=adam&ids={second.pk}", columns=["name"])
    none = take(client, "ids=", columns=["name"])

    assert ticked == [["Nom"], ["Adam"]]
    assert (filtered.status_code, none.status_code) == (302, 302)
    assert Export.objects.get().criteria == ["1 contact coché"]


def test_a_filter_that_means_nothing_lets_nobody_out(client_as):
    PersonFactory()

    response = take(client_as(Role.STAFF), "theme=zzz")

    assert response.status_code == 302
    assert Export.objects.count() == 0


@pytest.mark.parametrize(
    "query",
    ["ids=abc,,-1,99999999999999999999", "p=9", "theme=%00", "q=" + "a+" * 2_000, "ids=" + "1," * 3_000],
)
def test_no_address_breaks_the_export(client_as, query):
    PersonFactory()
    client = client_as(Role.STAFF)

    assert client.get(f"{reverse(PAGE)}?{query}").status_code == 200
    assert take(client, query).status_code in {200, 302}
    assert (
        client.get(
            f"{reverse('admin:contacts_contact_export_preview')}?purpose=newsletter&{query}"
        ).status_code
        == 200
    )


def test_the_log_shows_ones_own_exports_and_all_of_them_to_the_manager(client_as):
    ExportFactory(reason="De quelqu’un d’autre")
    staff = client_as(Role.STAFF)
    full_person()
    body(take(staff))
    mine = Export.objects.get(reason="Lettre de novembre")
    other = Export.objects.exclude(pk=mine.pk).get()

    def log(client) -> list[str]:
        return [
            export.reason
            for export in client.get(reverse("admin:crm_export_changelist")).context["cl"].result_list
        ]

    assert log(staff) == ["Lettre de novembre"]
    assert log(client_as(Role.MANAGER)) == ["Lettre de novembre", "De quelqu’un d’autre"]
    assert staff.get(reverse("admin:crm_export_record", args=[other.pk])).status_code == 404


def test_a_line_of_the_log_says_everything_and_leads_to_the_list(client_as):
    full_person()
    client = client_as(Role.STAFF)
    body(take(client, "kind__exact=person&theme=T04"))

    page = client.get(reverse("admin:crm_export_record", args=[Export.objects.get().pk]))

    text = page.content.decode()
    assert "Thématiques\u00a0: Santé mentale" in text
    assert "Lettre de novembre" in text
    assert (
        page.context["list_url"]
        == f"{reverse('admin:contacts_contact_changelist')}?kind__exact=person&theme=T04"
    )


def test_nobody_changes_or_deletes_a_line_of_the_log(client_as):
    export = ExportFactory()
    client = client_as(Role.MANAGER)

    client.post(reverse("admin:crm_export_change", args=[export.pk]), {"reason": "x"})
    client.post(reverse("admin:crm_export_delete", args=[export.pk]), {"post": "yes"})

    assert Export.objects.get().reason == "Liste pour la comptable"
    assert client.get(reverse("admin:crm_export_add")).status_code == 403
