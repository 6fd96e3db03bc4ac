"""Two records of one person or organisation become one, without losing anything, and back again.

The absorbed record stays, hidden, with what could not move (an address that the kept one has too). Every row that hangs
on it is moved with its own columns, whichever room it belongs to. Whoever refused on either record has refused: the
refusals move, and win over the consents of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contacts.models import Channel, Contact, ContactAlias, DoublePair, Merge, SuppressedAddress
from contacts.moving import pairs_home, put_back, rows_on, take_over, take_over_pairs
from crm.auditing import record_deed
from crm.folding import fold_name
from crm.models import Deed, Share
from crm.records import moment, one_act


if TYPE_CHECKING:
    from crm.models import User

CHOSEN = (
    "name", "first_name", "civility", "sigle", "siret", "parent", "category", "street", "postcode", "city", "website",
    "state", "legal_basis", "source", "collected_on", "verified_on", "notes",
)  # fmt: skip
WITH: Mapping[str, tuple[str, ...]] = {"verified_on": ("verified_by",)}
"""Columns that follow the choice of another."""
JOINED = ("themes", "territories", "labels")
KEPT, ABSORBED, BOTH = "kept", "absorbed", "both"


class CannotMergeError(ValidationError):
    """These two records cannot become one, or two again; the message says why."""


@dataclass(frozen=True)
class FieldChoice:
    """A field on which the two records differ, and what is proposed."""

    name: str
    label: str
    kept: str
    absorbed: str
    proposed: str
    may_join: bool


@dataclass(frozen=True)
class Move:
    """How many rows of a kind hang on the record that would be absorbed."""

    label: str
    count: int


def check(kept: Contact, absorbed: Contact) -> None:
    """Raise `CannotMergeError` unless the two are distinct, of one kind, and both in use."""
    if kept.pk == absorbed.pk:
        raise CannotMergeError(_("Une fiche ne se fusionne pas avec elle-même."))
    if kept.kind != absorbed.kind:
        raise CannotMergeError(_("Une personne et une structure ne se fusionnent pas."))
    if kept.merged_into_id or absorbed.merged_into_id:
        raise CannotMergeError(
            _("L’une de ces fiches vient d’être fusionnée dans une autre : rouvrez la page.")
        )
    if kept.trashed_at or absorbed.trashed_at:
        raise CannotMergeError(_("L’une de ces fiches est à la corbeille : reprenez-la d’abord."))
    if Contact.State.ERASED in {kept.state, absorbed.state}:
        raise CannotMergeError(_("L’une de ces fiches a été effacée."))
    if kept.account_id and absorbed.account_id:
        raise CannotMergeError(_("Chacune de ces fiches a un compte : fermez d’abord l’un des deux."))


def choices(kept: Contact, absorbed: Contact, user: Any = None) -> list[FieldChoice]:
    """The fields that differ. A filled value is proposed over an empty one, the kept record's otherwise; notes are joined.

    With `user`, a record that this account does not see is named by neither.
    """
    found = []
    for name in CHOSEN:
        field: Any = Contact._meta.get_field(name)
        own, other = getattr(kept, field.attname), getattr(absorbed, field.attname)
        if own == other or (name == "parent" and {own, other} <= {None, kept.pk, absorbed.pk}):
            continue
        may_join = name == "notes" and bool(own) and bool(other)
        proposed = BOTH if may_join else ABSORBED if not own else KEPT
        found.append(
            FieldChoice(
                name=name,
                label=str(field.verbose_name),
                kept=_shown(kept, name, user),
                absorbed=_shown(absorbed, name, user),
                proposed=proposed,
                may_join=may_join,
            )
        )
    return found


def _shown(contact: Contact, name: str, user: Any) -> str:
    """A field's value as this person reads it."""
    if name == "parent" and user is not None:
        return str(Contact.objects.visible_to(user).filter(pk=contact.parent_id or 0).first() or "")
    display = getattr(contact, f"get_{name}_display", None)
    value = display() if display else getattr(contact, name)
    return "" if value is None else date_format(value, "d/m/Y") if isinstance(value, date) else str(value)


def moves(absorbed: Contact, user: User | Any) -> list[Move]:
    """What would move, by kind of row, as far as this account sees it."""
    moving = (rows for rows in rows_on() if not issubclass(rows.model, Share))
    counted = ((rows.label, rows.seen(absorbed, user).count()) for rows in moving)
    return [Move(label, count) for label, count in counted if count]


