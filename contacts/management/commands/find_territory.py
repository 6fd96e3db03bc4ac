"""`manage.py find_territory`: which territory a text means, or that nobody can tell."""

from __future__ import annotations

import io
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _, gettext_lazy

from contacts.models.territory import Territory
from contacts.territories.finding import Finder
from contacts.territories.gazetteer import Place
from contacts.territories.verdict import Found


class Command(BaseCommand):
    help = str(
        gettext_lazy(
            "Dit quel territoire désigne chaque texte, ou entre lesquels choisir, ou qu’aucun ne convient. "
            "Sans texte, lit une ligne à la fois sur l’entrée standard."
        )
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "text", nargs="*", help=_("un texte à reconnaître (plusieurs : un par guillemets)")
        )
        parser.add_argument(
            "--department", default="", help=_("département connu par ailleurs : numéro ou nom")
        )
        parser.add_argument(
            "--level",
            action="append",
            choices=Territory.Level.values,
            help=_("niveau attendu ; peut être répété"),
        )
        parser.add_argument("--jsonl", action="store_true", help=_("un objet JSON par ligne"))

    def handle(self, *args: Any, **options: Any) -> None:
        finder = Finder.load()
        if not finder.gazetteer.by_code:
            raise CommandError(_("Aucun territoire dans la base : lancez d’abord « manage.py setup »."))
        if options["department"] and not finder.knows_department(options["department"]):
            raise CommandError(
                _("« %(text)s » n’est pas un département.") % {"text": options["department"]}, returncode=2
            )
        for text in _texts(options["text"]):
            found = finder.find(text, department=options["department"], levels=options["level"])
            line = (
                json.dumps(_answer(text, found), ensure_ascii=False)
                if options["jsonl"]
                else _said(text, found)
            )
            self.stdout.write(line)
            self.stdout.flush()


def _texts(arguments: Sequence[str]) -> Iterator[str]:
    """The arguments, else the lines of standard input as they come."""
    if arguments:
        yield from arguments
        return
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    for line in sys.stdin:
        yield line.rstrip("\r\n").removeprefix("\ufeff")


def _answer(text: str, found: Found) -> dict[str, object]:
    if found.territory is not None:
        return {"input": text, **_shown(found.territory)}
    if found.candidates:
        return {"input": text, "ambiguous": [_shown(place) for place in found.candidates]}
    return {"input": text, "unknown": True}


def _shown(place: Place) -> dict[str, str]:
    return {"level": place.level, "code": place.code, "name": place.name}


def _said(text: str, found: Found) -> str:
    places = " ; ".join(f"{place} [{place.level} {place.code}]" for place in found.places)
    mark = "=" if found.territory is not None else "?"
    return f"{text} {mark} {places or _('inconnu')} — {found.why.label}"
