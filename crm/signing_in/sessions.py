"""Sessions in the database, which know when they began, when they were last used, and when their holder was last asked who they are.

`SESSION_ENGINE` names this module. The three moments are written when a session begins, so that no page has to.
"""

from __future__ import annotations

import time
from typing import Final

from django.contrib.sessions.backends import db
from django.http import HttpRequest


BEGAN: Final = "began_at"
SEEN: Final = "seen_at"
CONFIRMED: Final = "confirmed_at"


class SessionStore(db.SessionStore):
    """A session whose clocks start when somebody signs in."""

    def cycle_key(self) -> None:
        """A new key, at sign-in and when the password changes: the clocks that run go on, the others start."""
        super().cycle_key()
        now = time.time()
        for clock in (BEGAN, SEEN, CONFIRMED):
            self.setdefault(clock, now)


def start_clocks(request: HttpRequest) -> None:
    """Whoever was in this session before, it begins now."""
    request.session.update(dict.fromkeys((BEGAN, SEEN, CONFIRMED), time.time()))
