"""Folds what a line says into its draft: blanks are filled, lists add up, a filled value that differs is a conflict."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from contacts.importing.names import is_initial_of
from contacts.importing.phones import shown
from contacts.importing.plan import Draft, Location, Post, Way
from contacts.importing.readings import PURPOSES, Lists, Reading
from contacts.importing.terms import Term
from contacts.models import Contact
from crm.folding import fold, fold_name
from crm.importing import Change, Conflict, Problem


PURPOSE_COLUMNS = {purpose.value: key for key, purpose in PURPOSES.items()}


_LISTS = {"mobile": "phone", "personal_phone": "phone", "personal_email": "email"}


class Filler:
    """Fills drafts, and remembers every conflict and everything to be told."""

    def __init__(self, lists: Lists, label_of: Callable[[str], str], replace: Collection[str]) -> None:
        self.lists, self.label_of = lists, label_of
        # Addresses and numbers are one list each, whichever column holds them.
        self.replace = frozenset(_LISTS.get(key, key) for key in replace)
        self.conflicts: list[Conflict] = []
        self.warnings: list[Problem] = []
        self.places: set[int] = set()
        """Every territory that a line has put somebody in."""

    # -- the two kinds of line --------------------------------------------------------------------------

    def person(self, draft: Draft, reading: Reading, organisation: Draft | None) -> None:
        """A line about a person, new or not."""
        self._name(draft, reading)
        self._single(draft, reading, "civility", reading.name.civility, shown=_civility)
        self._post(draft, reading, organisation)
        self._common(draft, reading)
        if organisation is not None and draft.organisation is organisation:
            self._category(organisation, reading)
            self._about_organisation(organisation, reading)
        elif organisation is None and draft.organisation is None:
            self._category(draft, reading)
        draft.mentions = (*draft.mentions, *reading.mentions)
        draft.schemes = (*draft.schemes, *reading.schemes)

    def organisation(self, draft: Draft, reading: Reading) -> None:
        """A line about an organisation, which names nobody."""
        self._category(draft, reading)
        self._about_organisation(draft, reading)
        self._common(draft, reading)

    def _common(self, draft: Draft, reading: Reading) -> None:
        self._ways(draft, reading, "email", {key: Way(key, key in reading.private) for key in reading.emails})
        self._ways(
            draft,
            reading,
            "phone",
            {
                phone.key: Way(phone.key, phone.key in reading.private, phone.comment)
                for phone in reading.phones
            },
        )
        self._themes(draft, reading)
        for key, text in ((fold(label), label) for label in reading.labels):
            if key and key not in draft.labels:
                draft.labels[key] = text
                self.changed(draft, "labels", "", text)
        for purpose, yes in reading.answers.items():
            self.answer(draft, reading, purpose, yes=yes)
        verified: date | None = draft.values.get("verified_on")
        if reading.verified_on and (verified is None or reading.verified_on > verified):
            self._set(draft, "verified_on", reading.verified_on, shown=_day)
        if draft.is_new:
            for field, value in (("collected_on", reading.collected_on), ("source", reading.source)):
                if value is not None and draft.values.get(field) is None:
                    draft.values[field] = value
        self._single(draft, reading, "state", reading.state, shown=_state)
        self.notes(draft, reading.notes)
        where = reading.where
        if where.territories or reading.street or reading.postcode or reading.city or reading.website:
            column = where.column or "city"
            territories = tuple([place.pk for place in where.territories])
            self.places.update(territories)
            location = Location(
                reading.number, territories, reading.own_territory, column,
                reading.street, reading.postcode, reading.city, reading.website,
            )  # fmt: skip
            draft.locations = (*draft.locations, location)

    def _about_organisation(self, draft: Draft, reading: Reading) -> None:
        self._single(draft, reading, "sigle", reading.sigle)
        self._single(draft, reading, "siret", reading.siret)

    # -- single values ----------------------------------------------------------------------------------

    def _single(
        self,
        draft: Draft,
        reading: Reading,
        field: str,
        offered: Any,
        *,
        column: str = "",
        same: Callable[[Any, Any], bool] | None = None,
        shown: Callable[[Any], str] = str,
    ) -> None:
        """A blank cell says nothing; a blank value is filled; a filled one that differs stays, unless its column replaces."""
        if offered in (None, ""):
            return
        kept = draft.values.get(field)
        if kept in (None, ""):
            self._set(draft, field, offered, column=column, shown=shown)
        elif not (same or _alike)(kept, offered):
            if self._replaces(column or field, draft, field):
                self._set(draft, field, offered, column=column, shown=shown)
            else:
                self.conflict(reading, column or field, shown(kept), shown(offered))

    def _replaces(self, column: str, draft: Draft, field: str) -> bool:
        return column in self.replace and draft.known is not None and field not in draft.known.touched

    def _set(
        self, draft: Draft, field: str, value: Any, *, column: str = "", shown: Callable[[Any], str] = str
    ) -> None:
        before = draft.values.get(field)
        if draft.known:
            draft.known.touched.setdefault(field, before)
        draft.values[field] = value
        self.changed(draft, column or field, "" if before in (None, "") else shown(before), shown(value))

    def changed(self, draft: Draft, column: str, before: str, after: str) -> None:
        """A value that a known record takes on."""
        if draft.known:
            draft.known.changes.append(Change(self.label_of(column), before, after))

    def conflict(self, reading: Reading | Location, column: str, kept: str, offered: str) -> None:
        """A value that stays, and the one that this line would have put."""
        line = reading.number if isinstance(reading, Reading) else reading.line
        self.conflicts.append(Conflict(line, self.label_of(column), kept, offered, column))

    def tell(self, line: int, column: str, reason: str) -> None:
        self.warnings.append(Problem(line, self.label_of(column), reason))

    def _name(self, draft: Draft, reading: Reading) -> None:
        """The first writing of a name stays; only what was missing is filled."""
        last, first = reading.name.last, reading.name.first
        if not (last or first):
            return
        if ("", "") in draft.keys:
            self._set(draft, "name", last or first, column="last_name")
            if last and first:
                self._set(draft, "first_name", first)
            return
        kept = draft.values.get("first_name") or ""
        same_last = fold_name(last) == fold_name(draft.values.get("name") or "")
        if (
            last
            and first
            and same_last
            and (not kept or (kept != first and is_initial_of(fold_name(kept), fold_name(first))))
        ):
            self._set(draft, "first_name", first)
        elif last and not same_last and reading.record and draft.pk == reading.record:
            self._single(draft, reading, "name", last, column="last_name")
        elif (
            last
            and not kept
            and fold_name(first) == fold_name(draft.values.get("name") or "") != fold_name(last)
        ):
            self._set(draft, "name", last, column="last_name")
            self._set(draft, "first_name", first)

    def _category(self, draft: Draft, reading: Reading) -> None:
        names = self.lists.categories.names

        def category(value: Term) -> str:
            return names.get(value, "") if isinstance(value, int) else value.removeprefix("+")

        self._single(draft, reading, "category", reading.category, shown=category)

    # -- the post ---------------------------------------------------------------------------------------

    def _post(self, draft: Draft, reading: Reading, organisation: Draft | None) -> None:
        if organisation is None and not reading.title and reading.function is None:
            return
        post, known = draft.post, draft.known
        if post is None:
            self._begin(draft, reading, organisation)
            return
        if organisation is not None and post.organisation is not organisation:
            other = (
                next((one for one in known.other_posts if one.organisation is organisation), None)
                if known
                else None
            )
            if other is not None:
                post = other
            elif post.organisation is None:
                self._link(draft, post, organisation)
            elif "organisation" in self.replace and known is not None and known.left_post is None and post.pk:
                known.left_post, kept = post, post.organisation.shown
                self._begin(draft, reading, organisation)
                known.changes[-1:] = [Change(self.label_of("organisation"), kept, organisation.shown)]
                return
            else:
                self.conflict(reading, "organisation", post.organisation.shown, reading.organisation)
        self._fill_post(draft, post, reading)

    def _begin(self, draft: Draft, reading: Reading, organisation: Draft | None) -> None:
        draft.post = Post(organisation, reading.title, reading.function, reading.service)
        if organisation is not None:
            organisation.used = True
            self.changed(draft, "organisation", "", organisation.shown)
        elif reading.title:
            self.changed(draft, "title", "", reading.title)
        else:
            self.changed(draft, "function", "", self._term("function", reading.function))

    def _link(self, draft: Draft, post: Post, organisation: Draft) -> None:
        post.organisation, organisation.used = organisation, True
        post.touched |= {"organisation"}
        self.changed(draft, "organisation", "", organisation.shown)

    def _fill_post(self, draft: Draft, post: Post, reading: Reading) -> None:
        if reading.title and not post.title:
            post.title = reading.title
            post.touched |= {"title"}
            self.changed(draft, "title", "", reading.title)
        elif reading.title and fold(post.title) != fold(reading.title):
            if "title" not in self.replace or draft.is_new or "title" in post.touched:
                self.conflict(reading, "title", post.title, reading.title)
                return
            self.changed(draft, "title", post.title, reading.title)
            post.title, post.function = reading.title, reading.function
            post.touched |= {"title", "function"}
        for field, offered in (("function", reading.function), ("service", reading.service)):
            kept = getattr(post, field)
            if offered is None or kept == offered:
                continue
            replaces = field in self.replace and not draft.is_new and field not in post.touched
            if kept is not None and not replaces:
                if field == "service" or reading.function_stated:
                    self.conflict(reading, field, self._term(field, kept), self._term(field, offered))
                continue
            setattr(post, field, offered)
            post.touched |= {field}
            self.changed(
                draft, field, "" if kept is None else self._term(field, kept), self._term(field, offered)
            )

    def _term(self, vocabulary: str, term: Term | None) -> str:
        names = {"function": self.lists.functions, "service": self.lists.services}[vocabulary].names
        return names.get(term, "") if isinstance(term, int) else (term or "").removeprefix("+")

    # -- lists ------------------------------------------------------------------------------------------

    def _ways(self, draft: Draft, reading: Reading, column: str, offered: Mapping[str, Way]) -> None:
        """E-mails or phones. Beside what the base has, others of which it has none are a conflict; more of them add up."""
        held = draft.emails if column == "email" else draft.phones
        base: frozenset[str] = frozenset()
        if draft.known is not None:
            base = draft.known.emails if column == "email" else draft.known.phones
        new = [way for key, way in offered.items() if key not in held]
        known = draft.known
        if known is not None:
            known.said.update(offered)
        if not new:
            return
        if known is not None and base and base.isdisjoint(offered):
            if column not in self.replace or column in known.dropped:
                write = shown if column == "phone" else str
                kept = " ; ".join(write(key) for key in sorted(base))
                self.conflict(reading, column, kept, " ; ".join(write(key) for key in offered))
                return
            known.dropped[column] = set(base)
        for way in new:
            held[way.key] = way
            self.changed(draft, column, "", shown(way.key) if column == "phone" else way.key)

    def _themes(self, draft: Draft, reading: Reading) -> None:
        known = draft.known
        new = [term for term in reading.themes if term not in draft.themes]
        if not new:
            return
        names = self.lists.themes.names

        def theme(term: Term) -> str:
            return names.get(term, "") if isinstance(term, int) else term.removeprefix("+")

        if known is not None and known.themes and known.themes.isdisjoint(reading.themes):
            if "themes" not in self.replace or "themes" in known.dropped:
                kept = " ; ".join(sorted(theme(pk) for pk in known.themes))
                self.conflict(reading, "themes", kept, " ; ".join(theme(term) for term in reading.themes))
                return
            known.dropped["themes"] = set(known.themes)
            draft.themes = {term: None for term in draft.themes if term not in known.themes}
        for term in new:
            draft.themes[term] = None
            self.changed(draft, "themes", "", theme(term))

    def notes(self, draft: Draft, notes: Iterable[str]) -> None:
        """Notes add up; what is there already, spaces and case apart, is not written twice."""
        held = draft.values.get("notes") or ""
        known = " ".join(held.split()).casefold()
        added = []
        for note in notes:
            if note and " ".join(note.split()).casefold() not in known:
                added.append(note)
                known += " " + " ".join(note.split()).casefold()
        if added:
            text = "\n".join([held, *added] if held else added)
            if draft.known:
                draft.known.touched.setdefault("notes", held)
            draft.values["notes"] = text
            self.changed(draft, "notes", "", " / ".join(added))

    # -- yes and no -------------------------------------------------------------------------------------

    def answer(self, draft: Draft, reading: Reading, purpose: str, *, yes: bool) -> None:
        """A no stays whatever another line, or a later file, says; a yes that was taken back is not given again."""
        column = PURPOSE_COLUMNS[purpose]
        known = draft.known
        opposed = purpose in draft.oppositions or (known is not None and purpose in known.oppositions)
        if not yes:
            if not opposed:
                draft.oppositions[purpose] = reading.number
                self.changed(draft, column, "", _("opposition"))
            if draft.consents.pop(purpose, None):
                self.tell(
                    reading.number, column, _("Une autre ligne du fichier disait oui : le refus l’emporte.")
                )
        elif opposed:
            self.tell(
                reading.number, column, _("Cette personne a refusé : le oui du fichier n’est pas repris.")
            )
        elif known is not None and purpose in known.withdrawn and purpose not in known.consents:
            self.tell(
                reading.number,
                column,
                _("Ce consentement a été retiré : le oui du fichier n’est pas repris."),
            )
        elif purpose not in draft.consents and not (known is not None and purpose in known.consents):
            draft.consents[purpose] = reading.number
            self.changed(draft, column, "", _("consentement"))


def _alike(kept: Any, offered: Any) -> bool:
    """Whether two filled values say one thing: case, accents and punctuation of a text do not count."""
    if isinstance(kept, str) and isinstance(offered, str):
        return kept == offered or fold_name(kept) == fold_name(offered)
    return bool(kept == offered)


def _state(value: str) -> str:
    return str(Contact.State(value).label)


def _civility(value: str) -> str:
    return str(Contact.Civility(value).label)


def _day(value: Any) -> str:
    return f"{value:%d/%m/%Y}"
