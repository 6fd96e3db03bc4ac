"""`manage.py access_matrix`: page by page, who is let in; asked of the running site, not read in a table."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from crm.access import OPEN, PRINCIPALS, Matrix, access_matrix


class Command(BaseCommand):
    help = (
        "Qui peut ouvrir quelle page : chaque page est demandée au nom de chaque rôle, et rien n’est gardé."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="un objet JSON sur la sortie")
        form.add_argument("--markdown", action="store_true", help="le tableau de docs/access.md")

    def handle(self, *args: Any, json: bool, markdown: bool, **options: Any) -> None:
        matrix = access_matrix()
        write = _as_json if json else _as_markdown if markdown else _as_table
        self.stdout.write(write(matrix))


def _as_json(matrix: Matrix) -> str:
    return json.dumps(matrix, ensure_ascii=False)


def _as_table(matrix: Matrix) -> str:
    wide = max(map(len, matrix))
    lines = [f"{'':{wide}}  {'  '.join(PRINCIPALS)}"]
    for page, answers in matrix.items():
        marks = "  ".join(f"{'x' if answers[who] == OPEN else '·':^{len(who)}}" for who in PRINCIPALS)
        lines.append(f"{page:{wide}}  {marks}".rstrip())
    return "\n".join(lines)


def _as_markdown(matrix: Matrix) -> str:
    lines = [f"| page | {' | '.join(PRINCIPALS)} |", f"| --- |{' :-: |' * len(PRINCIPALS)}"]
    for page, answers in matrix.items():
        marks = " | ".join("x" if answers[who] == OPEN else " " for who in PRINCIPALS)
        lines.append(f"| `{page}` | {marks} |")
    return "\n".join(lines)
