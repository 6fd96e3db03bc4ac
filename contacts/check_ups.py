"""What `manage.py doctor` looks at in this room: the search index, and the key of the oppositions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _, gettext_lazy

from contacts.models import Contact, SuppressedAddress
from contacts.models.consent import KEY_ID, fingerprint
from crm.models import Purpose
from crm.registry import Ailment, CheckUp, SetupStep, check_ups, setup_steps


CANARY: Final = "canari@maillage.invalid"
CANARY_KEY_ID: Final = f"canary-{KEY_ID}"
TRIGGERS: Final = {"contacts_contact_search_ai", "contacts_contact_search_ad", "contacts_contact_search_au"}
INTEGRITY: Final = (
    "INSERT INTO contacts_contact_search(contacts_contact_search, rank) VALUES ('integrity-check', 1)"
)
INDEXES: Final = {"contacts_contact_search_open", "contacts_contact_search_private"}


def register() -> None:
    """The room's check-ups, and the step that leaves what one of them looks for."""
    setup_steps.add(
        SetupStep(name="opposition key", rank=30, label=gettext_lazy("Clé des oppositions"), run=_keep_canary)
    )
    check_ups.add(CheckUp(name="search index", examine=_search_index))
    check_ups.add(CheckUp(name="opposition key", examine=_opposition_key))


def _keep_canary(tell: Callable[[str], None]) -> None:
    """Sign a known address with the key, once: if its mark changes, the key is not the one of the oppositions."""
    if not SuppressedAddress.objects.filter(key_id=CANARY_KEY_ID).exists():
        SuppressedAddress.objects.create(
            fingerprint=fingerprint(CANARY), key_id=CANARY_KEY_ID, purpose=Purpose.NEWSLETTER
        )


def _opposition_key() -> Iterator[Ailment]:
    marks = {*SuppressedAddress.objects.filter(key_id=CANARY_KEY_ID).values_list("fingerprint", flat=True)}
    if marks and fingerprint(CANARY) not in marks:
        yield Ailment(
            what=_(
                "La clé des oppositions n’est pas celle de cette base : les refus d’adresses ne sont plus reconnus."
            ),
            cure=_(
                "Remettez l’ancienne OPPOSITION_KEY (ou le fichier opposition-key) avant tout import ou export."
            ),
        )


def _search_index() -> Iterator[Ailment]:
    sound = _sqlite_index_is_sound if connection.vendor == "sqlite" else _postgresql_index_is_there
    if not sound():
        yield Ailment(
            what=_("L’index de recherche des contacts est incomplet : des fiches ne seraient plus trouvées."),
            cure=_("Restaurez la dernière sauvegarde, ou signalez-le : une migration ne l’a pas refait."),
        )


def _sqlite_index_is_sound() -> bool:
    """Its triggers are there, and it says what the table says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
            [Contact._meta.db_table],
        )
        if not {name for (name,) in cursor.fetchall()} >= TRIGGERS:
            return False
        try:
            with transaction.atomic():
                cursor.execute(INTEGRITY)
        except DatabaseError:
            return False
    return True


def _postgresql_index_is_there() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = %s", [Contact._meta.db_table])
        return {name for (name,) in cursor.fetchall()} >= INDEXES
