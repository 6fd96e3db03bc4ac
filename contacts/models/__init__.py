"""The tables of the network: people and organisations, what they do, where, and what they agreed to."""

from contacts.models.channel import Channel
from contacts.models.consent import Consent, Opposition, SuppressedAddress
from contacts.models.contact import Contact, ContactShare, ContactTerritory
from contacts.models.doubles import DoublePair, Merge
from contacts.models.position import Position
from contacts.models.relations import ContactAlias, ContactFile, Interaction, Link
from contacts.models.scheme import Coordination, Scheme
from contacts.models.territory import Territory, TerritoryAlias, TerritoryAncestor, TerritoryPostcode
from contacts.models.vocabulary import (
    ActorFamily,
    Category,
    Function,
    Label,
    PackEntry,
    SchemeType,
    Service,
    Source,
    Synonym,
    Theme,
)


__all__ = [
    "ActorFamily",
    "Category",
    "Channel",
    "Consent",
    "Contact",
    "ContactAlias",
    "ContactFile",
    "ContactShare",
    "ContactTerritory",
    "Coordination",
    "DoublePair",
    "Function",
    "Interaction",
    "Label",
    "Link",
    "Merge",
    "Opposition",
    "PackEntry",
    "Position",
    "Scheme",
    "SchemeType",
    "Service",
    "Source",
    "SuppressedAddress",
    "Synonym",
    "Territory",
    "TerritoryAlias",
    "TerritoryAncestor",
    "TerritoryPostcode",
    "Theme",
]
