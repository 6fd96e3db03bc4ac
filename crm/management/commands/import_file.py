"""`manage.py import_file KIND FILE`: as the page does, preview and confirmation in one go."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _, ngettext

from crm import receiving
from crm.importing import Refused
from crm.models import ImportBatch
from crm.registry import importers


class Command(BaseCommand):
    """Exit codes: 0 done, 1 refused (the sentence says why), 2 misused."""

    help = "Imports a spreadsheet (XLSX, XLS, ODS, CSV): all its accepted lines, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", metavar="KIND", help=", ".join(importers.names()))
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen, and change nothing"
        )
        parser.add_argument(
            "--create-missing",
            action="store_true",
            help="create unknown terms under « À classer » of their list",
        )
        parser.add_argument(
            "--replace",
            action="append",
            default=[],
            metavar="COLUMN",
            help="a column whose filled cells replace what differs; may be repeated",
        )
        parser.add_argument("--sheet", default="", help="the sheet to read, when not the fullest")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, path = options["kind"], options["file"]
        if kind not in importers:
            self._misused(
                _("Contenu inconnu : « %(kind)s ». Possibles : %(kinds)s.")
                % {"kind": kind, "kinds": ", ".join(importers.names())}
            )
        replace = self._columns(kind, options["replace"])
        if not path.is_file():
            self._misused(_("Le fichier « %(path)s » n’existe pas.") % {"path": path})
        if path.stat().st_size > settings.IMPORT_MAX_BYTES:
            limit = settings.IMPORT_MAX_BYTES >> 20
            self._refuse(
                _("Le fichier « %(name)s » pèse plus de %(n)s Mo.") % {"name": path.name, "n": limit}, options
            )
        with path.open("rb") as data:
            batch = receiving.receive(kind=kind, name=path.name, data=data, by=None)
        try:
            report = self._import(batch, replace, options)
        except Refused as refusal:
            self._refuse(str(refusal), options)
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._tell(report, dry=options["dry_run"])

    def _import(self, batch: ImportBatch, replace: list[str], options: dict[str, Any]) -> dict[str, Any]:
        batch.sheet = options["sheet"][:120]
        batch.save(update_fields=["sheet"])
        receiving.settle_choices(batch, replace=replace, create_missing=options["create_missing"])
        try:
            report = receiving.preview(batch).report()
            return report if options["dry_run"] else receiving.confirm(batch, by=None)
        finally:
            if options["dry_run"]:
                batch.file.delete(save=False)
                batch.delete()

    def _columns(self, kind: str, asked: list[str]) -> list[str]:
        """The keys of the columns named by key or by what the page calls them."""
        known = {
            name.casefold(): column.key
            for column in importers[kind].columns
            for name in (column.label, column.key)
        }
        for name in asked:
            if name.casefold() not in known:
                shown = ", ".join(column.key for column in importers[kind].columns)
                self._misused(
                    _("Colonne inconnue : « %(name)s ». Possibles : %(columns)s.")
                    % {"name": name, "columns": shown}
                )
        return [known[name.casefold()] for name in asked]

    def _misused(self, message: str) -> None:
        raise CommandError(message, returncode=2)

    def _refuse(self, message: str, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({"error": message}, ensure_ascii=False))
            sys.exit(1)
        raise CommandError(message, returncode=1)

    # -- for people -------------------------------------------------------------------------------------

    def _tell(self, report: dict[str, Any], *, dry: bool) -> None:
        rows, rejected = report["rows"], len(report["rejected"])
        if dry:
            self.stdout.write(_("Aperçu : rien n’est entré dans la base."))
        self.stdout.write(
            ngettext("%(n)s ligne lue.", "%(n)s lignes lues.", rows) % {"n": rows}
            + " "
            + _(
                "%(created)s créées, %(updated)s mises à jour, %(unchanged)s inchangées, %(merged)s fusionnées, %(rejected)s mises de côté."
            )
            % {
                **{key: report[key] for key in ("created", "updated", "unchanged", "merged")},
                "rejected": rejected,
            }
        )
        self._list(
            _("Mises de côté"),
            [(found["line"], found["column"], found["reason"]) for found in report["rejected"]],
        )
        self._list(
            _("Valeurs différentes, laissées comme elles sont"),
            [
                (found["line"], found["column"], _("« %(kept)s » gardé, « %(offered)s » proposé") % found)
                for found in report["conflicts"]
            ],
        )
        self._list(
            _("À savoir"), [(found["line"], found["column"], _warning(found)) for found in report["warnings"]]
        )
        reasons = Counter(found["reason"] for found in report["not_data"])
        if reasons:
            self.stdout.write(_("Lignes qui ne sont pas des données :"))
            for reason, count in reasons.most_common():
                self.stdout.write(f"  {count} × {reason}")

    def _list(self, title: str, found: list[tuple[int | None, str, str]]) -> None:
        if not found:
            return
        self.stdout.write(f"{title} ({len(found)}) :")
        for line, column, text in found:
            where = " · ".join(
                part for part in (_("ligne %(n)s") % {"n": line} if line else "", column) if part
            )
            self.stdout.write(f"  {where} · {text}" if where else f"  {text}")


def _warning(found: dict[str, Any]) -> str:
    text: str = found["reason"]
    if "count" in found:
        text += " " + ngettext("%(n)s ligne.", "%(n)s lignes.", found["count"]) % {"n": found["count"]}
        if found["nearest"]:
            text += " " + _("Proche de « %(name)s ».") % {"name": found["nearest"]}
    return text
