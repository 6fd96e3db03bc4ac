"""Giving one colleague one record, to see or to work on, until a date; and taking it back.

django-guardian keeps the rows, in one table with a foreign key a room (`crm.models.confidential.Share`). Its own back-end
asks no date, so ours stands in its place: a share that is over, or of a closed account, is no right from that moment on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.backends import ObjectPermissionBackend

from crm.auditing import record_deed
from crm.models import Deed
from crm.models.confidential import Share, sees_confidential, shares_of


if TYPE_CHECKING:
    from crm.models import User

VIEW, CHANGE = "view", "change"


class ShareBackend(ObjectPermissionBackend):  # type: ignore[misc]
    """Rights on one record: those of its live shares, asked of the table each time. None without a record."""

    def has_perm(self, user_obj: Any, perm: str, obj: models.Model | None = None) -> bool:
        return obj is not None and perm.rpartition(".")[2] in self.get_all_permissions(user_obj, obj)

    def get_all_permissions(self, user_obj: Any, obj: models.Model | None = None) -> Iterable[str]:
        """`{"view_contact"}` or with `"change_contact"` too; whoever may work on a record may see it."""
        if not isinstance(obj, models.Model) or not user_obj.is_authenticated or not user_obj.is_active:
            return set()
        share = live_share(user_obj, obj)
        if share is None:
            return set()
        name = obj._meta.model_name
        return {f"view_{name}", f"change_{name}"} if share.may_change else {f"view_{name}"}

    def get_group_permissions(self, user_obj: Any, obj: models.Model | None = None) -> Iterable[str]:
        """A record is given to a person, never to a group."""
        return set()


def live_share(user: User | Any, record: models.Model) -> Share | None:
    """The share in force of this record with this account."""
    shares: Any = shares_of(type(record))
    if shares is None or record.pk is None:
        return None
    rows = shares.objects.live().filter(user=user.pk, content_object=record.pk)
    return rows.select_related("permission").first()  # type: ignore[no-any-return]


def may(user: User | Any, verb: str, record: models.Model) -> bool:
    """Whether this account may see, change or delete this record: by its role where the record lets it, or by a share."""
    right = f"{record._meta.app_label}.{verb}_{record._meta.model_name}"
    if user.has_perm(right) and (not getattr(record, "is_confidential", False) or holds(user, record)):
        return True
    return bool(user.has_perm(right, record))


def holds(user: User | Any, record: Any) -> bool:
    """Whether a confidential record is this account's own to dispose of: its owner's, or the manager's."""
    return bool(user.is_active) and (
        (record.owner_id is not None and record.owner_id == user.pk) or sees_confidential(user, type(record))
    )


def may_share(user: User | Any, record: Any) -> bool:
    """Who may give this record to others: whoever may change it by right. Whom it was given to does not pass it on."""
    if shares_of(type(record)) is None:
        return False
    right = f"{record._meta.app_label}.change_{record._meta.model_name}"
    return bool(user.has_perm(right)) and (not record.is_confidential or holds(user, record))


@transaction.atomic
def share(
    record: Any,
    *,
    to: User,
    by: User | None,
    right: str = VIEW,
    until: date | None = None,
    reason: str = "",
) -> Share:
    """Give a record to one colleague; given again, the new right and date replace the old ones.

    Raises:
        ValidationError: the account is closed, or the day is past.
    """
    if not to.is_active:
        raise ValidationError(_("Ce compte est fermé : choisissez une autre personne."))
    if until is not None and until < timezone.localdate():
        raise ValidationError({"until": _("Cette date est passée : choisissez-en une à venir.")})
    if right not in {VIEW, CHANGE}:
        raise ValueError(right)
    shares: Any = shares_of(type(record))
    meta = record._meta
    permission = Permission.objects.get(
        content_type__app_label=meta.app_label,
        content_type__model=meta.model_name,
        codename=f"{right}_{meta.model_name}",
    )
    given: Share
    given, _made = shares.objects.update_or_create(
        user=to,
        content_object=record,
        defaults={
            "permission": permission,
            "until": until,
            "given_by": by,
            "given_at": timezone.now(),
            "reason": reason,
        },
    )
    record_deed(Deed.SHARED, by=by, on=record, fields=[right, f"account {to.pk}"])
    return given


@transaction.atomic
def unshare(record: Any, *, to: User | int, by: User | None) -> bool:
    """Take a record back from one colleague; whether they had it."""
    shares: Any = shares_of(type(record))
    key = to if isinstance(to, int) else to.pk
    gone, _kinds = shares.objects.filter(user=key, content_object=record).delete()
    if gone:
        record_deed(Deed.UNSHARED, by=by, on=record, fields=[f"account {key}"])
    return bool(gone)
