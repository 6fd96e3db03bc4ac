"""The pages of the network; each module registers its own."""

from contacts.admin import contact, places, scheme, vocabularies


__all__ = ["contact", "places", "scheme", "vocabularies"]
