"""Which records may be the same person or organisation: asked while one types, and by each import.

Never a verdict: a likeness is proposed with its reason, a person decides, and « deux contacts différents » is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from contacts.models import Channel, Contact, ContactAlias
from contacts.models.contact_queries import ContactQuerySet
from crm.folding import fold_name


NEAR = 86
"""Similarity, in percent, from which two folded names are near."""
CANDIDATES = 400


@dataclass(frozen=True, slots=True)
class Likeness:
    """A record that resembles what is asked about; `score` in percent, the surest first."""

    contact: Contact
    score: int
    why: str


def likely_doubles(
    *,
    kind: str,
    name: str,
    first_name: str = "",
    email: str = "",
    organisation: str = "",
    private: bool = True,
    among: ContactQuerySet | None = None,
    limit: int = 8,
) -> list[Likeness]:
    """The records most like this one, in four statements at most whatever the size of the base.

    `among` are the records that whoever asks may see; without it, all that are present.

    The same e-mail is the surest sign (a private one only if `private`); then the same other name or sigle; then a near
    name, in either order of first and last name, surer still in the same organisation.
    """
    found: dict[int, Likeness] = {}
    rows = (
        (Contact.objects.present() if among is None else among)
        .filter(kind=kind)
        .select_related("main_organisation")
    )
    if email:
        channels = Channel.objects.filter(key=email.strip().lower())
        for contact in rows.filter(pk__in=(channels if private else channels.open()).values("contact_id"))[
            :limit
        ]:
            found[contact.pk] = Likeness(contact, 100, _("même e-mail"))
    key = fold_name(f"{name} {first_name}")
    if key:
        for contact in _called(rows, f"{first_name} {name}".strip(), kind)[:limit]:
            found.setdefault(contact.pk, Likeness(contact, 98, _("c’est un autre de ses noms")))
        where = fold_name(organisation)
        for contact in _near(rows, name, first_name):
            score = round(fuzz.token_sort_ratio(key, contact.sort_name))
            same_place = (
                bool(where)
                and contact.main_organisation is not None
                and contact.main_organisation.sort_name == where
            )
            if contact.pk not in found and score + (5 if same_place else 0) >= NEAR:
                why = _("nom identique") if score == 100 else _("nom proche")
                found[contact.pk] = Likeness(
                    contact,
                    min(score, 99),
                    _("%(why)s, même structure") % {"why": why} if same_place else why,
                )
    return sorted(found.values(), key=lambda one: -one.score)[:limit]


def _called(rows: ContactQuerySet, name: str, kind: str) -> ContactQuerySet:
    """Records that bear this name beside their own: a former name, another usual one, a sigle."""
    same = Q(pk__in=ContactAlias.objects.filter(folded=fold_name(name)[:200]).values("contact_id"))
    return rows.filter(same | Q(sigle__iexact=name) if kind == Contact.Kind.ORGANISATION else same).order_by(
        "pk"
    )


def _near(rows: ContactQuerySet, name: str, first_name: str) -> list[Contact]:
    """Records whose name begins as this one does, in either order; by its longest word too when they are too many."""
    words = [word for text in (name, first_name) for word in fold_name(text).split()]
    firsts = {fold_name(text).split()[0] for text in (name, first_name) if fold_name(text)}
    block = Q()
    for word in firsts:
        block |= Q(sort_name__startswith=word[:4]) if len(word) >= 3 else Q(sort_name__startswith=f"{word} ")
    near = rows.filter(block).order_by("sort_name", "pk")
    found = list(near[: CANDIDATES + 1])
    if len(found) > CANDIDATES:
        # A slip of one letter leaves one of these pieces whole.
        longest, pieces = max(words, key=len), Q()
        for start in range(0, len(longest), 4):
            pieces |= Q(sort_name__contains=longest[start : start + 4])
        found = list(near.filter(pieces)[:CANDIDATES])
    return found