@transaction.atomic
def merge(
    absorbed: Contact, *, into: Contact, chosen: Mapping[str, str] | None = None, by: User | None = None
) -> Merge:
    """Fold `absorbed` into `into`. `chosen` says for each differing field `kept`, `absorbed` or `both` (notes).

    Raises:
        CannotMergeError: see `check`.
    """
    kept, absorbed = _both(into.pk, absorbed.pk)
    check(kept, absorbed)
    with one_act(by=by, reason=_("Fusion de deux fiches")):
        names = _names(kept) | _names(absorbed)
        known = _suppressed(kept, absorbed)
        before = _choose(kept, absorbed, chosen or {})
        log: list[dict[str, Any]] = []
        for name in JOINED:
            have = set(getattr(kept, name).values_list("pk", flat=True))
            new = [pk for pk in getattr(absorbed, name).values_list("pk", flat=True) if pk not in have]
            if new:
                getattr(kept, name).add(*new)
                log.append({"joined": name, "added": new})
        if absorbed.account_id:
            log.append({"account": absorbed.account_id})
            account, absorbed.account = absorbed.account, None
            absorbed.save()
            kept.account = account
        absorbed.merged_into = kept
        absorbed.save()
        kept.save()
        log += take_over(kept, absorbed)
        log.append({"pairs": take_over_pairs(kept, absorbed)})
        log += _keep_names(kept, names - _names(kept))
        for opposition in kept.oppositions.all():
            SuppressedAddress.remember((address, opposition.purpose) for address in opposition.addresses())
        log.append({"suppressed": sorted(_suppressed(kept, absorbed) - known)})
        log.append(_judge(kept, absorbed, by))
        record_deed(Deed.MERGED, by=by, on=kept)
        return Merge.objects.create(
            kept=kept, absorbed=absorbed, moves=log, before=before, by=by, at=moment()
        )


def _both(kept: int, absorbed: int) -> tuple[Contact, Contact]:
    """The two records, locked in one order whoever comes first."""
    rows = {
        row.pk: row
        for row in Contact.objects.select_for_update().filter(pk__in=[kept, absorbed]).order_by("pk")
    }
    if kept not in rows or absorbed not in rows:
        raise CannotMergeError(_("L’une de ces fiches n’existe plus."))
    return rows[kept], rows[absorbed]


def _choose(kept: Contact, absorbed: Contact, chosen: Mapping[str, str]) -> dict[str, Any]:
    """Give the kept record what was chosen; `{column: [what it was, what it became]}`."""
    before: dict[str, Any] = {}

    def give(attname: str, value: Any) -> None:
        field = _column(attname)
        old = before[attname][0] if attname in before else _written(kept, field)
        setattr(kept, attname, value)
        before[attname] = [old, _written(kept, field)]

    for choice in choices(kept, absorbed):
        answer = chosen.get(choice.name, choice.proposed)
        if answer not in {ABSORBED, BOTH} or (answer == BOTH and not choice.may_join):
            continue
        for name in (choice.name, *WITH.get(choice.name, ())):
            attname = _attname(name)
            own, other = getattr(kept, attname), getattr(absorbed, attname)
            give(attname, f"{own}\n\n{other}" if answer == BOTH else other)
    if kept.parent_id in {kept.pk, absorbed.pk}:
        give("parent_id", None if absorbed.parent_id == kept.pk else absorbed.parent_id)
    if absorbed.is_confidential and not kept.is_confidential:
        give("is_confidential", True)
        give("owner_id", absorbed.owner_id)
    if absorbed.needs_check and not kept.needs_check:
        give("needs_check", True)
    return before


def _attname(name: str) -> str:
    field: Any = Contact._meta.get_field(name)
    return str(field.attname)


def _column(attname: str) -> Any:
    return next(one for one in Contact._meta.concrete_fields if one.attname == attname)


def _written(contact: Contact, field: Any) -> str | None:
    """A field's value as the merge keeps it, to be compared and read back later."""
    return None if getattr(contact, field.attname) is None else field.value_to_string(contact)


def _names(contact: Contact) -> set[str]:
    return {name for name in (str(contact), contact.sigle) if name}


