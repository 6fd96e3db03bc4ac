"""The closed lists: themes, categories, functions, services, sources, types of scheme, labels. All are data."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.folding import fold
from crm.privacy import UNCLASSED, classes


class TermQuerySet(models.QuerySet["Any"]):
    def in_use(self) -> Self:
        """Terms that may still be chosen; a closed one stays where it was used."""
        return self.filter(is_active=True)

    def folded(self) -> dict[str, int]:
        """`{folded name: primary key}`, for matching what files and people write."""
        return dict(self.exclude(folded="").values_list("folded", "pk"))


class Term(models.Model):
    """One entry of a closed list. Its code stays, its name may change."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("intitulé"), max_length=150)
    folded = models.CharField(max_length=150, editable=False, db_index=True)
    definition = models.CharField(_("définition"), max_length=300, blank=True)
    rank = models.PositiveSmallIntegerField(_("ordre"), default=0)
    is_active = models.BooleanField(
        _("proposé à la saisie"),
        default=True,
        help_text=_("Décochez pour ne plus le proposer ; les fiches qui l’ont le gardent."),
    )

    is_unsorted = models.BooleanField(
        _("à classer"),
        default=False,
        help_text=_("Ce terme vient d’un import : donnez-lui sa place, ou joignez-le à un terme existant."),
    )

    objects = TermQuerySet.as_manager()

    PRIVACY = classes(
        UNCLASSED, "id", "code", "name", "folded", "definition", "rank", "is_active", "is_unsorted"
    )

    class Meta:
        abstract = True
        ordering = ["rank", "name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded = fold(self.name)[:150]
        super().save(*args, **kwargs)


class TreeTermQuerySet(TermQuerySet):
    def under(self, code: str) -> Self:
        """The term of this code and those below it."""
        return self.filter(models.Q(code=code) | models.Q(parent__code=code))

    def below(self, *terms: Any) -> Self:
        """These terms and those below them."""
        return self.filter(
            models.Q(pk__in=[term.pk for term in terms]) | models.Q(parent__in=[term.pk for term in terms])
        )


class TreeTerm(Term):
    """An entry of a closed list of two levels."""

    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("niveau 1"),
        limit_choices_to={"parent": None},
    )

    objects = TreeTermQuerySet.as_manager()  # type: ignore[misc]  # the words of a tree, on both lists

    PRIVACY = Term.PRIVACY | classes(UNCLASSED, "parent")

    class Meta(Term.Meta):
        abstract = True

    def clean(self) -> None:
        """Two levels, no more: what stands above a term stands on level 1 itself, and is another term."""
        super().clean()
        if self.parent is None:
            return
        if self.parent.parent is not None or self.parent.pk == self.pk:
            raise ValidationError({"parent": _("Choisissez un terme de niveau 1.")})
        rows: Any = type(self)._default_manager  # the class is abstract here: types know no key of it
        if self.pk and rows.filter(parent=self.pk).exists():
            raise ValidationError(
                {"parent": _("Des termes sont rangés sous celui-ci : déplacez-les d’abord.")}
            )


class Theme(TreeTerm):
    """Thématique: what a contact works on."""

    class Meta(TreeTerm.Meta):
        verbose_name = _("thématique")
        verbose_name_plural = _("thématiques")


class Category(TreeTerm):
    """Catégorie institutionnelle: what kind of organisation; its people inherit it."""

    class Meta(TreeTerm.Meta):
        verbose_name = _("catégorie institutionnelle")
        verbose_name_plural = _("catégories institutionnelles")


class ActorFamily(Term):
    """Famille d’acteurs: a coarse grouping, computed from function, then from category."""

    categories = models.ManyToManyField(
        Category, blank=True, related_name="families", verbose_name=_("catégories")
    )

    PRIVACY = Term.PRIVACY | classes(UNCLASSED, "categories")

    class Meta(Term.Meta):
        verbose_name = _("famille d’acteurs")
        verbose_name_plural = _("familles d’acteurs")


class Function(Term):
    """Fonction: the closed list beside the free title."""

    family = models.ForeignKey(
        ActorFamily,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="functions",
        verbose_name=_("famille d’acteurs"),
    )

    PRIVACY = Term.PRIVACY | classes(UNCLASSED, "family")

    class Meta(Term.Meta):
        verbose_name = _("fonction")
        verbose_name_plural = _("fonctions")


class Service(Term):
    """Service: the part of the organisation where a position is held."""

    class Meta(Term.Meta):
        verbose_name = _("service")
        verbose_name_plural = _("services")


class Source(Term):
    """Source: where a record comes from (RGPD art. 14-2-f)."""

    class Meta(Term.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")


class SchemeType(Term):
    """Type of démarche territoriale; `is_dts` when the association counts it as a territorial health scheme."""

    is_dts = models.BooleanField(_("démarche territoriale de santé"), default=True)

    PRIVACY = Term.PRIVACY | classes(UNCLASSED, "is_dts")

    class Meta(Term.Meta):
        verbose_name = _("type de démarche")
        verbose_name_plural = _("types de démarches")


class Label(Term):
    """Étiquette: a free mark beside the closed themes."""

    class Meta(Term.Meta):
        verbose_name = _("étiquette")
        verbose_name_plural = _("étiquettes")


class Synonym(models.Model):
    """Another way in which files write a term: « coordo », « santé mantale ». Asked once, kept."""

    class List(models.TextChoices):
        THEME = "theme", _("Thématiques")
        CATEGORY = "category", _("Catégories institutionnelles")
        FUNCTION = "function", _("Fonctions")
        SERVICE = "service", _("Services")
        SCHEME_TYPE = "scheme_type", _("Types de démarches")

    vocabulary = models.CharField(_("liste"), max_length=20, choices=List)
    folded = models.CharField(max_length=150, editable=False)
    text = models.CharField(_("s’écrit aussi"), max_length=150)
    code = models.CharField(_("code du terme"), max_length=30)

    objects: ClassVar[models.Manager[Synonym]] = models.Manager()

    PRIVACY = classes(UNCLASSED, "id", "vocabulary", "folded", "text", "code")

    class Meta:
        verbose_name = _("autre écriture")
        verbose_name_plural = _("autres écritures")
        ordering = ["vocabulary", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["vocabulary", "folded"],
                name="a_spelling_means_one_term",
                violation_error_message=_("Cette écriture désigne déjà un terme de cette liste."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.text} → {self.code}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded = fold(self.text)[:150]
        super().save(*args, **kwargs)


class PackEntry(models.Model):
    """An entry that a pack of closed lists has brought once: what the association deletes is not brought back."""

    pack = models.CharField(_("jeu de listes"), max_length=40)
    entry = models.CharField(_("élément"), max_length=200, unique=True, help_text="list:code")

    objects: ClassVar[models.Manager[PackEntry]] = models.Manager()

    PRIVACY = classes(UNCLASSED, "id", "pack", "entry")

    class Meta:
        verbose_name = _("élément fourni")
        verbose_name_plural = _("éléments fournis")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.entry
