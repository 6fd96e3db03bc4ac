"""Many primary keys as one parameter: a thousand placeholders cost more to prepare than their rows cost to read."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.expressions import RawSQL


def these(keys: Iterable[int], *, using: str = DEFAULT_DB_ALIAS) -> RawSQL:
    """What `pk__in` and `<foreign key>__in` take for these keys, on either engine; their order is not kept."""
    if connections[using].vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(keys))])