def _keep_names(kept: Contact, names: set[str]) -> Iterator[dict[str, Any]]:
    """Whoever looks for a name that was not chosen still finds the record."""
    known = {*kept.aliases.values_list("folded", flat=True), *(fold_name(name) for name in _names(kept))}
    for name in sorted(names):
        if fold_name(name) not in known:
            alias = ContactAlias.objects.create(contact=kept, text=name[:200], kind=ContactAlias.Kind.USUAL)
            known.add(alias.folded)
            yield {"alias": alias.pk}


def _suppressed(*contacts: Contact) -> set[int]:
    """The fingerprints kept of their addresses."""
    addresses = Channel.objects.emails().filter(contact__in=contacts).values_list("key", flat=True)
    return SuppressedAddress.kept_of(addresses)


def _judge(kept: Contact, absorbed: Contact, by: User | None) -> dict[str, Any]:
    """The pair is judged; what it was before is kept for who takes the merge back."""
    first, second = sorted([kept.pk, absorbed.pk])
    pair = DoublePair.objects.filter(first=first, second=second).first()
    was = {"verdict": pair.verdict} if pair else None
    DoublePair.objects.update_or_create(
        first_id=first,
        second_id=second,
        defaults={"verdict": DoublePair.Verdict.MERGED, "judged_by": by, "judged_at": moment()},
    )
    return {"pair": was}


def last_merge(kept: Contact) -> Merge | None:
    """The only merge that can be taken back: the latest of those that stand."""
    return Merge.objects.filter(kept=kept, undone_at=None).order_by("-at", "-pk").first()


@transaction.atomic
def unmerge(merge_made: Merge, *, by: User | None = None) -> None:
    """Take a merge back: rows that moved and still hang on the kept record go home; what was typed since stays.

    Raises:
        CannotMergeError: it was taken back already, or a later one must be taken back first.
    """
    kept, absorbed = _both(merge_made.kept_id, merge_made.absorbed_id)
    merge_made = Merge.objects.select_for_update(of=("self",)).get(pk=merge_made.pk)
    if merge_made.undone_at:
        raise CannotMergeError(_("Cette fusion a déjà été annulée."))
    if kept.merged_into_id or kept.trashed_at:
        raise CannotMergeError(
            _("La fiche gardée n’est plus là : elle a été fusionnée à son tour, ou mise à la corbeille.")
        )
    if last_merge(kept) != merge_made:
        raise CannotMergeError(_("Une autre fusion a eu lieu depuis sur cette fiche : annulez-la d’abord."))
    with one_act(by=by, reason=_("Fusion annulée")):
        _unchoose(kept, merge_made.before)
        account = next((step["account"] for step in merge_made.moves if "account" in step), None)
        if account and kept.account_id == account:
            kept.account = None
        kept.save()
        if account and not Contact.objects.filter(account=account).exists():
            absorbed.account_id = account
        absorbed.merged_into = None
        absorbed.save()
        for step in merge_made.moves:
            _undo_step(step, kept, absorbed)
        put_back(kept, absorbed, merge_made.moves)
        for opposition in [*kept.oppositions.all(), *absorbed.oppositions.all()]:
            SuppressedAddress.remember((address, opposition.purpose) for address in opposition.addresses())
        merge_made.undone_at = moment()
        merge_made.save(update_fields=["undone_at"])
        record_deed(Deed.UNMERGED, by=by, on=kept)


def _unchoose(kept: Contact, before: Mapping[str, list[str | None]]) -> None:
    """Each field that is still as the merge left it is what it was before."""
    for attname, (old, new) in before.items():
        field = _column(attname)
        if _written(kept, field) == new:
            setattr(kept, attname, None if old is None else field.to_python(old))


def _undo_step(step: Mapping[str, Any], kept: Contact, absorbed: Contact) -> None:
    if "joined" in step:
        getattr(kept, step["joined"]).remove(*step["added"])
    elif "alias" in step:
        for alias in ContactAlias.objects.filter(pk=step["alias"], contact=kept):
            alias.delete()
    elif "pairs" in step:
        pairs_home(kept, absorbed, step["pairs"])
    elif "suppressed" in step:
        SuppressedAddress.objects.filter(pk__in=step["suppressed"]).delete()
    elif "pair" in step:
        first, second = sorted([kept.pk, absorbed.pk])
        pair = DoublePair.objects.filter(first=first, second=second, verdict=DoublePair.Verdict.MERGED)
        if step["pair"]:
            pair.update(verdict=step["pair"]["verdict"], judged_by=None, judged_at=None)
        else:
            pair.delete()
