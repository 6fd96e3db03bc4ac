"""`manage.py setup`: a base ready for work, without data or accounts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _, gettext_lazy

from crm.management.telling import Teller
from crm.preparing import prepare


class Command(BaseCommand):
    help = str(
        gettext_lazy("Prépare la base : tables, rôles, listes fermées, territoires. Peut être relancée.")
    )
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        with Teller(self.stdout) as tell:
            prepare(tell)
        self.stdout.write(_("La base est prête."))
