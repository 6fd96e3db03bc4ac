"""People and organisations: one table, `kind` fixed at creation."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.contact_queries import PRESENT, ContactQuerySet, verification_limit
from contacts.models.deriving import derive
from contacts.models.part_queries import PartQuerySet
from contacts.models.territory import Territory
from contacts.models.vocabulary import Category, Label, Source, Theme
from crm.models import Confidential, LegalBasis, Share
from crm.models.confidential import CONFIDENTIAL_PRIVACY, ShareQuerySet
from crm.privacy import FREE_TEXT, NOTES, ORDINARY, PERSONAL, PRIVATE_CHANNEL, UNCLASSED, classes
from crm.records import Record, TrackedHistory


if TYPE_CHECKING:
    from crm.models import User


DERIVED = (
    "sort_name",
    "search_open",
    "search_private",
    "main_email",
    "main_email_is_private",
    "main_phone",
    "main_phone_is_private",
    "open_email",
    "open_phone",
    "main_organisation",
    "main_title",
    "shown_category",
)


class Contact(Confidential, Record):  # type: ignore[django-manager-missing] # guardian has no types
    """A person or an organisation. The columns under *derived* are computed by `contacts.models.deriving`."""

    class Kind(models.TextChoices):
        PERSON = "person", _("personne")
        ORGANISATION = "organisation", _("structure")

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        LEFT = "left", _("A quitté le champ")
        DECEASED = "deceased", _("Décédée")
        ERASED = "erased", _("Effacée")

    class Civility(models.TextChoices):
        MADAM = "mme", _("Madame")
        SIR = "m", _("Monsieur")

    kind = models.CharField(_("nature"), max_length=12, choices=Kind)
    name = models.CharField(_("nom"), max_length=200)
    first_name = models.CharField(_("prénom"), max_length=100, blank=True)
    civility = models.CharField(_("civilité"), max_length=3, choices=Civility, blank=True)
    sigle = models.CharField(_("sigle"), max_length=40, blank=True)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    parent = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("structure mère"),
        limit_choices_to={"kind": "organisation"},
    )
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("catégorie institutionnelle"),
        help_text=_("Une personne hérite de celle de sa structure ; à remplir seulement si elle n’en a pas."),
    )
    themes = models.ManyToManyField(Theme, blank=True, related_name="contacts", verbose_name=_("thématiques"))
    territories = models.ManyToManyField(
        Territory,
        blank=True,
        related_name="+",
        verbose_name=_("territoires d’intervention"),
        help_text=_(
            "Sans territoire, la fiche prend celui de la démarche coordonnée, sinon celui de la structure."
        ),
    )
    labels = models.ManyToManyField(Label, blank=True, related_name="contacts", verbose_name=_("étiquettes"))
    street = models.CharField(_("adresse"), max_length=300, blank=True)
    postcode = models.CharField(_("code postal"), max_length=12, blank=True)
    city = models.CharField(_("ville"), max_length=120, blank=True)
    website = models.URLField(_("site internet"), blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.ACTIVE)
    legal_basis = models.CharField(
        _("base légale"), max_length=20, choices=LegalBasis, default=LegalBasis.LEGITIMATE_INTEREST
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("source"))
    collected_on = models.DateField(_("recueillie le"), default=timezone.localdate)
    verified_on = models.DateField(_("vérifiée le"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("vérifiée par"),
    )
    needs_check = models.BooleanField(_("fiche à vérifier"), default=False)
    notes = models.TextField(
        _("notes internes"),
        blank=True,
        help_text=_(
            "La personne peut demander à lire ces notes : des faits, rien sur la santé ni les opinions."
        ),
    )
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="contact",
        verbose_name=_("compte"),
    )
    batch = models.ForeignKey(
        "crm.ImportBatch",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("import"),
    )
    trashed_at = models.DateTimeField(_("à la corbeille depuis"), null=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, editable=False, related_name="absorbed"
    )

    # Derived, for lists and search: see contacts/models/deriving.py.
    sort_name = models.CharField(max_length=320, editable=False, default="")
    search_open = models.TextField(editable=False, default="")
    search_private = models.TextField(editable=False, default="")
    main_email = models.CharField(_("e-mail"), max_length=254, editable=False, default="", blank=True)
    main_email_is_private = models.BooleanField(editable=False, default=False)
    main_phone = models.CharField(_("téléphone"), max_length=40, editable=False, default="", blank=True)
    main_phone_is_private = models.BooleanField(editable=False, default=False)
    open_email = models.CharField(_("e-mail"), max_length=254, editable=False, default="", blank=True)
    open_phone = models.CharField(_("téléphone"), max_length=40, editable=False, default="", blank=True)
    main_organisation = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="main_people",
        verbose_name=_("structure"),
    )
    main_title = models.CharField(_("fonction"), max_length=250, editable=False, default="", blank=True)
    shown_category = models.ForeignKey(
        Category,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="contacts",
        verbose_name=_("catégorie"),
    )

    COMPUTED = DERIVED
    objects = ContactQuerySet.as_manager()
    history = TrackedHistory(m2m_fields=[themes, territories, labels], computed=DERIVED)

    PRIVACY = (
        classes(
            PERSONAL,
            "name", "first_name", "civility", "street", "postcode", "city", "website", "account", "search_open",
            "sort_name", "open_email", "open_phone", "main_title", "main_organisation",
            rights=ORDINARY,
        )
        | classes(PERSONAL, "search_private", "main_email", "main_phone", rights=PRIVATE_CHANNEL)
        | classes(FREE_TEXT, "notes", rights=NOTES)
        | CONFIDENTIAL_PRIVACY
        | classes(
            UNCLASSED,
            "id", "kind", "sigle", "siret", "parent", "category", "themes", "territories", "labels", "state",
            "legal_basis", "source", "collected_on", "verified_on", "verified_by", "needs_check", "batch", "trashed_at",
            "merged_into", "main_email_is_private", "main_phone_is_private", "shown_category", "version", "created_at",
            "updated_at",
        )
    )  # fmt: skip

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["sort_name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(name__gt=""),
                name="contact_has_a_name",
                violation_error_message=_("Indiquez au moins un nom."),
            ),
            models.CheckConstraint(
                condition=Q(legal_basis__in=LegalBasis.values),
                name="contact_has_a_legal_basis",
                violation_error_message=_("Indiquez la base légale de cette fiche."),
            ),
            models.CheckConstraint(
                condition=Q(kind="organisation") | Q(sigle="", siret="", parent=None),
                name="only_an_organisation_has_a_sigle_a_siret_a_parent",
                violation_error_message=_("Sigle, SIRET et structure mère ne concernent que les structures."),
            ),
            models.CheckConstraint(
                condition=Q(kind="person") | Q(first_name="", civility=""),
                name="only_a_person_has_a_first_name",
                violation_error_message=_("Prénom et civilité ne concernent que les personnes."),
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")),
                name="contact_is_not_its_own_parent",
                violation_error_message=_("Une structure n’est pas sa propre structure mère."),
            ),
        ]
        indexes = [
            # The list shows the records that are present, in one of four orders. Each index holds just these, with the state:
            # those erased are left out, and without it both engines would read each row to know.
            models.Index(fields=["sort_name", "id", "state"], condition=PRESENT, name="contact_by_name"),
            models.Index(
                fields=["kind", "sort_name", "id", "state"],
                condition=PRESENT,
                name="contact_by_kind_and_name",
            ),
            models.Index(
                fields=["verified_on", "id", "state"], condition=PRESENT, name="contact_by_verification"
            ),
            models.Index(fields=["created_at", "id", "state"], condition=PRESENT, name="contact_by_creation"),
            # The home page counts from this one alone; it holds even the columns of its condition, or SQLite reads each row.
            models.Index(
                fields=["state", "kind", "needs_check", "verified_on", "trashed_at", "merged_into"],
                condition=PRESENT,
                name="contact_to_count",
            ),
            # The few that most accounts do not see, found without reading the others.
            models.Index(fields=["owner"], condition=Q(is_confidential=True), name="contact_confidential"),
        ]
        permissions = [
            ("export_contact", "Can export contacts"),
            ("import_contact", "Can import contacts"),
            ("merge_contact", "Can merge contacts"),
            ("see_private_channels", "Can see private e-mails and phones"),
            ("see_notes", "Can see notes and interactions"),
            ("set_confidential", "Can make a record confidential"),
            ("see_confidential", "Can see all confidential records"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.name}".strip()

    def clean(self) -> None:
        """A structure does not depend on one that depends on it."""
        super().clean()
        above, seen = self.parent, {self.pk}
        while above is not None and self.pk:
            if above.pk in seen:
                raise ValidationError(
                    {"parent": _("Cette structure dépend déjà de « %(name)s ».") % {"name": self}}
                )
            seen.add(above.pk)
            above = above.parent

    @property
    def is_person(self) -> bool:
        return self.kind == self.Kind.PERSON

    @property
    def is_present(self) -> bool:
        """Neither in the trash nor folded into another record."""
        return self.trashed_at is None and self.merged_into_id is None

    @property
    def is_to_verify(self) -> bool:
        return self.needs_check or self.verified_on is None or self.verified_on < verification_limit()

    @classmethod
    def after_writes(cls, pks: Collection[int]) -> None:
        derive(pks)

    def verify(self, *, by: User | None, on: date | None = None) -> None:
        """Somebody has checked this record against the person or a sure source."""
        self.verified_on, self.verified_by, self.needs_check = on or timezone.localdate(), by, False
        self.save(update_fields=["verified_on", "verified_by", "needs_check"])

    def put_in_trash(self) -> None:
        """Out of sight for 30 days, then gone for good."""
        self.trashed_at = timezone.now()
        self.save(update_fields=["trashed_at"])

    def take_out_of_trash(self) -> None:
        self.trashed_at = None
        self.save(update_fields=["trashed_at"])


class ContactShare(Share):
    """A contact given to one colleague, by hand and mostly for a time."""

    content_object = models.ForeignKey(
        Contact, models.CASCADE, db_column="contact_id", related_name="shares", verbose_name=_("contact")
    )

    objects: Any = ShareQuerySet.as_manager()

    PRIVACY = Share.SHARE_PRIVACY

    class Meta:
        verbose_name = _("partage")
        verbose_name_plural = _("partages")
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "content_object"], name="a_contact_is_given_to_somebody_once"
            )
        ]


class ReachQuerySet(PartQuerySet["ContactTerritory"]):
    """Where the contacts that one sees are."""


class ContactTerritory(models.Model):
    """Where a contact intervenes once inheritance is worked out: own territories, else the scheme's, else the organisation's."""

    class Origin(models.TextChoices):
        OWN = "own", _("propre")
        SCHEME = "scheme", _("démarche coordonnée")
        ORGANISATION = "organisation", _("structure")

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="reach")
    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="reached_by", verbose_name=_("territoire")
    )
    origin = models.CharField(_("origine"), max_length=12, choices=Origin)

    objects: Any = ReachQuerySet.as_manager()

    PRIVACY = classes(PERSONAL, "territory", rights=ORDINARY) | classes(UNCLASSED, "id", "contact", "origin")

    class Meta:
        verbose_name = _("territoire du contact")
        verbose_name_plural = _("territoires des contacts")
        constraints = [
            models.UniqueConstraint(fields=["contact", "territory"], name="contact_reaches_a_territory_once")
        ]
        indexes = [models.Index(fields=["territory", "contact"], name="reach_by_territory")]

    def __str__(self) -> str:
        return str(self.territory)
