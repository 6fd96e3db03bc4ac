"""Where people act: France, its regions, departments, groups of communes, communes and priority districts.

The rows come from the official geographic code (`contacts/territories/`), not from people, so nothing here
keeps a history. A contact's territories are links to `Territory`; everything of the kind "in Île-de-France"
goes through the closure table `TerritoryAncestor`, never through codes or names.
"""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from contacts.territories.names import folded
from crm.privacy import UNCLASSED, classes


class TerritoryQuerySet(models.QuerySet["Territory"]):
    """Which territories: by level, by date, by place, by name."""

    def at(self, *levels: str) -> TerritoryQuerySet:
        """Territories of these levels only."""
        return self.filter(level__in=levels)

    def in_force(self, day: datetime.date) -> TerritoryQuerySet:
        """Territories that exist on `day`; an unknown date is no limit."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )

    def selectable(self) -> TerritoryQuerySet:
        """Territories that may be given to a contact today: in force, and not replaced by another."""
        return self.in_force(timezone.localdate()).filter(successor__isnull=True)

    def within(self, *territories: Territory | int, overlapping: bool = True) -> TerritoryQuerySet:
        """Each of `territories` and all that lies in it.

        An EPCI that has only some of its communes in a department lies in it unless `overlapping` is false.
        """
        links = TerritoryAncestor.objects.filter(ancestor__in=territories)
        return self._linked(links, "descendant", overlapping=overlapping)

    def covering(self, *territories: Territory | int, overlapping: bool = True) -> TerritoryQuerySet:
        """Each of `territories` and all that contains it: who is competent there.

        For an EPCI over several departments, all of them count unless `overlapping` is false.
        """
        links = TerritoryAncestor.objects.filter(descendant__in=territories)
        return self._linked(links, "ancestor", overlapping=overlapping)

    def named_like(self, text: str) -> TerritoryQuerySet:
        """Territories whose name holds every word of `text`, whatever the accents, or whose code begins with it.

        For a box in which a person chooses; to read a cell of a file, ask `contacts.territories.finding`.
        """
        found = self
        for word in folded(text).split():
            found = found.filter(
                Q(folded__contains=word)
                | Q(code__istartswith=word)
                | Q(department_code__iexact=word)
                | Q(pk__in=TerritoryAlias.objects.filter(folded__contains=word).values("territory"))
                | Q(pk__in=TerritoryPostcode.objects.filter(code=word).values("territory"))
            )
        return found

    def largest_first(self) -> TerritoryQuerySet:
        """From the country down to the districts, then by name."""
        return self.order_by(
            models.Case(
                *(models.When(level=level, then=rank) for rank, level in enumerate(Territory.Level.values)),
                output_field=models.SmallIntegerField(),
            ),
            "folded",
            "code",
        )

    def _linked(
        self, links: models.QuerySet[TerritoryAncestor], end: str, *, overlapping: bool
    ) -> TerritoryQuerySet:
        if not overlapping:
            links = links.filter(overlap=False)
        return self.filter(pk__in=links.values(end))


class Territory(models.Model):
    """A place of the official geographic code, known by its level and its code together.

    A code alone says nothing: 93 is both a department (Seine-Saint-Denis) and a region (PACA).
    """

    class Level(models.TextChoices):
        """From the widest to the narrowest."""

        FRANCE = "france", _("pays")
        REGION = "region", _("région")
        DEPARTEMENT = "departement", _("département")
        EPCI = "epci", _("intercommunalité (EPCI)")
        EPT = "ept", _("établissement public territorial")
        COMMUNE = "commune", _("commune")
        ARRONDISSEMENT = "arrondissement", _("arrondissement municipal")
        QPV = "qpv", _("quartier prioritaire (QPV)")

    class Zone(models.TextChoices):
        """Which law applies, in three words."""

        METRO = "metro", _("Hexagone et Corse")
        DROM = "drom", _("département ou région d’outre-mer")
        COM = "com", _("collectivité d’outre-mer")

    level = models.CharField(_("niveau"), max_length=16, choices=Level.choices)
    code = models.CharField(
        _("code officiel"),
        max_length=12,
        help_text=_("Code INSEE, SIREN de l’intercommunalité ou numéro du quartier prioritaire."),
    )
    name = models.CharField(_("nom"), max_length=200)
    folded = models.CharField(_("nom pour la recherche"), max_length=200, db_index=True, editable=False)
    context = models.CharField(
        _("précision"),
        max_length=100,
        blank=True,
        help_text=_("Ce qui le distingue de ses homonymes : département, commune du quartier."),
    )
    department_code = models.CharField(_("code du département"), max_length=3, blank=True, db_index=True)
    kind = models.CharField(
        _("nature"),
        max_length=8,
        blank=True,
        help_text=_("Pour une intercommunalité : CC, CA, CU ou métropole."),
    )
    zone = models.CharField(_("zone"), max_length=5, choices=Zone.choices, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    valid_from = models.DateField(_("en vigueur depuis le"), null=True, blank=True)
    valid_to = models.DateField(_("en vigueur jusqu’au"), null=True, blank=True)
    vintage = models.PositiveSmallIntegerField(_("millésime"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        verbose_name=_("remplacé par"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
    )

    objects = TerritoryQuerySet.as_manager()

    PRIVACY = classes(
        UNCLASSED,
        "id", "level", "code", "name", "folded", "context", "department_code", "kind", "zone", "population",
        "valid_from", "valid_to", "vintage", "successor",
    )  # fmt: skip

    class Meta:
        verbose_name = _("territoire")
        verbose_name_plural = _("territoires")
        ordering = ["folded", "code"]
        permissions = [("import_territory", "Can import territories")]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "code"],
                name="territory_code_is_unique_in_its_level",
                violation_error_message=_("Un territoire de ce niveau porte déjà ce code."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="territory_ends_after_it_begins",
                violation_error_message=_("La date de fin précède la date de début."),
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("id")),
                name="territory_does_not_replace_itself",
                violation_error_message=_("Un territoire ne peut pas être remplacé par lui-même."),
            ),
        ]

    def __str__(self) -> str:
        """The name, never ambiguous: Saint-Denis (93), Bretagne (région), Centre-ville (Alès, 30, QN03001M)."""
        level = Territory.Level(self.level)
        if level is Territory.Level.FRANCE:
            return gettext("France entière")
        if level in {Territory.Level.REGION, Territory.Level.DEPARTEMENT}:
            return f"{self.name} ({level.label})"
        if level is Territory.Level.QPV:
            return f"{self.name} ({', '.join(filter(None, (self.context, self.code)))})"
        return f"{self.name} ({self.context or self.code})"

    def covers(self, other: Territory) -> bool:
        """Whether `other` is this territory or lies in it, even in part."""
        return TerritoryAncestor.objects.filter(ancestor=self, descendant=other).exists()


class TerritoryAlias(models.Model):
    """Another name, or an old code, by which people still call a territory."""

    class Kind(models.TextChoices):
        """Why the name is not the official one."""

        FORMER_NAME = "former_name", _("ancien nom")
        MERGED_COMMUNE = "merged_commune", _("ancienne commune")
        OLD_REGION = "old_region", _("ancienne région")
        ABBREVIATION = "abbreviation", _("abréviation usuelle")
        OLD_CODE = "old_code", _("ancien code")

    territory = models.ForeignKey(
        Territory, verbose_name=_("territoire"), on_delete=models.CASCADE, related_name="aliases"
    )
    kind = models.CharField(_("nature"), max_length=16, choices=Kind.choices)
    text = models.CharField(_("autre nom"), max_length=200)
    folded = models.CharField(_("nom pour la recherche"), max_length=200, db_index=True, editable=False)
    code = models.CharField(
        _("ancien code"), max_length=12, blank=True, help_text=_("Code INSEE de l’ancienne commune.")
    )

    PRIVACY = classes(UNCLASSED, "id", "territory", "kind", "text", "folded", "code")

    class Meta:
        verbose_name = _("autre nom d’un territoire")
        verbose_name_plural = _("autres noms des territoires")
        ordering = ["folded", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "kind", "folded", "code"],
                name="territory_alias_is_said_once",
                violation_error_message=_("Ce territoire porte déjà cet autre nom."),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class TerritoryPostcode(models.Model):
    """A postal code that serves a commune or an arrondissement; one code may serve up to 46 communes."""

    code = models.CharField(_("code postal"), max_length=5)
    territory = models.ForeignKey(
        Territory, verbose_name=_("territoire"), on_delete=models.CASCADE, related_name="postcodes"
    )

    PRIVACY = classes(UNCLASSED, "id", "code", "territory")

    class Meta:
        verbose_name = _("code postal")
        verbose_name_plural = _("codes postaux")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "territory"], name="postcode_serves_a_territory_once"),
        ]

    def __str__(self) -> str:
        return self.code


class TerritoryAncestor(models.Model):
    """One pair of the closure: `descendant` lies in `ancestor`; every territory lies in itself.

    `overlap` says that it lies there in part only: an EPCI in each department where it has a commune. A
    commune's own pairs never pass through its EPCI's departments, or Vitry would lie in Paris.
    """

    ancestor = models.ForeignKey(
        Territory,
        verbose_name=_("territoire englobant"),
        on_delete=models.CASCADE,
        related_name="descendant_links",
        db_index=False,  # the unique constraint begins with it
    )
    descendant = models.ForeignKey(
        Territory, verbose_name=_("territoire"), on_delete=models.CASCADE, related_name="ancestor_links"
    )
    overlap = models.BooleanField(_("en partie seulement"), default=False)

    PRIVACY = classes(UNCLASSED, "id", "ancestor", "descendant", "overlap")

    class Meta:
        verbose_name = _("lien entre territoires")
        verbose_name_plural = _("liens entre territoires")
        constraints = [
            models.UniqueConstraint(fields=["ancestor", "descendant"], name="territory_lies_in_another_once"),
        ]

    def __str__(self) -> str:
        return f"{self.descendant_id} → {self.ancestor_id}"
