"""How the import pages speak of this room's files: the terms to choose from, what would be created, where to go next."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from contacts.closed_lists import CLOSED_LISTS
from contacts.models import DoublePair
from crm.models import ImportBatch
from crm.templatetags.french import grouped


def terms(vocabulary: str) -> list[tuple[str, str]]:
    """The terms in use of a closed list, with the level above where there is one."""
    if vocabulary not in CLOSED_LISTS:
        return []
    rows = CLOSED_LISTS[vocabulary].objects.in_use()
    return [(term.code, term.name) for term in rows.order_by("rank", "name")]


def object_words(name: str, count: int) -> str:
    """« 1 050 personnes »."""
    shown = {"n": grouped(count)}
    if name == "persons":
        return ngettext("%(n)s personne", "%(n)s personnes", count) % shown
    if name == "organisations":
        return ngettext("%(n)s structure", "%(n)s structures", count) % shown
    if name == "schemes":
        return ngettext("%(n)s démarche", "%(n)s démarches", count) % shown
    if name == "territories":
        return ngettext("%(n)s territoire", "%(n)s territoires", count) % shown
    return ngettext("%(n)s autre fiche", "%(n)s autres fiches", count) % shown


def links(batch: ImportBatch) -> list[tuple[str, str]]:
    """The imported records, then the pairs of records that the file brought and somebody must judge."""
    if batch.kind == "schemes":
        return [(_("Voir les démarches"), reverse("admin:contacts_scheme_changelist"))]
    if batch.kind != "contacts":
        return [(_("Voir les territoires"), reverse("admin:contacts_territory_changelist"))]
    found = [
        (_("Voir les contacts importés"), f"{reverse('admin:contacts_contact_changelist')}?batch={batch.pk}")
    ]
    pairs = DoublePair.objects.filter(batch=batch, verdict=DoublePair.Verdict.OPEN).count()
    if pairs:
        words = ngettext(
            "Examiner une paire de fiches proches", "Examiner %(n)s paires de fiches proches", pairs
        )
        found.append((words % {"n": grouped(pairs)}, reverse("admin:contacts_doublepair_changelist")))
    return found
