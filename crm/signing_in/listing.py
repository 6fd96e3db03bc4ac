"""The sessions of an account: where it is signed in, since when, and ending one or all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest
from django.utils.translation import gettext as _

from crm.auditing import record_deed
from crm.models import Deed, User
from crm.signing_in.sessions import SEEN, SessionStore


BROWSERS: Final = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Shown:
    """One session as its holder reads it."""

    number: int
    what: str
    address: str
    began: datetime
    seen: datetime
    is_here: bool


def sessions_of(user: User, request: HttpRequest | None = None) -> list[Shown]:
    """The sessions that still open this account, the latest first; those that ended are forgotten on the way."""
    here = request.session.session_key if request is not None else None
    shown = [
        Shown(
            number=session.pk,
            what=_called(session.user_agent),
            address=session.ip,
            began=session.created_at,
            seen=_seen(session),
            is_here=session.session_key == here,
        )
        for session in UserSession.objects.purge_and_list(user)
    ]
    return sorted(shown, key=lambda session: (session.is_here, session.seen), reverse=True)


def end_one(user: User, number: int, request: HttpRequest) -> None:
    """End that session of this account; one that is not its own is not found, so nothing happens."""
    for session in UserSession.objects.filter(user=user, pk=number):
        session.end()
        record_deed(Deed.SESSION_ENDED, by=request.user, on=user)


def end_others(user: User, request: HttpRequest) -> None:
    """End every session of this account but the one that asks."""
    user.end_sessions()
    update_session_auth_hash(request, user)
    UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key).delete()
    UserSession.objects.create_from_request(request)
    record_deed(Deed.SESSION_ENDED, by=request.user, on=user)


def end_all(user: User, *, by: User | None) -> None:
    """End every session of this account, wherever it is; it can sign in again."""
    user.end_sessions()
    UserSession.objects.filter(user=user).delete()
    record_deed(Deed.SESSION_ENDED, by=by, on=user)


def _seen(session: UserSession) -> datetime:
    seen = SessionStore(session.session_key).get(SEEN)
    return datetime.fromtimestamp(seen, UTC) if seen else session.last_seen_at


def _called(agent: str) -> str:
    """« Firefox, Windows »: enough to know one's own devices by."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if re.search(sign, agent)), "")
    return ", ".join(filter(None, [browser, system])) or _("Appareil inconnu")
