"""Finding by words: every word must be in the record's folded search column, in any order.

Both engines answer from a trigram index (migration `contacts.0002`): PostgreSQL through `LIKE` and pg_trgm by itself,
SQLite through an FTS5 table beside the records' own. A word of one or two letters has no trigram and is scanned for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections, models
from django.db.models.expressions import RawSQL


COMMON = 5_000  # matches beyond which reading each row costs SQLite less than its index does


def contains_words[Q: models.QuerySet[Any]](rows: Q, words: Sequence[str], column: str) -> Q:
    """The rows whose `column` holds each of the folded `words`; all of them when there is no word.

    On SQLite the index is asked first whether the words are common: it has to read every row it finds, so that for a word
    that half the base holds (« sante ») walking the rows in their order and stopping at a page's end is much quicker.
    """
    long = [word for word in words if len(word) >= 3]
    if connections[rows.db].vendor == "sqlite" and long:
        # The names come from the model, never from a request; the words are parameters.
        table = f"{rows.model._meta.db_table}_search"
        held = " AND ".join(f'"{column}" LIKE %s' for _word in long)
        sql, given = f'SELECT rowid FROM "{table}" WHERE {held}', [f"%{word}%" for word in long]  # noqa: S608
        if not _common(rows.db, sql, given):
            rows = rows.filter(pk__in=RawSQL(sql, given))  # noqa: S611
            words = [word for word in words if len(word) < 3]
    for word in words:
        rows = rows.filter(**{f"{column}__contains": word})
    return rows


def _common(database: str, sql: str, given: Sequence[str]) -> bool:
    with connections[database].cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({sql} LIMIT {COMMON + 1})", given)  # noqa: S608
        return bool(cursor.fetchone()[0] > COMMON)
