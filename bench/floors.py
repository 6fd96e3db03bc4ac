"""The floors: the least that the same question costs on the same engine, without rights, history or pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from bench.timing import median, once


BATCH = 1_000
SELECT_LIST = "SELECT id, name, first_name, main_title, main_email FROM contacts_contact {where} ORDER BY sort_name, id LIMIT 50"


def query(sql: str, params: Sequence[Any] = ()) -> float:
    """Median seconds of one statement and of reading its answer."""

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            cursor.fetchall()

    return median(ask)


def rows_written() -> list[tuple[type[models.Model], list[models.Model]]]:
    """Every row of the network's tables, in an order in which foreign keys hold."""
    found = []
    for model in _in_order(
        model for model in apps.get_app_config("contacts").get_models(include_auto_created=True)
    ):
        if (
            "territory" in model._meta.db_table
            and model.__name__ not in {"ContactTerritory"}
            and "_" not in model.__name__
        ):
            continue
        rows = list(model._base_manager.all())
        if rows:
            found.append((model, rows))
    return found


def _in_order(wanted: Iterable[type[models.Model]]) -> list[type[models.Model]]:
    left, ordered = list(wanted), []
    while left:
        ready = [
            model for model in left if not (_needs(model) & {other for other in left if other is not model})
        ]
        ordered += ready or left
        left = [model for model in left if model not in ordered]
    return ordered


def _needs(model: type[models.Model]) -> set[Any]:
    return {
        field.related_model
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey) and field.db_constraint
    }


def bulk_create(before: set[tuple[str, Any]]) -> tuple[float, int]:
    """Seconds that Django's `bulk_create` takes for exactly the rows that were written since `before`, and how many they are.

    They are deleted first, then written again in one transaction that is rolled back.
    """
    written = [
        (model, new)
        for model, rows in rows_written()
        if (new := [row for row in rows if (model._meta.label, row.pk) not in before])
    ]
    with transaction.atomic():
        with connection.constraint_checks_disabled():
            for model, rows in reversed(written):
                keys = [row.pk for row in rows]
                for start in range(0, len(keys), BATCH):
                    model._base_manager.filter(pk__in=keys[start : start + BATCH])._raw_delete(
                        connection.alias
                    )  # type: ignore[attr-defined]
            seconds = once(
                lambda: [model._base_manager.bulk_create(rows, batch_size=BATCH) for model, rows in written]
            )
        transaction.set_rollback(True)
    return seconds, sum(len(rows) for _model, rows in written)


EXPORT = """
SELECT c.name, c.first_name, c.main_title, o.name, c.main_email, c.main_phone, c.street, c.postcode, c.city, k.name,
  (SELECT {join}(t.name, ' ; ') FROM contacts_contact_themes ct JOIN contacts_theme t ON t.id = ct.theme_id WHERE ct.contact_id = c.id),
  (SELECT {join}(t.name, ' ; ') FROM contacts_contactterritory r JOIN contacts_territory t ON t.id = r.territory_id WHERE r.contact_id = c.id)
FROM contacts_contact c LEFT JOIN contacts_contact o ON o.id = c.main_organisation_id
  LEFT JOIN contacts_category k ON k.id = c.shown_category_id ORDER BY c.sort_name, c.id
"""


def export() -> float:
    """SQLite: the statement and `csv`. PostgreSQL: the same statement under `COPY … TO STDOUT`."""

    def sqlite() -> None:
        with connection.cursor() as cursor:
            cursor.execute(EXPORT.format(join="group_concat"))
            csv.writer(io.StringIO(), delimiter=";").writerows(iter(cursor.fetchone, None))

    def postgres() -> None:
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY ({EXPORT.format(join='string_agg')}) TO STDOUT WITH CSV") as copy,
        ):
            for _block in copy:
                pass

    return once(postgres if connection.vendor == "postgresql" else sqlite)
