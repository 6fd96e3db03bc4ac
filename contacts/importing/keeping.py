"""Keeps the drafts that no line has touched lately in a temporary file: a plan holds in memory what it recognises people by.

A draft that was put away still is the same object and reads itself back when one of its values is asked for
(`Draft.__getattr__`). Whoever goes through many of them says `cool` between two: nothing is put away behind one's back.
The file is a row of pickles that only this process has written; it goes with the plan.
"""

from __future__ import annotations

import os
import pickle
import tempfile
import weakref
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from contacts.importing.plan import Draft, Location, Post, Way


if TYPE_CHECKING:
    from contacts.importing.terms import Term

WARM: Final = 2_048
"""Drafts in memory at least: lines of one organisation follow each other."""
FLUSHED_AT: Final = 1 << 20  # bytes


class Store:
    """Where the drafts of one plan are put away."""

    def __init__(self) -> None:
        self.file: BinaryIO = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        self.close = weakref.finalize(self, self.file.close)
        self.warm: deque[Draft] = deque()
        self._waiting = bytearray()
        self._written = 0

    def add(self, draft: Draft) -> None:
        """A new draft: put away from now on when nobody asks for it."""
        draft.store = self
        self.warm.append(draft)

    def cool(self, *, changed: bool = True, warm: int | None = None) -> None:
        """Put away those asked for longest ago; as they were before, when the caller only reads (`changed=False`)."""
        most = WARM if warm is None else warm
        while len(self.warm) > most:
            draft = self.warm.popleft()
            if changed or draft.place < 0:
                draft.place = self._write(_packed(draft))
            draft.put_away()

    def passing(self, drafts: Iterable[Draft]) -> Iterator[Draft]:
        """Each draft in turn, only to be read."""
        self.cool(warm=0)
        for draft in drafts:
            yield draft
            self.cool(changed=False)

    def read_back(self, draft: Draft) -> None:
        """Give a draft its values again; it is warm."""
        if draft.place >= self._written:
            self._flush()
        length = int.from_bytes(os.pread(self.file.fileno(), 4, draft.place), "little")
        _unpack(draft, os.pread(self.file.fileno(), length, draft.place + 4))
        self.warm.append(draft)

    def _write(self, packed: bytes) -> int:
        place = self._written + len(self._waiting)
        self._waiting += len(packed).to_bytes(4, "little")
        self._waiting += packed
        if len(self._waiting) >= FLUSHED_AT:
            self._flush()
        return place

    def _flush(self) -> None:
        left = memoryview(bytes(self._waiting))
        while left:
            left = left[self.file.write(left) :]
        self._written += len(self._waiting)
        self._waiting = bytearray()


def _ways(ways: dict[str, Way]) -> list[tuple[str, bool, str]]:
    return [(way.key, way.private, way.comment) for way in ways.values()]


def _packed(draft: Draft) -> bytes:
    post = draft.post
    return pickle.dumps(
        (
            draft.values,
            _ways(draft.emails),
            _ways(draft.phones),
            list(draft.themes),
            draft.labels,
            list(draft.territories),
            draft.consents,
            draft.oppositions,
            (post.title, post.function, post.service, post.touched) if post else None,
            draft.coordinated,
            [
                (
                    one.line,
                    one.territories,
                    one.own,
                    one.column,
                    one.street,
                    one.postcode,
                    one.city,
                    one.website,
                )
                for one in draft.locations
            ],
            None if draft.spellings is None else dict(draft.spellings),
        ),
        pickle.HIGHEST_PROTOCOL,
    )


def _unpack(draft: Draft, packed: bytes) -> None:
    held: tuple[Any, ...] = pickle.loads(packed)  # noqa: S301
    values, emails, phones, themes, labels, territories, consents, oppositions, post, *more = held
    coordinated, places, spellings = more
    kept: dict[Term, None] = dict.fromkeys(themes)
    draft.values, draft.themes, draft.labels = values, kept, labels
    draft.emails = {way[0]: Way(*way) for way in emails}
    draft.phones = {way[0]: Way(*way) for way in phones}
    draft.territories = dict.fromkeys(territories)
    draft.consents, draft.oppositions, draft.coordinated = consents, oppositions, coordinated
    draft.locations = tuple(Location(*one) for one in places)
    draft.spellings = None if spellings is None else Counter(spellings)
    draft.post = None
    if post is not None:
        title, function, service, touched = post
        draft.post = Post(draft.house, title, function, service, touched=touched)
    draft.is_away = False
