"""Who works here: the e-mail address is the login."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from crm.privacy import ORDINARY, PERSONAL, UNCLASSED, classes


class UserQuerySet(models.QuerySet["User"]):
    def managing(self) -> Self:
        """Active accounts that may manage the others."""
        groups = Group.objects.filter(
            permissions__content_type__app_label="crm", permissions__codename="change_user"
        )
        members = self.model.groups.through.objects.filter(group__in=groups.values("pk")).values("user_id")
        return self.filter(models.Q(is_superuser=True) | models.Q(pk__in=members), is_active=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new account; without a password it cannot sign in until one is set."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing] # guardian has no types
    """An account. Its rights are those of its groups, which `crm.roles` keeps as its table says."""

    email = models.EmailField(_("adresse e-mail"), unique=True)
    first_name = models.CharField(_("prénom"), max_length=80, blank=True)
    last_name = models.CharField(_("nom"), max_length=80, blank=True)
    is_active = models.BooleanField(
        _("compte actif"),
        default=True,
        help_text=_("Décochez pour fermer le compte : la personne sort aussitôt."),
    )
    created_at = models.DateTimeField(_("créé le"), default=timezone.now, editable=False)
    invited_at = models.DateTimeField(_("invité le"), null=True, editable=False)
    session_epoch = models.PositiveIntegerField(_("sessions fermées (fois)"), default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    PRIVACY = classes(PERSONAL, "email", "first_name", "last_name", rights=ORDINARY) | classes(
        UNCLASSED,
        "id", "is_active", "created_at", "invited_at", "session_epoch", "password", "last_login", "is_superuser", "groups", "user_permissions",
    )  # fmt: skip

    class Meta:
        verbose_name = _("compte")
        verbose_name_plural = _("comptes")
        ordering = ["last_name", "first_name", "email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_is_unique_in_any_case",
                violation_error_message=_("Un compte existe déjà avec cette adresse."),
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @property
    def is_staff(self) -> bool:
        """The admin is the site: every active account may enter; its role says what it finds there."""
        return self.is_active

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What each session carries: with another password, or once sessions are ended, none of them is valid."""
        salt = "crm.models.user.User.session"
        secrets = f"{self.password}{self.session_epoch}"
        return salted_hmac(salt, secrets, secret=secret, algorithm="sha256").hexdigest()

    def end_sessions(self) -> None:
        """Every session of this account, and every device it is known on, is out at its next request."""
        self.session_epoch = models.F("session_epoch") + 1
        self.save(update_fields=["session_epoch"])
        self.refresh_from_db(fields=["session_epoch"])
