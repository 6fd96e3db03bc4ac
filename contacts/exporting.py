"""Lists that leave the house: who may be on them for which purpose, which columns, and the trace that stays.

A refusal wins over every filter. Each contact asked for either leaves or stays for one reason, the first that holds in the
order of `Reason`; `docs/exports.md` says it in French.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from contacts.models import Consent, Contact, Opposition, SuppressedAddress
from contacts.models.consent import KEY_ID, fingerprint
from contacts.models.contact_queries import ContactQuerySet
from crm.auditing import record_deed
from crm.models import Deed, Export, LegalBasis, Purpose


if TYPE_CHECKING:
    from crm.models import User


class Reason(models.TextChoices):
    """Why a contact that was asked for stays; the order decides when several hold."""

    GONE = "gone", _("décès ou fiche effacée")
    OPPOSED = "opposed", _("opposition à cette finalité")
    ADDRESS_REFUSED = "address_refused", _("adresse qui a déjà refusé cette finalité")
    NO_CONSENT = "no_consent", _("consentement nécessaire, non donné")
    LEFT = "left", _("départ du champ")
    NO_ADDRESS = "no_address", _("sans adresse e-mail")


@dataclass(frozen=True)
class Question:
    """What an export asks: the rows, what for, and whether every line must bear an address to write to.

    `private` says whether an address marked private may be that one.
    """

    rows: ContactQuerySet
    purpose: str
    needs_address: bool = False
    private: bool = False

    def judged(self) -> QuerySet[Any]:
        """The rows, each with its `stays_for`: a `Reason`, or nothing when it leaves."""
        whens = [*self._refusals(), *self._address()]
        judgement: Any = Case(*whens, default=Value("")) if whens else Value("", models.CharField())
        judged: QuerySet[Any] = self.rows.annotate(stays_for=judgement)
        return judged

    def leaving(self) -> list[int]:
        """The keys of those who leave, in the order of the rows; asked once."""
        return self._leaving

    @cached_property
    def _leaving(self) -> list[int]:
        return list(self.judged().filter(stays_for="").values_list("pk", flat=True))

    def tally(self) -> tuple[int, dict[Reason, int]]:
        """How many leave, and how many stay for which reason, in the order of `Reason`."""
        counts = dict(self.judged().order_by().values_list("stays_for").annotate(Count("pk")))
        return counts.get("", 0), {
            reason: counts[reason.value] for reason in Reason if counts.get(reason.value)
        }

    def _refusals(self) -> list[When]:
        if self.purpose == Purpose.INTERNAL:
            return []  # nothing is sent: a refusal to be written to does not keep a row from a correction
        opposed = Opposition.objects.filter(contact=OuterRef("pk"), purpose=self.purpose)
        agreed = Consent.objects.filter(contact=OuterRef("pk"), purpose=self.purpose, withdrawn_on=None)
        return [
            When(state__in=[Contact.State.DECEASED, Contact.State.ERASED], then=Value(Reason.GONE)),
            When(Exists(opposed), then=Value(Reason.OPPOSED)),
            When(pk__in=self._with_refused_address, then=Value(Reason.ADDRESS_REFUSED)),
            When(Q(legal_basis=LegalBasis.CONSENT) & ~Exists(agreed), then=Value(Reason.NO_CONSENT)),
            When(state=Contact.State.LEFT, then=Value(Reason.LEFT)),
        ]

    def _address(self) -> list[When]:
        if not self.needs_address:
            return []
        without = Q(main_email="") if self.private else Q(open_email="")
        return [When(without, then=Value(Reason.NO_ADDRESS))]

    @cached_property
    def _with_refused_address(self) -> list[int]:
        """The contacts without an opposition of their own whose address refused this purpose on another record."""
        refused = refused_prints(self.purpose)
        if not refused:
            return []
        opposed = Opposition.objects.filter(purpose=self.purpose).values("contact_id")
        reached = self.rows.order_by().filter(main_email__gt="").exclude(pk__in=opposed)
        rows = reached.values_list("pk", "main_email", "open_email").iterator(chunk_size=10_000)
        return [
            pk
            for pk, *addresses in rows
            if any(fingerprint(address) in refused for address in {*addresses} if address)
        ]


def refused_prints(purpose: str) -> Collection[str]:
    """The fingerprints of the addresses that refused this purpose; none for a purpose that cannot be refused."""
    if purpose == Purpose.INTERNAL:
        return frozenset()
    rows = SuppressedAddress.objects.filter(purpose=purpose, key_id=KEY_ID)
    return frozenset(rows.values_list("fingerprint", flat=True))


@transaction.atomic
def record_export(
    *,
    question: Question,
    reason: str,
    columns: Sequence[str],
    file_format: str,
    query: str,
    criteria: Sequence[str],
    by: User,
) -> tuple[Export, list[int]]:
    """Decide who leaves, keep the trace, then answer both: what is written afterwards is exactly what was noted."""
    leaving = question.leaving()
    _count, staying = question.tally()
    export = Export.objects.create(
        purpose=question.purpose,
        reason=reason,
        model=Contact._meta.label_lower,
        query=query if len(query) <= Export.LONGEST_QUERY else "",
        criteria=list(criteria),
        columns=list(columns),
        file_format=file_format,
        count=len(leaving),
        excluded={str(reason.label): number for reason, number in staying.items()},
        owner=by,
    )
    record_deed(Deed.EXPORTED, by=by, on=export, count=len(leaving))
    rows = Contact.objects.filter(is_confidential=True).values_list("pk", flat=True)
    if confidential := {*rows} & {*leaving}:
        record_deed(Deed.READ, by=by, model=Contact._meta.label_lower, count=len(confidential))
    return export, leaving
