"""What was said with invented people, and what they agreed to or refused."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from contacts.demo.inventing import Inventor, Person
from contacts.models import Consent, Contact, Interaction, Opposition, SuppressedAddress
from crm.models import Purpose, User
from crm.records import bulk_write


NOTES = (
    "Rencontrée aux journées nationales, intéressée par le groupe de travail.",
    "Préfère être jointe le matin.",
    "A relu la fiche sur les diagnostics locaux.",
    "Souhaite être tenue au courant des formations.",
    "Peut témoigner de la création d’un conseil local de santé mentale.",
)
SUMMARIES = (
    "Point sur le diagnostic local en cours et ses partenaires.",
    "Cherche un exemple d’action d’aller-vers dans un quartier prioritaire.",
    "Propose d’accueillir une rencontre régionale.",
    "Demande des nouvelles de la formation des coordinateur·rices.",
    "Renouvellement du contrat local de santé prévu l’an prochain.",
    "Mise en relation souhaitée avec une démarche comparable.",
    "A envoyé le bilan de l’atelier santé ville.",
    "Poste à pourvoir dans le service, offre à relayer.",
)


def write(
    inventor: Inventor, some: Sequence[Person], records: Sequence[Contact], made: Mapping[str, int]
) -> Counter[str]:
    """Exchanges of the last two years, some to follow up; refusals and consents. Answers the counts so far."""
    rng, today = inventor.rng, inventor.today
    staff = list(User.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)[:5]) or [
        None
    ]
    talks: list[Interaction] = []
    refusals: list[Opposition] = []
    consents: list[Consent] = []
    for person, record in zip(some, records, strict=True):
        at: datetime.datetime = record._history_date  # type: ignore[attr-defined]
        for _time in range(rng.choice((0, 0, 0, 1, 2))):
            on = today - datetime.timedelta(days=rng.randint(1, 700))
            talk = Interaction(
                contact=record,
                kind=rng.choice(Interaction.Kind.values),
                on=on,
                summary=rng.choice(SUMMARIES),
                by_id=staff[rng.randrange(2**16) % len(staff)],
            )
            if rng.random() < 0.03:
                talk.follow_up_on = today + datetime.timedelta(days=rng.randint(-8, 40))
            elif rng.random() < 0.15:
                talk.follow_up_on = on + datetime.timedelta(days=30)
                talk.followed_up_on = min(today, on + datetime.timedelta(days=rng.randint(20, 45)))
            talks.append(_dated(talk, at))
        drawn = rng.random()
        since = max(person.collected_on, today - datetime.timedelta(days=rng.randint(10, 900)))
        if drawn < 0.03:
            purposes = [
                Purpose.NEWSLETTER,
                *([Purpose.INVITATIONS, Purpose.SURVEYS] if drawn < 0.008 else []),
            ]
            refusals += [
                _dated(Opposition(contact=record, purpose=purpose, since=since, source=_("par e-mail")), at)
                for purpose in purposes
            ]
        elif drawn < 0.13 or (person.personal and drawn < 0.6):
            agreed = Consent(
                contact=record, purpose=Purpose.NEWSLETTER, since=since, source=_("formulaire du site")
            )
            consents.append(_dated(agreed, at))
    counts = Counter(made)
    for rows in (talks, refusals, consents):
        bulk_write(rows, reason=_("Démonstration"))
        if rows:
            counts[str(rows[0]._meta.model_name)] += len(rows)
    address_of = {record.pk: person.email for person, record in zip(some, records, strict=True)}
    SuppressedAddress.remember(
        [(address, row.purpose) for row in refusals if (address := address_of[row.contact_id])]
    )
    return counts


def _dated(row: Any, at: datetime.datetime) -> Any:
    row._history_date = at
    return row
