"""Our own jobs on one engine: import, then the pages, then the export; prints one line of JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import django


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.contrib.auth.models import Group  # noqa: E402 -- Django must be set up first
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from bench import floors  # noqa: E402
from bench.timing import once, page  # noqa: E402
from contacts.models import Category, Contact, Territory, Theme  # noqa: E402
from crm.models import User  # noqa: E402
from crm.receiving import confirm, preview, receive  # noqa: E402
from crm.registry import setup_steps  # noqa: E402
from crm.roles import Role  # noqa: E402


def imported(path: Path, user: User) -> dict[str, Any]:
    """The whole journey of a file, as a person does it: received, previewed, confirmed."""
    before = {(model._meta.label, row.pk) for model, rows in floors.rows_written() for row in rows}

    def work() -> None:
        with path.open("rb") as data:
            batch = receive(kind="contacts", name=path.name, data=data, by=user)
        preview(batch)
        confirm(batch, by=user)

    seconds = once(work)
    floor, rows = floors.bulk_create(before)
    return {"seconds": seconds, "floor": floor, "rows written": rows}


def pages(client: Client) -> dict[str, Any]:
    """The pages of every day, each beside the least that its question costs in SQL."""
    contacts = reverse("admin:contacts_contact_changelist")
    theme, category = Theme.objects.get(code="T04"), Category.objects.get(code="COL")
    place = Territory.objects.get(level="region", code="11")
    some = Contact.objects.people().order_by("pk")[Contact.objects.people().count() // 2]
    within = "id IN (SELECT r.contact_id FROM contacts_contactterritory r JOIN contacts_territoryancestor a ON a.descendant_id = r.territory_id WHERE a.ancestor_id = %s)"
    themed = "id IN (SELECT contact_id FROM contacts_contact_themes WHERE theme_id IN (SELECT id FROM contacts_theme WHERE id = %s OR parent_id = %s))"
    shelved = "shown_category_id IN (SELECT id FROM contacts_category WHERE id = %s OR parent_id = %s)"
    three = floors.SELECT_LIST.format(where=f"WHERE {within} AND {themed} AND {shelved}")
    keys = [place.pk, theme.pk, theme.pk, category.pk, category.pk]
    return {
        "list": page(client, contacts) | {"floor": floors.query(floors.SELECT_LIST.format(where=""))},
        "search": page(client, f"{contacts}?q=marti")
        | {"floor": floors.query(floors.SELECT_LIST.format(where="WHERE search_open LIKE %s"), ["%marti%"])},
        "three filters": page(
            client, f"{contacts}?theme={theme.code}&in={place.level}:{place.code}&category={category.code}"
        )
        | {"floor": floors.query(three, keys)},
        "record": page(client, reverse("admin:contacts_contact_record", args=[some.pk]))
        | {"floor": floors.query("SELECT * FROM contacts_contact WHERE id = %s", [some.pk])},
        "home": page(client, reverse("admin:index")),
    }


def exported(client: Client) -> dict[str, Any]:
    """Everything as CSV, through the page, to the last byte."""
    url = reverse("admin:contacts_contact_export")
    asked = {
        "purpose": "internal",
        "reason": "mesure",
        "layout": "records",
        "file_format": "csv",
        "columns": COLUMNS,
    }

    def work() -> None:
        response = client.post(url, asked)
        if response.status_code != 200 or not response.streaming:
            raise RuntimeError(f"the export answered {response.status_code}")
        for _block in response.streaming_content:
            pass

    return {"seconds": once(work), "floor": floors.export()}


COLUMNS = [
    "name", "first_name", "title", "organisation", "email", "phone", "street", "postcode", "city", "category", "themes",
    "territories",
]  # fmt: skip


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    found: dict[str, Any] = {
        f"set-up: {step.name}": {"seconds": once(lambda step=step: step.run(lambda _text: None))}
        for step in setup_steps
    }
    user = User.objects.create_user("bench@example.org")
    user.groups.set(Group.objects.filter(name=Role.MANAGER))
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    found["import"] = imported(Path(sys.argv[1]), user)
    found |= pages(client)
    found["export"] = exported(client)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
