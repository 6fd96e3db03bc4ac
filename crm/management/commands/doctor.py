"""`manage.py doctor`: what is wrong with this house, and how to mend it."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError
from django.utils.translation import gettext as _, gettext_lazy

from crm.registry import Ailment, check_ups


class Command(BaseCommand):
    help = str(gettext_lazy("Dit ce qui ne va pas, et comment y remédier."))
    requires_system_checks: list[str] = []  # one of the check-ups runs them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help=_("répond par un objet JSON"))

    def handle(self, *args: Any, **options: Any) -> None:
        found: list[tuple[str, Ailment]] = []
        told: dict[str, str] = {}
        for check_up in check_ups:
            try:
                found += [(check_up.name, ailment) for ailment in check_up.examine()]
                if check_up.tell:
                    told[check_up.name] = str(check_up.tell())
            except DatabaseError as why:
                cure = _("Lancez : manage.py setup")
                found.append(
                    (
                        check_up.name,
                        Ailment(what=_("La base ne répond pas : %(why)s") % {"why": why}, cure=cure),
                    )
                )
        if options["json"]:
            ailments = [
                {"check": name, "what": str(ailment.what), "cure": str(ailment.cure)}
                for name, ailment in found
            ]
            self.stdout.write(
                json.dumps(
                    {"checked": check_ups.names(), "told": told, "ailments": ailments}, ensure_ascii=False
                )
            )
        else:
            for sentence in told.values():
                self.stdout.write(f"· {sentence}")
            for _name, ailment in found:
                self.stdout.write(f"✗ {ailment.what}\n  → {ailment.cure}")
            if not found:
                self.stdout.write(_("Tout va bien : %(n)s points vérifiés.") % {"n": len(check_ups.names())})
        if found:
            sys.exit(1)
