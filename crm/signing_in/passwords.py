"""What a password may not be, besides short or common: the association's own words, which whoever guesses tries first."""

from __future__ import annotations

import re
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from crm.folding import fold
from crm.models import Association


OWN_WORDS: Final = ("maillage", "motdepasse", "password", "azerty")
MEANT_BY_THE_REST: Final = 8
"""How many characters must be left of a password once the words that anybody here would try are taken out."""


def advice() -> str:
    """How to choose one, said beside every field that asks for one."""
    return _(
        "Au moins %(n)s caractères. Une phrase de quelques mots est plus sûre, et plus simple à retenir."
    ) % {"n": settings.PASSWORD_MIN_LENGTH}


advice_lazy = lazy(advice, str)


class HouseWordsValidator:
    """Refuse a password made of the association's name, of its address, or of the product's name."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = _bare(password)
        for word in sorted(self._words(), key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest) < min(MEANT_BY_THE_REST, len(_bare(password))):
            raise ValidationError(
                _(
                    "Ce mot de passe reprend le nom de l’association ou de l’outil : choisissez d’autres mots."
                ),
                code="house_words",
            )

    def get_help_text(self) -> str:
        return _("Il ne reprend ni le nom de l’association, ni celui de l’outil.")

    def _words(self) -> set[str]:
        association = Association.objects.filter(pk=1).first()
        named = [association.name, association.short_name] if association else []
        hosts = [settings.SITE_URL.split("//")[-1]]
        words = {_bare(word) for text in named for word in [text, *text.split()]}
        words |= {_bare(label) for host in hosts for label in re.split(r"[.:/]", host)}
        return {word for word in words if len(word) >= 4 and not word.isdigit()} | {*OWN_WORDS}


def _bare(text: str) -> str:
    """Letters and digits only, folded: « Ré-seau » and « reseau » are one word."""
    return re.sub(r"[\W_]+", "", fold(text))
