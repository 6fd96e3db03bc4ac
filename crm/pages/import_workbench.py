"""What the workbench of an import shows: counts that open their lines, and what is left to decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from crm.importing import CREATE, LEAVE_OUT
from crm.models import ImportBatch, ImportLine
from crm.previewing import told_by_report
from crm.registry import Importer


if TYPE_CHECKING:
    from crm.models import User

Group = ImportLine.Group
LINES_PER_PAGE = 50
TERMS_SHOWN = 100
"""Unknown terms of one list that are asked one by one; the rarer ones are decided together."""

BEFORE: dict[str, tuple[Promise, Promise]] = {
    Group.CREATED: (_("à créer"), _("Lignes dont la fiche n’est pas encore dans la base.")),
    Group.UPDATED: (_("à mettre à jour"), _("Lignes qui complètent une fiche, ou remplacent ce que vous avez choisi de remplacer.")),
    Group.UNCHANGED: (_("inchangées"), _("Lignes qui n’apportent rien de nouveau à une fiche déjà là.")),
    Group.MERGED: (_("fusionnées"), _("Lignes qui désignent la même fiche qu’une autre ligne du fichier : elles sont réunies.")),
    Group.REJECTED: (_("mises de côté"), _("Lignes qui ne peuvent pas entrer telles quelles : vous les corrigez et les importez ensuite.")),
    Group.NOT_DATA: (_("hors données"), _("Titres, lignes vides, en-têtes répétés, totaux : ils n’entrent pas.")),
}  # fmt: skip
AFTER: dict[str, tuple[Promise, Promise]] = BEFORE | {
    Group.CREATED: (_("créées"), _("Lignes dont la fiche n’était pas encore dans la base.")),
    Group.UPDATED: (_("mises à jour"), _("Lignes qui ont complété une fiche, ou remplacé ce que vous aviez choisi de remplacer.")),
}  # fmt: skip
OTHERS: dict[str, tuple[Promise, Promise]] = {
    Group.CONFLICT: (_("valeurs différentes"), _("La fiche, dans la base ou plus haut dans le fichier, dit déjà autre chose : sa valeur est gardée.")),
    Group.WARNING: (_("à savoir"), _("Ces lignes entrent ; voici ce qu’il faut en savoir.")),
}  # fmt: skip


def context(
    batch: ImportBatch, importer: Importer, *, asked: Mapping[str, str], user: User | Any
) -> dict[str, Any]:
    """The workbench before the import."""
    kept = batch.preview
    replaced = set(batch.choices.get("replace", ()))
    labels = {column.key: column.label for column in importer.columns}
    conflicts = [{**found, "replaced": found["key"] in replaced} for found in kept["conflict_columns"]]
    settled = replaced - {found["key"] for found in conflicts}
    conflicts += [
        {"key": key, "column": labels.get(key, key), "count": 0, "replaced": True} for key in sorted(settled)
    ]
    lists = _lists(kept["unknown"])
    headings = kept["headings"]
    return {
        **lines_shown(batch, kept["groups"], BEFORE, asked=asked, user=user),
        "objects": [importer.object_words(name, count) for name, count in kept["objects"].items() if count],
        "accepted": kept["accepted"],
        "brings": kept["groups"]["created"] + kept["groups"]["updated"] + sum(kept["objects"].values()),
        "conflicts": conflicts,
        "conflict_count": kept["groups"]["conflict"],
        "warning_count": kept["groups"]["warning"],
        "lists": lists,
        "undecided": sum(1 for term in kept["unknown"] if term["choice"] is None),
        "terms": {found["vocabulary"]: [*importer.terms(found["vocabulary"])] for found in lists},
        "read_headings": [heading for heading in headings if heading["column"]],
        "left_headings": [heading for heading in headings if heading["column"] == ""],
        "CREATE": CREATE,
        "LEAVE_OUT": LEAVE_OUT,
    }


def lines_shown(
    batch: ImportBatch,
    counts: Mapping[str, int],
    words: Mapping[str, tuple[Promise, Promise]],
    *,
    asked: Mapping[str, str],
    user: User | Any,
) -> dict[str, Any]:
    """The counts, each a link to its lines, and the lines of the one that is open."""
    group = asked.get("voir", "")
    if group not in Group.values:
        group = next((name for name in words if counts.get(name)), Group.CREATED)
    tiles = [
        {
            "group": name,
            "count": counts.get(name, 0),
            "label": shown,
            "definition": meaning,
            "open": name == group,
        }
        for name, (shown, meaning) in words.items()
    ]
    label, definition = {**words, **OTHERS}[group]
    return {
        "tiles": tiles,
        "group": group,
        "group_label": label,
        "group_definition": definition,
        "lines": _page(batch, group, counts.get(group, 0), asked.get("page", "1"), user),
    }


def _page(batch: ImportBatch, group: str, count: int, number: str, user: User | Any) -> Page[ImportLine]:
    rows: Any = batch.lines.visible_to(user).grouped(group)
    if count and not batch.preview.get("groups"):
        rows = told_by_report(batch, group)
    return Paginator(rows, LINES_PER_PAGE).get_page(number)


def _lists(unknown: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Unknown terms by closed list, the most frequent first."""
    found = []
    ordered = sorted(
        unknown, key=lambda term: (term["column"], term["vocabulary"], -term["count"], term["key"])
    )
    for (column, vocabulary), group in groupby(
        ordered, key=lambda term: (term["column"], term["vocabulary"])
    ):
        terms = [{**term, "options": _options(term)} for term in group]
        found.append(
            {
                "vocabulary": vocabulary,
                "column": column,
                "terms": terms[:TERMS_SHOWN],
                "more": max(0, len(terms) - TERMS_SHOWN),
                "undecided": sum(1 for term in terms if term["choice"] is None),
                "count": len(terms),
            }
        )
    return found


def _options(term: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What may become of an unknown term: nothing yet, a near one, a new one « à classer », left out."""
    choices = [("", gettext("À décider : entre sans ce terme"))] if term["choice"] is None else []
    choices += [(code, gettext("C’est « %(name)s »") % {"name": name}) for code, name in term["nearest"]]
    choices += [(CREATE, gettext("Créer, sous « À classer »")), (LEAVE_OUT, gettext("Laisser de côté"))]
    chosen = term["choice"] or ""
    options = [{"value": value, "label": label, "chosen": value == chosen} for value, label in choices]
    if chosen and not any(option["chosen"] for option in options):
        options.append({"value": chosen, "label": chosen, "chosen": True})
    return options
