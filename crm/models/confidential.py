"""Records that not everybody who may read their kind may see, and lending one to a colleague until a date.

A room makes a record confidential-capable in three lines: the model takes `Confidential`, its queryset
`ConfidentialQuerySet`, and one table derives from `Share` with `content_object` as its foreign key to the record.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from crm.privacy import FREE_TEXT, ORDINARY, PERSONAL, UNCLASSED, classes


if TYPE_CHECKING:
    from crm.models.user import User


class ConfidentialQuerySet[M: models.Model](models.QuerySet[M]):
    """Which of these records an account may know of. Presence (trash, merges) is each room's own matter."""

    def in_scope(self, user: User | Any) -> Self:
        """(The model's right, and not confidential, or owner, or the right to see confidential ones) or a live share."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if not user.has_perm(_right(self.model, "view")):
            return self.filter(pk__in=_shared_with(self.model, user))
        if sees_confidential(user, self.model):
            return self
        return self.exclude(pk__in=self.hidden_from(user).values("pk"))

    def hidden_from(self, user: User | Any) -> models.QuerySet[M]:
        """The confidential records that an account which may read the others does not see: a handful, by a partial index.

        Whoever lists a hundred thousand leaves these out; asking each row « confidential? whose? » would read it whole.
        """
        rows: Any = self.model._base_manager.filter(is_confidential=True)
        if sees_confidential(user, self.model):
            return rows.none()  # type: ignore[no-any-return]
        own = rows.exclude(owner=user.pk)
        return own.exclude(pk__in=_shared_with(self.model, user))  # type: ignore[no-any-return]


class Confidential(models.Model):
    """A record that may be confidential: its owner, who it is shared with and few others know of it."""

    is_confidential = models.BooleanField(
        _("fiche confidentielle"),
        default=False,
        help_text=_(
            "Seules la personne qui la suit, celles à qui elle est confiée et la personne responsable de l’outil la voient."
        ),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("suivie par"),
        limit_choices_to={"is_active": True},
    )

    class Meta:
        abstract = True


class ShareQuerySet(models.QuerySet["Share"]):
    def live(self, on: date | None = None) -> Self:
        """In force that day, today by default: the last day is still one of them."""
        day = on or timezone.localdate()
        return self.filter(Q(until=None) | Q(until__gte=day), user__is_active=True)

    def is_generic(self) -> bool:
        """django-guardian asks it: these rows name their record by a foreign key."""
        return False


class Share(UserObjectPermissionBase):
    """One colleague may see one record, or work on it, until a date. `content_object` is the record, in the room's table."""

    until = models.DateField(_("jusqu’au"), null=True, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("confiée par"),
    )
    given_at = models.DateTimeField(_("confiée le"), default=timezone.now)
    reason = models.CharField(_("pourquoi"), max_length=200, blank=True)

    objects = ShareQuerySet.as_manager()

    SHARE_PRIVACY = classes(FREE_TEXT, "reason", rights=ORDINARY) | classes(
        UNCLASSED, "id", "user", "permission", "content_object", "until", "given_by", "given_at"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.user)

    @property
    def may_change(self) -> bool:
        """Whether it lets one work on the record, beyond seeing it."""
        return str(self.permission.codename).startswith("change_")

    @property
    def is_over(self) -> bool:
        return self.until is not None and self.until < timezone.localdate()


CONFIDENTIAL_PRIVACY = classes(UNCLASSED, "is_confidential") | classes(PERSONAL, "owner", rights=ORDINARY)


def shares_of(model: type[models.Model]) -> type[Share] | None:
    """The table of the shares of a model's records; None for a model whose records are not shared."""
    for relation in model._meta.related_objects:
        if relation.field.name == "content_object" and issubclass(relation.related_model, Share):
            return relation.related_model
    return None


def models_with_hidden_records() -> list[Any]:
    """The models of which some records are confidential, whichever room they are in."""
    return [model for model in apps.get_models() if issubclass(model, Confidential)]


def sees_confidential(user: User | Any, model: type[models.Model]) -> bool:
    """Whether this account sees every confidential record of a room."""
    return bool(user.has_perm(f"{model._meta.app_label}.see_confidential"))


def _right(model: type[models.Model], verb: str) -> str:
    return f"{model._meta.app_label}.{verb}_{model._meta.model_name}"


def _shared_with(model: type[models.Model], user: User | Any) -> models.QuerySet[Any]:
    """The keys of the records shared with an account today."""
    shares: Any = shares_of(model)
    if shares is None:
        return model._base_manager.none().values("pk")
    rows: models.QuerySet[Any] = shares.objects.live().filter(user=user.pk).values("content_object")
    return rows
