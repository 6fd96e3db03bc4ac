"""Who may open which page: written by hand, from the table of roles in the association's words, not from the code.

A page stands in exactly one list. An address of the site that is in none fails `test_access`.
"""

from __future__ import annotations

from typing import Final


ANONYMOUS, NO_ROLE, MANAGER, STAFF, BOARD, READER = (
    "anonymous", "no role", "manager", "staff", "board", "reader",
)  # fmt: skip
SIGNED_IN: Final = frozenset({NO_ROLE, MANAGER, STAFF, BOARD, READER})
NETWORK: Final = frozenset({MANAGER, STAFF, BOARD, READER})
TEAM: Final = frozenset({MANAGER, STAFF})
MANAGERS: Final = frozenset({MANAGER})
EVERYBODY: Final = SIGNED_IN | {ANONYMOUS}
NOBODY: Final = frozenset[str]()

LISTS_OF_THE_MANAGER = ("theme", "category", "actorfamily", "function", "schemetype", "service", "source")


def _pages(model: str, *kinds: str) -> set[str]:
    return {f"admin:{model}_{kind}" for kind in kinds}


EXPECTED: Final[dict[frozenset[str], set[str]]] = {
    EVERYBODY: {
        "first_day", "admin:login", "account_login", "mfa_login_webauthn", "mfa_authenticate", "account_inactive",
        "ask_sign_in_link", "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    },
    SIGNED_IN: {
        "second_factor", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "own_devices",
        "account_change_password", "account_set_password",
        "admin:index", "admin:search", "admin:recent", "admin:jsi18n", "admin:password_change",
        "admin:password_change_done", "admin:saved_filter_rename", "admin:saved_filter_delete",
    },
    NETWORK: {
        "admin:saved_filters", "admin:saved_filter_save", "admin:vocabularies",
        *_pages("contacts_contact", "changelist", "record", "qualified", "filter", "count", "suggestions"),
        *_pages("contacts_contact", "territory_choices", "scheme_choices"),
        *_pages("contacts_scheme", "changelist", "record"),
        *_pages("contacts_territory", "changelist"),
        *_pages("contacts_label", "changelist"),
        *_pages("contacts_synonym", "changelist"),
        *(page for name in LISTS_OF_THE_MANAGER for page in _pages(f"contacts_{name}", "changelist")),
    },
    TEAM: {
        "admin:app_list", "admin:autocomplete",
        *_pages("contacts_contact", "add", "change", "delete", "trash", "take_back", "share", "unshare"),
        *_pages("contacts_contact", "doubles", "choose_other", "merge", "unmerge", "verify", "post", "as_of"),
        *_pages("contacts_contact", "exchange", "exchange_change", "followed_up", "exchange_remove", "decision"),
        *_pages("contacts_contact", "file_add", "file", "file_remove", "export", "export_preview"),
        *_pages("contacts_doublepair", "changelist", "different"),
        *_pages("contacts_scheme", "add", "change", "delete"),
        *_pages("contacts_label", "add", "change", "join", "to_join"),
        *_pages("contacts_synonym", "add", "change"),
        *_pages("crm_importbatch", "changelist", "record", "upload", "model", "known", "read", "columns"),
        *_pages("crm_importbatch", "preview", "confirm", "cancel", "progress", "undo", "rejected", "file"),
        *_pages("crm_export", "changelist", "record"),
    },
    MANAGERS: {
        "remove_demonstration",
        *_pages("crm_user", "changelist", "add", "change", "invite", "end_sessions", "remove_factors"),
        *_pages("crm_association", "changelist", "change"),
        *_pages("crm_auditentry", "changelist", "account"),
        *_pages("contacts_label", "delete"),
        *_pages("contacts_synonym", "delete"),
        *(
            page
            for name in LISTS_OF_THE_MANAGER
            for page in _pages(f"contacts_{name}", "add", "change", "delete", "join", "to_join")
        ),
    },
    # What happened stays as it happened; an account is closed, not deleted; territories come from the official code.
    # A link of a message opens with its own token only, a second factor is taken away by who has one: `signing_in/`.
    NOBODY: {
        "sign_in_by_link", "invitation", "mfa_deactivate_totp", "mfa_remove_webauthn", "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        *_pages("crm_user", "delete", "history"),
        *_pages("crm_association", "add", "delete", "history"),
        *_pages("crm_auditentry", "add", "change", "delete", "history"),
        *_pages("crm_export", "add", "change", "delete", "history"),
        *_pages("crm_importbatch", "add", "change", "delete", "history"),
        *_pages("contacts_contact", "history"),
        *_pages("contacts_scheme", "history"),
        *_pages("contacts_territory", "add", "change", "delete", "history"),
        *_pages("contacts_label", "history"),
        *_pages("contacts_synonym", "history"),
        *(page for name in LISTS_OF_THE_MANAGER for page in _pages(f"contacts_{name}", "history")),
    },
}  # fmt: skip
