"""Writes at most a thousand drafts: new records whole, what this file gives to known ones, each with its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _

from contacts.importing.cells import nature_of
from contacts.importing.phones import shown
from contacts.importing.plan import FROM_ADDRESS, Draft, Post, Way
from contacts.importing.updating import bump_schemes, leave_posts, update_known
from contacts.models import (
    Channel,
    Consent,
    Contact,
    ContactTerritory,
    Coordination,
    Function,
    Opposition,
    Position,
    SuppressedAddress,
)
from contacts.models.deriving import fill
from crm.models import ImportChange
from crm.records import BATCH, bulk_write


if TYPE_CHECKING:
    from contacts.importing.applying import House, Writing


@dataclass(frozen=True, slots=True)
class _Post:
    """What deriving reads of a position."""

    organisation: House | None
    title: str
    function: Function | None


class Thousand:
    """A few drafts on their way into the base, with all that hangs on them."""

    def __init__(self, writing: Writing, drafts: Sequence[Draft]) -> None:
        self.writing, self.drafts = writing, drafts
        self.rows: dict[int, Contact] = {}
        self.channels: dict[int, list[Channel]] = {}
        self.posts: dict[int, Position] = {}
        self.consents: list[Consent] = []
        self.coordinations: list[Coordination] = []
        self.changes: list[ImportChange] = []

    def write(self) -> None:
        """Everything: the records, what hangs on them, what was known before, and what undoing will need."""
        self._create()
        leave_posts(self)
        self._create_positions()
        self._create_channels()
        self._create_decisions()
        self._place()
        self._coordinate()
        update_known(self)
        ImportChange.objects.bulk_create(self.changes, batch_size=BATCH)

    def save[M: Any](self, rows: Sequence[M], **options: Any) -> list[M]:
        """Write these rows with their history."""
        return bulk_write(rows, reason=self.writing.reason, by=self.writing.by, **options)

    def pk(self, draft: Draft) -> int:
        return self.writing.pk(draft)

    # -- new records ------------------------------------------------------------------------------------

    def _create(self) -> None:
        new = [draft for draft in self.drafts if draft.is_new]
        links: dict[str, list[tuple[int, int]]] = {"themes": [], "territories": [], "labels": []}
        for place, draft in enumerate(new):
            row = self.rows[id(draft)] = self._row(draft)
            channels = self.channels[id(draft)] = self._new_channels(draft)
            posts = [self._post(draft.post)] if draft.post else []
            fill(
                row,
                cast("list[Position]", posts),
                sorted(channels, key=lambda channel: not channel.is_main),
                [],
            )
            links["themes"] += [(place, pk) for pk in self.writing.theme_ids(draft)]
            links["territories"] += [(place, pk) for pk in draft.territories]
            links["labels"] += [(place, self.writing.labels[key]) for key in draft.labels]
        self.save([self.rows[id(draft)] for draft in new], links=links)
        for draft in new:
            row = self.rows[id(draft)]
            draft.made = row.pk
            self.changes.append(
                self.writing.change(ImportChange.Kind.CREATED, row, draft.line, version=row.version)
            )

    def _row(self, draft: Draft) -> Contact:
        values, writing = draft.values, self.writing
        return Contact(
            kind=Contact.Kind.PERSON if draft.kind == "person" else Contact.Kind.ORGANISATION,
            name=values["name"],
            first_name=values.get("first_name") or "",
            civility=values.get("civility") or "",
            sigle=values.get("sigle") or "",
            siret=values.get("siret") or "",
            category_id=writing.term("category", values.get("category")),
            street=values.get("street") or "",
            postcode=values.get("postcode") or "",
            city=values.get("city") or "",
            website=values.get("website") or "",
            source_id=writing.term("source", values.get("source")) or writing.source_id,
            collected_on=values.get("collected_on") or writing.content.on,
            verified_on=values.get("verified_on"),
            notes=values.get("notes") or "",
            state=values.get("state") or Contact.State.ACTIVE,
            batch=writing.batch,
        )

    def _post(self, post: Post) -> _Post:
        organisation = self.writing.house(post.organisation) if post.organisation else None
        return _Post(organisation, post.title, self._function(post))

    def _function(self, post: Post) -> Function | None:
        pk = self.writing.term("function", post.function)
        if pk is None:
            return None
        if pk not in self.writing.functions:
            self.writing.functions = Function.objects.in_bulk()
        return self.writing.functions[pk]

    # -- what hangs on them -----------------------------------------------------------------------------

    def _new_channels(self, draft: Draft) -> list[Channel]:
        """The e-mails and phones that the base has not, the first of each kind being the main one."""
        known = draft.known
        if known is None:
            emails, phones = [*draft.emails.values()], [*draft.phones.values()]
            main_email = main_phone = True
        else:
            emails = [way for key, way in draft.emails.items() if key not in known.emails]
            phones = [way for key, way in draft.phones.items() if key not in known.phones]
            main_email = not known.has_main_email or "email" in known.dropped
            main_phone = not known.has_main_phone or "phone" in known.dropped
        return [
            *(email_row(way, main=main_email and not place) for place, way in enumerate(emails)),
            *(phone_row(way, main=main_phone and not place) for place, way in enumerate(phones)),
        ]

    def _create_positions(self) -> None:
        rows: list[Position] = []
        for draft in self.drafts:
            post = draft.post
            if post is None or post.pk is not None:
                continue
            left = draft.known is not None and draft.known.left_post is not None
            row = Position(
                person_id=self.pk(draft),
                organisation_id=self.pk(post.organisation) if post.organisation else None,
                title=post.title,
                function_id=self.writing.term("function", post.function),
                service_id=self.writing.term("service", post.service),
                is_main=draft.known is None or not draft.known.has_unseen_main_post,
                starts_on=self.writing.content.on if left else None,
            )
            self.posts[id(draft)] = row
            rows.append(row)
        self.save(rows)

    def _create_channels(self) -> None:
        """The professional ones are tied to the post in an organisation, and retire with it."""
        rows: list[Channel] = []
        for draft in self.drafts:
            channels = self._new_channels(draft) if draft.known else self.channels[id(draft)]
            self.channels[id(draft)] = channels
            position = self.posts.get(id(draft))
            tied = position.pk if position else draft.post.pk if draft.post else None
            for row in channels:
                row.contact_id = self.pk(draft)
                if draft.organisation is not None and row.nature != Channel.Nature.PERSONAL:
                    row.position_id = tied
            rows += channels
        self.save(rows)

    def _create_decisions(self) -> None:
        """Yes and no, each with the file and the line that say so; what is refused is remembered by its addresses."""
        batch, on = self.writing.batch, self.writing.content.on
        said = _("Fichier « %(file)s », ligne %(line)s")
        oppositions: list[Opposition] = []

        def source(line: int) -> str:
            if line == FROM_ADDRESS:
                return _("Cette adresse avait déjà refusé")
            return (said % {"file": batch.name[:120], "line": line})[:200]

        for draft in self.drafts:
            for purpose, line in draft.consents.items():
                self.consents.append(
                    Consent(contact_id=self.pk(draft), purpose=purpose, since=on, source=source(line))
                )
            for purpose, line in draft.oppositions.items():
                oppositions.append(
                    Opposition(contact_id=self.pk(draft), purpose=purpose, since=on, source=source(line))
                )
        self.save(self.consents)
        self.save(oppositions)
        SuppressedAddress.remember(self._refusals())

    def _refusals(self) -> Iterator[tuple[str, str]]:
        for draft in self.drafts:
            for key in draft.emails if draft.oppositions else ():
                if key not in self.writing.shared:
                    yield from ((key, purpose) for purpose in draft.oppositions)

    def _place(self) -> None:
        """The territories of new records, own or inherited, as deriving would find them."""
        rows: list[ContactTerritory] = []
        for draft in self.drafts:
            if not draft.is_new or draft.coordinated or id(draft) in self.writing.later:
                continue
            own: Iterable[int] = draft.territories
            origin = ContactTerritory.Origin.OWN
            if not own and (employer := draft.organisation) is not None:
                own, origin = employer.territories, ContactTerritory.Origin.ORGANISATION
            rows += [
                ContactTerritory(contact_id=self.pk(draft), territory_id=pk, origin=origin) for pk in own
            ]
        ContactTerritory.objects.bulk_create(rows, batch_size=BATCH)

    def _coordinate(self) -> None:
        for draft in self.drafts:
            for scheme in draft.coordinated:
                self.coordinations.append(Coordination(scheme_id=scheme, person_id=self.pk(draft)))
                self.writing.stale.add(self.pk(draft))
        self.save(self.coordinations)
        bump_schemes(self, {row.scheme_id for row in self.coordinations})


def email_row(way: Way, *, main: bool) -> Channel:
    """An e-mail that is not tied to anybody yet."""
    return Channel(
        kind=Channel.Kind.EMAIL,
        value=way.key,
        key=way.key,
        nature=Channel.Nature.PERSONAL if way.private else Channel.Nature(nature_of(way.key)),
        is_private=way.private,
        is_main=main,
    )


def phone_row(way: Way, *, main: bool) -> Channel:
    """A phone that is not tied to anybody yet."""
    return Channel(
        kind=Channel.Kind.PHONE,
        value=shown(way.key),
        key=way.key,
        nature=Channel.Nature.PERSONAL if way.private else Channel.Nature.PROFESSIONAL,
        is_private=way.private,
        is_main=main,
        comment=way.comment,
    )
