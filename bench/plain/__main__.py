"""The plain admin on the same file: import, list, search, filters, record, home, export."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import django
import tablib


django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 -- Django must be set up first
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from bench.plain.admin import ContactResource  # noqa: E402
from bench.plain.models import Contact, Department, Theme  # noqa: E402
from bench.timing import once, page  # noqa: E402


def dataset(path: Path) -> tablib.Dataset:
    """The columns that the plain table has, with the themes and departments it needs already there."""
    data = tablib.Dataset(
        headers=[
            "id",
            "last_name",
            "first_name",
            "organisation",
            "function",
            "email",
            "phone",
            "department",
            "themes",
        ]
    )
    themes: set[str] = set()
    departments: set[str] = set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            names = [name.strip() for name in row["Thématiques"].split(";") if name.strip()]
            department = row["CP"][:2]
            themes.update(names)
            departments.add(department)
            data.append(
                [
                    "",
                    row["NOM"],
                    row["Prénom"],
                    row["Structure"],
                    row["Fonction"],
                    row["Mail"],
                    row["Tél"],
                    department,
                    ";".join(names),
                ]
            )
    Theme.objects.bulk_create(Theme(name=name) for name in sorted(themes))
    Department.objects.bulk_create(Department(name=name) for name in sorted(departments))
    return data


def main() -> None:
    call_command(
        "migrate", run_syncdb=True, verbosity=0
    )  # no migrations of its own: tables as the models say
    data = dataset(Path(sys.argv[1]))
    resource = ContactResource()
    found = {
        "import": {
            "seconds": once(
                lambda: (
                    resource.import_data(data, dry_run=True),
                    resource.import_data(data, raise_errors=True),
                )
            )
        }
    }
    client = Client(SERVER_NAME="localhost")
    client.force_login(get_user_model().objects.create_superuser("bench"))
    theme, department = Theme.objects.order_by("pk")[3], Department.objects.order_by("pk")[3]
    some = Contact.objects.order_by("pk")[Contact.objects.count() // 2]
    found |= {
        "list": page(client, "/admin/plain/contact/"),
        "search": page(client, "/admin/plain/contact/?q=marti"),
        "three filters": page(
            client,
            f"/admin/plain/contact/?themes__id__exact={theme.pk}&department__id__exact={department.pk}&q=a",
        ),
        "record": page(client, f"/admin/plain/contact/{some.pk}/change/"),
        "home": page(client, "/admin/"),
        "export": {"seconds": once(lambda: resource.export(Contact.objects.all()).csv)},
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
