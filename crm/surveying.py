"""The engine counts what its tables hold, so that it takes the right index: after many rows came, and each morning.

Without it SQLite reads all 100,000 contacts to show the first fifty (36 ms instead of none). PostgreSQL counts by itself, but
some minutes later, and until its vacuum has passed it looks up each row that an index names: 18 ms instead of 6 to count
100,000 contacts, 242 instead of 127 for the home page.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from django.db import OperationalError, connection
from django.utils.translation import gettext_lazy as _

from crm.registry import DailyDeed, daily_deeds


MANY: Final = 2_000  # rows that came at once; below, no plan is a bad one


def register() -> None:
    daily_deeds.add(DailyDeed(name="survey", label=_("Tables recensées"), run=_every_morning, rank=99))


def _every_morning() -> int:
    survey()
    return len(connection.introspection.django_table_names(only_existing=True))


def survey() -> None:
    """When the base is busy, the next morning will do; within a transaction PostgreSQL refuses the vacuum."""
    vacuums = connection.vendor == "postgresql" and not connection.in_atomic_block
    with suppress(OperationalError), connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)" if vacuums else "ANALYZE")
