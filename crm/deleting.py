"""What stands in the way of deleting a record: rooms that keep history about it say so, and it changes state instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Model

from crm.registry import objections


if TYPE_CHECKING:
    from crm.models import User


def objections_to(record: Model, user: User | Any) -> list[str]:
    """A sentence for each thing that would be left without this record; none when it may go.

    What this account does not see is not counted out to it; that something stands in the way is said all the same.
    """
    label = record._meta.label_lower
    return [text for one in objections if one.model == label for text in one.say(record, user)]
