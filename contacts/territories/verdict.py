"""What finding answers: one territory, candidates, or nothing; and always why."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.territories.gazetteer import Place


class Why(models.TextChoices):
    """The reason of an answer, in words for the person who reads it."""

    CODE = "code", _("code officiel")
    POSTCODE = "postcode", _("code postal")
    NAME_AND_POSTCODE = "name_and_postcode", _("nom et code postal")
    NAME_AND_DEPARTMENT = "name_and_department", _("nom et département")
    ONLY_NAME = "only_name", _("nom porté par ce seul territoire")
    OTHER_NAME = "other_name", _("ancien nom ou abréviation usuelle")
    BEGINNING = "beginning", _("début du nom, sans autre possibilité")
    DISTRICT = "district", _("arrondissement municipal")
    QUARTER = "quarter", _("quartier et commune")
    WHOLE_COUNTRY = "whole_country", _("tout le pays")

    NAMESAKES = "namesakes", _("Plusieurs territoires portent ce nom.")
    BEGINS_OTHERS = (
        "begins_others",
        _("D’autres communes ont un nom qui commence ainsi : précisez le département."),
    )
    ALSO_ELSEWHERE = (
        "also_elsewhere",
        _("C’est aussi le nom d’une région naturelle ou d’un pays : précisez le département."),
    )
    SEVERAL = "several", _("Plusieurs territoires dans la même cellule.")
    GROUP = "group", _("Ce mot désigne plusieurs territoires.")
    CEDEX = "cedex", _("Une adresse CEDEX ne dit pas la commune.")
    DISAGREES = "disagrees", _("Le nom et le département ou le code postal ne vont pas ensemble.")
    CODE_WITHOUT_LEVEL = "code_without_level", _("Ce nombre peut être le code de plusieurs territoires.")
    POSTCODE_SHARED = "postcode_shared", _("Ce code postal dessert plusieurs communes.")
    NEAR = "near", _("Nom proche : à vérifier.")
    PARTLY_READ = "partly_read", _("Une partie du texte n’a pas été comprise.")

    NOTHING = "nothing", _("Aucun territoire indiqué.")
    UNKNOWN = "unknown", _("Aucun territoire ne porte ce nom.")


@dataclass(frozen=True, slots=True)
class Found:
    """Exactly one of: a `territory`, some `candidates`, nothing (`unknown`).

    `parts` are the answers to each place of a list, when the text was one.
    """

    why: Why
    territory: Place | None = None
    candidates: tuple[Place, ...] = ()
    parts: tuple[Found, ...] = ()

    @property
    def unknown(self) -> bool:
        """Whether nothing at all can be proposed."""
        return self.territory is None and not self.candidates

    @property
    def places(self) -> tuple[Place, ...]:
        """The territory, or the candidates."""
        return (self.territory,) if self.territory else self.candidates

    def doubted(self, why: Why) -> Found:
        """The same without certainty: the territory becomes a candidate."""
        if self.territory is None:
            return self
        return replace(self, why=why, territory=None, candidates=self.places)


UNKNOWN = Found(Why.UNKNOWN)
NOTHING = Found(Why.NOTHING)
