"""Writes a plan of contacts, in the caller's transaction: organisations, then people, a thousand at a time.

Each thousand takes a constant number of statements and is forgotten once written. What is derived is computed before
the rows are written, so that a new record is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import batched
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Model
from django.utils.translation import gettext as _

from contacts.closed_lists import CLOSED_LISTS, add_unsorted, next_code
from contacts.importing.known import in_batches
from contacts.importing.plan import Content, Draft
from contacts.importing.terms import Term
from contacts.importing.writing import Thousand
from contacts.models import Channel, Contact, DoublePair, Function, Label, Source
from contacts.models.deriving import derive
from crm.importing import PlanOutdated
from crm.models import ImportBatch, ImportChange
from crm.records import BATCH, one_act


if TYPE_CHECKING:
    from crm.models import User

SOURCE_CODE = "REPRISE"


class House(NamedTuple):
    """What people derive from their organisation."""

    pk: int
    name: str
    sigle: str
    category_id: int | None
    is_confidential: bool = False  # no file knows of one that is


class Writing:
    """One plan on its way into the base. The territories of the drafts in `later` (by `id`) are derived by the caller."""

    def __init__(
        self, content: Content, batch: ImportBatch, by: User | None, *, later: Collection[int] = ()
    ) -> None:
        self.content, self.batch, self.by, self.later = content, batch, by, later
        self.reason = (_("Import « %(file)s »") % {"file": batch.name})[:100]
        self.houses: dict[int, House] = {}
        self.terms: dict[str, dict[str, int]] = {}
        self.labels: dict[str, int] = {}
        self.shared: set[str] = set()
        self.stale: set[int] = set()
        self.functions: dict[int, Function] = {}
        self.source_id = 0

    def write(self, advance: Callable[[int, int], None] | None = None) -> None:
        """Everything, in order: terms, organisations, people, the pairs to examine."""
        total = len(self.content.organisations) + len(self.content.people)
        done = 0
        with one_act(by=self.by, reason=self.reason):
            self._hold()
            self._create_terms()
            self.shared = self._shared_addresses()
            for listed in (self.content.organisations, self.content.people):
                for drafts in batched(listed, BATCH):
                    Thousand(self, drafts).write()
                    if self.content.store:
                        self.content.store.cool(changed=False, warm=0)
                    done += len(drafts)
                    if advance:
                        advance(done, total)
            self._pair()
        derive(self.stale)

    @property
    def drafts(self) -> Iterator[Draft]:
        return self.content.drafts

    def pk(self, draft: Draft) -> int:
        """The record of a draft, which is written already."""
        return draft.known.pk if draft.known else draft.made

    def house(self, draft: Draft) -> House:
        """What people derive from an organisation, as this file leaves it."""
        found = self.houses.get(id(draft))
        if found is None:
            category = self.term("category", draft.values.get("category"))
            found = House(self.pk(draft), draft.values["name"], draft.values.get("sigle") or "", category)
            self.houses[id(draft)] = found
        return found

    def term(self, vocabulary: str, term: Term | None) -> int | None:
        """The primary key of a term, one that this file creates included."""
        return self.terms[vocabulary][term] if isinstance(term, str) else term

    def theme_ids(self, draft: Draft) -> list[int]:
        found = (self.term("theme", term) for term in draft.themes)
        return list(dict.fromkeys(pk for pk in found if pk is not None))

    def change(
        self,
        kind: ImportChange.Kind,
        row: Model,
        line: int,
        *,
        version: int = 0,
        before: Mapping[str, Any] | None = None,
    ) -> ImportChange:
        """What undoing will need of one row."""
        return ImportChange(
            batch=self.batch,
            kind=kind,
            model=row._meta.label_lower,
            record=row.pk,
            line=line,
            version=version,
            before=dict(before or {}),
        )

    # -- before and after -------------------------------------------------------------------------------

    def _hold(self) -> None:
        """Nobody writes the known records meanwhile, and nobody has since they were read."""
        planned = {
            draft.known.pk: draft.known.version for draft in self.drafts if draft.known and draft.is_changed
        }
        found: dict[int, int] = {}
        for keys in in_batches(planned):
            rows = Contact.objects.present().select_for_update().filter(pk__in=keys).order_by("pk")
            found |= dict(rows.values_list("pk", "version"))
        if found != planned:
            raise PlanOutdated(_("Des fiches ont changé depuis l’aperçu : relisez-le avant de confirmer."))

    def _create_terms(self) -> None:
        for vocabulary, terms in self.content.created_terms.items():
            model: Any = CLOSED_LISTS[vocabulary]
            before = set(model.objects.values_list("pk", flat=True))
            made = add_unsorted(vocabulary, terms.values())
            self.terms[vocabulary] = {f"+{key}": made[text] for key, text in terms.items()}
            self._account(model.objects.exclude(pk__in=before))
        self.labels = Label.objects.folded()
        new = {
            key: text for draft in self.drafts for key, text in draft.labels.items() if key not in self.labels
        }
        for text in new.values():
            Label(code=next_code(Label, text), name=text).save()
        if new:
            self.labels = Label.objects.folded()
            self._account(Label.objects.filter(pk__in=[self.labels[key] for key in new]))
        source = (
            Source.objects.filter(code=SOURCE_CODE).first() or Source.objects.order_by("rank", "pk").first()
        )
        self.source_id = (source or Source.objects.create(code=SOURCE_CODE, name=_("Reprise du fichier"))).pk
        self.functions = Function.objects.in_bulk()

    def _account(self, terms: Iterable[Model]) -> None:
        ImportChange.objects.bulk_create(self.change(ImportChange.Kind.CREATED, term, 0) for term in terms)

    def _shared_addresses(self) -> set[str]:
        """Of the addresses of those who refuse, the ones that others have too: one of them does not speak for all."""
        holders: dict[str, set[int]] = {
            key: set() for draft in self.drafts if draft.oppositions for key in draft.emails
        }
        if not holders:
            return set()
        for draft in self.drafts:
            for key in holders.keys() & draft.emails.keys():
                holders[key].add(draft.pk or -id(draft))
        for keys in in_batches(holders):
            rows = Channel.objects.filter(kind=Channel.Kind.EMAIL, key__in=keys)
            for key, contact in rows.values_list("key", "contact"):
                holders[key].add(contact)
        return {key for key, contacts in holders.items() if len(contacts) > 1}

    def _pair(self) -> None:
        pairs = {
            (min(one, other), max(one, other)): pair.why
            for pair in self.content.pairs
            for one, other in [(self.pk(pair.earlier), self.pk(pair.later))]
            if one != other
        }
        rows = [
            DoublePair(first_id=first, second_id=second, why=why[:200], batch=self.batch)
            for (first, second), why in pairs.items()
        ]
        DoublePair.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
