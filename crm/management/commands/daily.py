"""`manage.py daily`: what the house does by itself each morning, for who schedules it elsewhere than in our worker."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _, gettext_lazy

from crm import daily
from crm.registry import daily_deeds


class Command(BaseCommand):
    help = str(
        gettext_lazy(
            "Fait ce qui se fait chaque jour. Le travailleur de manage.py serve le lance lui-même chaque matin."
        )
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-due", action="store_true", help=_("seulement si cela n’a pas été fait depuis 5 h ce matin")
        )
        parser.add_argument("--json", action="store_true", help=_("répond par un objet JSON"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = daily.run(only_when_due=options["if_due"])
        except daily.AlreadyRunningError:
            sentence = _("Un passage quotidien est déjà en cours.")
            self.stdout.write(
                json.dumps({"error": sentence}, ensure_ascii=False) if options["json"] else sentence
            )
            sys.exit(1)
        counts, failed = (done.counts, done.failed) if done else ({}, [])
        if options["json"]:
            said = {"ran": done is not None, "counts": counts, "failed": failed}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        elif done is None:
            self.stdout.write(_("C’est déjà fait aujourd’hui."))
        else:
            for deed in daily_deeds:
                self.stdout.write(
                    _("%(deed)s : échec") % {"deed": deed.label}
                    if deed.name in failed
                    else _("%(deed)s : %(n)s") % {"deed": deed.label, "n": counts[deed.name]}
                )
        if failed:
            sys.exit(1)
