"""`manage.py activity_report YEAR`: every figure that rooms have registered, beside the year before."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.registry import Figure, FigureValue, figures
from crm.templatetags.french import grouped


EARLIEST = 1900


class Command(BaseCommand):
    help = "Les chiffres du bilan d’activités d’une année, et ceux de l’année d’avant."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", type=int, metavar="ANNÉE", help="par exemple 2025")
        parser.add_argument("--json", action="store_true", help="un objet JSON sur la sortie")

    def handle(self, *args: Any, year: int, json: bool, **options: Any) -> None:
        if not EARLIEST <= year <= timezone.localdate().year:
            message = _(
                "L’année va de %(first)s à %(last)s : %(year)s n’en est pas une que l’on puisse compter."
            )
            known = {"first": EARLIEST, "last": timezone.localdate().year, "year": year}
            raise CommandError(message % known, returncode=2)
        counted = [(figure, figure.count(year), figure.count(year - 1)) for figure in figures]
        if json:
            self.stdout.write(_as_json(year, counted))
        else:
            self._write_table(year, counted)

    def _write_table(self, year: int, counted: list[tuple[Figure, FigureValue, FigureValue]]) -> None:
        self.stdout.write(f"{'':4} {'':58} {year:>12} {year - 1:>12}")
        for figure, value, before in counted:
            self.stdout.write(f"{figure.code:4} {figure.label!s:58} {_told(value):>12} {_told(before):>12}")
            for name in [*value.by, *(name for name in before.by if name not in value.by)]:
                now, then = (
                    grouped(side.by.get(name, 0)) if side.value is not None else ""
                    for side in (value, before)
                )
                self.stdout.write(f"{'':4}   {name:56} {now:>12} {then:>12}")


def _told(value: FigureValue) -> str:
    return _("non calc.") if value.value is None else grouped(value.value)


def _as_json(year: int, counted: list[tuple[Figure, FigureValue, FigureValue]]) -> str:
    found = {
        figure.code: {
            "label": str(figure.label),
            "value": value.value,
            "last_year": before.value,
            "by": {str(name): count for name, count in value.by.items()},
        }
        for figure, value, before in counted
    }
    return json.dumps({"year": year, "figures": found}, ensure_ascii=False)
