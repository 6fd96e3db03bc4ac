"""What each field is, for the law and for the roles.

Two declarations stand where a field is defined. The *privacy class* says whether it holds personal data
(RGPD art. 4), free text that a person may ask to read (CNIL, « zones de commentaires »), or nothing of the kind.
The *rights class* says who may see it: ordinary, private channel, notes, money; `crm.seeing` asks which an account sees.
A model with a field that declares not both fails a system check, so that no new column is born open.
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


class FieldClass(str):
    """A field's privacy class, with its rights class in `rights`; empty when none was declared."""

    __slots__ = ("rights",)

    rights: str

    def __new__(cls, privacy: str, rights: str) -> FieldClass:
        made = super().__new__(cls, privacy)
        made.rights = rights
        return made


def classes(privacy: str, *fields: str, rights: str = "") -> dict[str, str]:
    """`{field: class}` for several fields at once; what is personal or free text says its rights class too.

    Raises:
        ValueError: a class is none of those above.
    """
    if privacy not in PRIVACY_CLASSES or rights not in {"", *RIGHTS_CLASSES}:
        raise ValueError(privacy, rights)
    open_to_all = ORDINARY if privacy == UNCLASSED else ""
    return dict.fromkeys(fields, FieldClass(privacy, rights or open_to_all))
