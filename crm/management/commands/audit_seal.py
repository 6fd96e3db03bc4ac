"""`manage.py audit_seal`: seal the days that are over, or check every seal and line of the journal."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from crm import sealing


class Command(BaseCommand):
    help = str(
        gettext_lazy(
            "Scelle les jours finis du journal et donne le dernier sceau, à noter hors de cette machine."
        )
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help=_("vérifie chaque ligne et chaque sceau"))
        parser.add_argument(
            "--head", default="", help=_("un sceau noté ailleurs, qui doit encore être dans le journal")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"] or options["head"]:
            found = [*sealing.faults(noted=options["head"].split()[-1] if options["head"] else "")]
            for fault in found:
                self.stdout.write(f"✗ {fault}")
            if found:
                sys.exit(1)
            self.stdout.write(_("Le journal est tel qu’il a été scellé."))
        else:
            made = sealing.seal()
            self.stdout.write(ngettext("%(n)s jour scellé.", "%(n)s jours scellés.", made) % {"n": made})
        if (head := sealing.head()) is not None:
            self.stdout.write(str(head))
