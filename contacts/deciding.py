"""What a person answers for a purpose: yes or no, where they said it, since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Consent, Contact, Opposition
from crm.models import Purpose
from crm.records import one_act


if TYPE_CHECKING:
    from crm.models import User


@dataclass(frozen=True)
class PurposeState:
    """Where a contact stands for one purpose: `no` wins over `yes`; neither is `unsaid`."""

    purpose: str
    label: str
    answer: str
    since: date | None = None
    source: str = ""
    proof: str = ""


def decisions_of(contact: Contact) -> list[PurposeState]:
    """One state for each purpose that can be refused, in the order of the closed list."""
    refused = {row.purpose: row for row in contact.oppositions.all()}
    agreed = {row.purpose: row for row in contact.consents.filter(withdrawn_on=None)}
    return [
        _state(purpose, str(label), refused.get(purpose), agreed.get(purpose))
        for purpose, label in Purpose.refusable()
    ]


def _state(purpose: str, label: str, no: Opposition | None, yes: Consent | None) -> PurposeState:
    row = no or yes
    if row is None:
        return PurposeState(purpose, label, "unsaid")
    return PurposeState(purpose, label, "no" if no else "yes", row.since, row.source, row.proof)


@transaction.atomic
def decide(
    contact: Contact,
    *,
    purpose: str,
    agrees: bool,
    source: str,
    proof: str = "",
    since: date | None = None,
    by: User | None = None,
) -> None:
    """The person's own answer replaces the one before, which stays in the history.

    A yes said by the person lifts their no, and frees their addresses; nothing else does.
    """
    day = since or timezone.localdate()
    with one_act(by=by, reason=_("Réponse de la personne")):
        if agrees:
            for opposition in contact.oppositions.filter(purpose=purpose):
                opposition.lift()
            if not contact.consents.filter(purpose=purpose, withdrawn_on=None).exists():
                contact.consents.create(purpose=purpose, source=source, proof=proof, since=day)
            return
        for consent in contact.consents.filter(purpose=purpose, withdrawn_on=None):
            consent.withdrawn_on = max(day, consent.since)
            consent.save()
        if not contact.oppositions.filter(purpose=purpose).exists():
            contact.oppositions.create(purpose=purpose, source=source, proof=proof, since=day)
