"""What each field is, for the law and for the roles.

Two declarations stand where a field is defined. The *privacy class* says whether it holds personal data
(RGPD art. 4), free text that a person may ask to read (CNIL, « zones de commentaires »), or nothing of the kind.
The *rights class* says who may see it: ordinary, private channel, notes, money. A model with an undeclared field
fails a system check, so that no new column is born open.
"""

from __future__ import annotations

from typing import Final


PERSONAL: Final = "personal"
FREE_TEXT: Final = "free text"
UNCLASSED: Final = "none"
PRIVACY_CLASSES: Final = (PERSONAL, FREE_TEXT, UNCLASSED)

ORDINARY: Final = "ordinary"
PRIVATE_CHANNEL: Final = "private channel"
NOTES: Final = "notes"
MONEY: Final = "money"
RIGHTS_CLASSES: Final = (ORDINARY, PRIVATE_CHANNEL, NOTES, MONEY)


def classes(privacy: str, *fields: str) -> dict[str, str]:
    """`{field: privacy class}` for several fields at once.

    Raises:
        ValueError: the class is none of `PRIVACY_CLASSES`.
    """
    if privacy not in PRIVACY_CLASSES:
        raise ValueError(privacy)
    return dict.fromkeys(fields, privacy)
