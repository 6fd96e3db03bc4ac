"""The pages of the ground floor; each module registers its own."""

from crm.admin import accounts, exports, imports, journal


__all__ = ["accounts", "exports", "imports", "journal"]
