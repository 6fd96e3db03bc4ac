"""`manage.py demo`: believable invented data of any size, and its removal."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from crm.demonstrating import CONTACTS, SEED, add_demo_data, open_with_demo, remove_demo, shown_logins
from crm.management.telling import Teller
from crm.opening import is_open


class Command(BaseCommand):
    help = str(
        gettext_lazy(
            "Charge une démonstration : des données inventées, et un compte par rôle si la base est vide."
        )
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--contacts", type=int, default=CONTACTS, help=_("combien de contacts"))
        parser.add_argument(
            "--seed", type=int, default=SEED, help=_("la même graine donne les mêmes données")
        )
        parser.add_argument("--remove", action="store_true", help=_("retire la démonstration"))
        parser.add_argument("--json", action="store_true", help=_("répond par un objet JSON"))

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            self._answer(options["json"], {"removed": remove_demo()})
            return
        if options["contacts"] < 1:
            raise CommandError(_("Il faut au moins un contact."), returncode=2)
        # An open base gets the data only: nobody's base is given logins that everybody knows.
        load = add_demo_data if is_open() else open_with_demo
        with Teller(self.stderr) as tell:
            made = load(
                contacts=options["contacts"],
                seed=options["seed"],
                advance=lambda done, total: tell(f"{_('Démonstration')} {done}/{total}"),
            )
        self._answer(options["json"], made)
        if not options["json"]:
            write_logins(self)

    def _answer(self, as_json: bool, made: dict[str, int]) -> None:
        if as_json:
            self.stdout.write(json.dumps(made, ensure_ascii=False))
        elif "removed" in made:
            gone = made["removed"]
            self.stdout.write(
                ngettext(
                    "Démonstration retirée : %(n)s ligne.", "Démonstration retirée : %(n)s lignes.", gone
                )
                % {"n": gone}
            )
        else:
            self.stdout.write(_("Démonstration chargée."))


def write_logins(command: BaseCommand) -> None:
    """One line a role: who signs in, and how."""
    for login in shown_logins():
        command.stdout.write(f"  {login.role:<24} {login.email:<28} {login.password}")
