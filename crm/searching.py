"""Finding by words: every word must be in the record's folded search column, in any order.

Both engines answer from a trigram index (migration `contacts.0002`): PostgreSQL through `LIKE` and pg_trgm by itself,
SQLite through an FTS5 table beside the records' own. A word of one or two letters has no trigram and is scanned for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections, models
from django.db.models.expressions import RawSQL


SHORTEST_INDEXED = 3  # letters: a trigram
COMMON = 5_000  # matches beyond which reading each row costs SQLite less than its index does


def contains_words[Q: models.QuerySet[Any]](
    rows: Q, words: Sequence[str], column: str, *, common: bool | None = None
) -> Q:
    """The rows whose `column` holds each of the folded `words`; all of them when there is no word.

    SQLite's index has to read every row it finds, so that for a word that half the base holds (« sante ») walking the rows
    in their order and stopping at a page's end is much quicker: `common` says so, and is found out if the caller does not.
    """
    if common is None:
        common = are_common(rows, words, column)
    if not common and (asked := _indexed(rows, words, column)):
        rows = rows.filter(pk__in=RawSQL(*asked))  # noqa: S611
        words = [word for word in words if len(word) < SHORTEST_INDEXED]
    for word in words:
        rows = rows.filter(**{f"{column}__contains": word})
    return rows


def are_common(rows: models.QuerySet[Any], words: Sequence[str], column: str) -> bool:
    """Whether so many rows hold these words that SQLite's index is no help; PostgreSQL knows by itself."""
    asked = _indexed(rows, words, column)
    if not asked:
        return False
    sql, given = asked
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({sql} LIMIT {COMMON + 1})", given)  # noqa: S608
        return bool(cursor.fetchone()[0] > COMMON)


def _indexed(rows: models.QuerySet[Any], words: Sequence[str], column: str) -> tuple[str, list[str]] | None:
    """What to ask SQLite's index of these words, if there is one and it can answer."""
    long = [word for word in words if len(word) >= SHORTEST_INDEXED]
    if connections[rows.db].vendor != "sqlite" or not long:
        return None
    # The names come from the model, never from a request; the words are parameters.
    held = " AND ".join(f'"{column}" LIKE %s' for _word in long)
    table = f"{rows.model._meta.db_table}_search"
    return f'SELECT rowid FROM "{table}" WHERE {held}', [f"%{word}%" for word in long]  # noqa: S608
