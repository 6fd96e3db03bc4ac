"""`manage.py empty_trash`: what has been in the trash for 30 days goes for good."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext_lazy, ngettext

from contacts import trashing


class Command(BaseCommand):
    help = str(
        gettext_lazy("Supprime pour de bon les fiches à la corbeille depuis 30 jours. À lancer chaque jour.")
    )

    def handle(self, *args: Any, **options: Any) -> None:
        gone, held = trashing.empty()
        self.stdout.write(ngettext("%(n)s fiche supprimée.", "%(n)s fiches supprimées.", gone) % {"n": gone})
        if held:
            text = ngettext(
                "%(n)s fiche est restée : une autre la cite.",
                "%(n)s fiches sont restées : d’autres les citent.",
                len(held),
            )
            self.stdout.write(text % {"n": len(held)})
