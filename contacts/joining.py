"""Joining a term of a closed list to another: « Santé mantale », brought by a file, was « Santé mentale »."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from contacts.closed_lists import CLOSED_LISTS
from contacts.models import (
    ActorFamily,
    Category,
    Contact,
    Function,
    Label,
    Position,
    Scheme,
    SchemeType,
    Service,
    Source,
    Synonym,
    Theme,
)
from contacts.models.deriving import derive
from contacts.models.vocabulary import Term, TreeTerm
from crm.auditing import record_deed
from crm.models import Deed
from crm.records import Record, bulk_write


if TYPE_CHECKING:
    from crm.models import User

BATCH = 1_000
# Where each list is used: what is tracked first, then what is not.
USES: dict[type[Term], Sequence[tuple[type[models.Model], str]]] = {
    Theme: [(Contact, "themes")],
    Label: [(Contact, "labels")],
    Source: [(Contact, "source")],
    Category: [(Contact, "category"), (ActorFamily, "categories")],
    Function: [(Position, "function")],
    Service: [(Position, "service"), (Scheme, "service")],
    SchemeType: [(Scheme, "type")],
    ActorFamily: [(Function, "family")],
}


def uses(term: Term) -> int:
    """How many records hold this term, those in the trash included."""
    return sum(model._base_manager.filter(**{field: term.pk}).count() for model, field in USES[type(term)])


def uses_by_term(model: type[Term]) -> dict[int, int]:
    """`{primary key: records that hold it}` for each term of a list that is held at all."""
    found: dict[int, int] = {}
    for holder, field in USES[model]:
        everything: Any = holder._base_manager
        rows = everything.filter(**{f"{field}__isnull": False}).order_by().values_list(field)
        for pk, count in rows.annotate(models.Count("pk")):
            found[pk] = found.get(pk, 0) + count
    return found


@transaction.atomic
def join_term(term: Term, *, into: Term, by: User | None) -> int:
    """Give to `into` whatever holds `term`, close `term`, and let files that write it find `into`; how many records moved.

    The joined term stays, closed, because past versions of records name it; no file is matched with it any more.

    Raises:
        ValidationError: the two are one, are of two lists, or other terms stand below the joined one.
    """
    if type(term) is not type(into) or term.pk == into.pk:
        raise ValidationError(_("Choisissez un autre terme de la même liste."))
    terms: Any = type(term)._default_manager
    if isinstance(term, TreeTerm) and terms.filter(parent=term.pk).exists():
        raise ValidationError(_("Des termes sont rangés sous celui-ci : déplacez-les d’abord."))
    reason = _("« %(term)s » joint à « %(into)s »") % {"term": term, "into": into}
    moved = 0
    for model, field in USES[type(term)]:
        for holders in _holders(model, field, term):
            _move(model, field, holders, term, into, reason=reason, by=by)
            moved += len(holders)
    _learn(term, into)
    term.is_active = term.is_unsorted = False
    term.definition = _("Joint à « %(into)s ».") % {"into": into}
    term.save()
    # A joined term answers to no spelling: the synonym does.
    terms.filter(pk=term.pk).update(folded="")
    record_deed(Deed.MERGED, by=by, on=into, count=moved)
    return moved


def _holders(model: type[models.Model], field: str, term: Term) -> Iterator[list[Any]]:
    everything: Any = model._base_manager
    ids = list(everything.filter(**{field: term.pk}).order_by("pk").values_list("pk", flat=True))
    for some in batched(ids, BATCH):
        yield list(everything.filter(pk__in=some).order_by("pk"))


def _move(
    model: type[models.Model],
    name: str,
    holders: list[Any],
    term: Term,
    into: Term,
    *,
    reason: str,
    by: User | None,
) -> None:
    field: Any = model._meta.get_field(name)
    tracked = hasattr(model, "history")
    if field.many_to_many:
        rows = field.remote_field.through._base_manager
        owner, other = field.m2m_column_name(), field.m2m_reverse_name()
        ids = [holder.pk for holder in holders]
        both = rows.filter(**{f"{owner}__in": ids, other: into.pk}).values_list(owner, flat=True)
        rows.filter(**{f"{owner}__in": list(both), other: term.pk}).delete()
        rows.filter(**{f"{owner}__in": ids, other: term.pk}).update(**{other: into.pk})
        if tracked:
            bulk_write(holders, reason=reason, by=by, fields=[])
        return
    for holder in holders:
        setattr(holder, field.attname, into.pk)
    if tracked:
        bulk_write(holders, reason=reason, by=by, fields=[name])
    else:
        model._base_manager.bulk_update(holders, [name], batch_size=BATCH)
    if model is Position:
        # The root's version says that one of its parts was written.
        people = list(Contact._base_manager.filter(pk__in={holder.person_id for holder in holders}))
        bulk_write(people, reason=reason, by=by, fields=[])
        derive([person.pk for person in people], followers=False)
    elif issubclass(model, Record) and name == "category":
        derive([holder.pk for holder in holders])


def _learn(term: Term, into: Term) -> None:
    """What files call by the joined term's name or spellings is now the other one."""
    vocabulary = next(name for name, model in CLOSED_LISTS.items() if model is type(term))
    if vocabulary not in Synonym.List.values:
        return
    Synonym.objects.filter(vocabulary=vocabulary, code=term.code).update(code=into.code)
    if term.folded != into.folded:
        Synonym.objects.update_or_create(
            vocabulary=vocabulary, folded=term.folded, defaults={"text": term.name, "code": into.code}
        )
