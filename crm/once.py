"""A form that is sent twice has one effect: the double click, the retry of a tired network, the back button.

Each form of the site is rendered with a number of its own (`{% csrf_token %}` writes it). What is sent is known by its
*print*: that number, the account, the address and all that was typed. The first to spend a print acts; whoever brings it
again is led where the first went, with a sentence. The same form filled in otherwise is another print, and another deed.

    once(view)             the form and its effect are one transaction: nothing to declare
    @spends_alone          the view works outside any transaction (it reads a long file): its print is claimed first
    @answers_again         a second sending within the minute is answered anew (`sent_before` says what the first made)
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.messages import get_messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from crm.models import SpentForm


if TYPE_CHECKING:
    from crm.models import User

ONCE: Final = "once"
NUMBER = re.compile(r"[A-Za-z0-9_-]{22}")
UNHEARD = {ONCE, "csrfmiddlewaretoken", "read_state", "rests_on"}
"""Fields that nobody types: what the page knew when it was fetched, which the back button fetches anew."""
WAIT = 20.0
"""Seconds for which a second sending waits to hear where the first went."""
CUT_AFTER = timedelta(minutes=1)
"""A claim that led nowhere for so long was cut: whoever sends again takes it over."""
AGAIN_WITHIN = timedelta(minutes=1)

type View = Callable[..., HttpResponseBase]


def new_number() -> str:
    """What one rendered form is known by."""
    return secrets.token_urlsafe(16)


def spends_alone(view: View) -> View:
    """Mark a view that must not run inside a transaction."""
    view.spends_alone = True  # type: ignore[attr-defined]
    return view


def answers_again(view: View) -> View:
    """Mark a view that can answer a second sending without doing the deed again."""
    view.answers_again = True  # type: ignore[attr-defined]
    return view


def sent_before(request: HttpRequest) -> str:
    """What the first sending of this very form made, as it told `now_made`; empty for the first."""
    return str(getattr(request, "sent_before", ""))


def now_made(request: HttpRequest, made: object) -> None:
    """Remember what this sending makes, for a second one to find."""
    request.now_made = str(made)  # type: ignore[attr-defined]


def may_repeat(request: HttpRequest) -> None:
    """What this request does changes nothing: the same form may be sent again."""
    request.may_repeat = True  # type: ignore[attr-defined]


def print_of(request: HttpRequest) -> str | None:
    """The print of what is sent; None when no form of ours sent it."""
    number = request.POST.get(ONCE, "")
    if not NUMBER.fullmatch(number) or not request.user.is_authenticated:
        return None
    total = hashlib.sha256(f"{number}\0{request.user.pk}\0{request.get_full_path()}".encode())
    for name in sorted(request.POST.keys() - UNHEARD):
        total.update(repr((name, request.POST.getlist(name))).encode("utf-8", "surrogatepass"))
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            total.update(repr((name, file.name, file.size)).encode("utf-8", "surrogatepass"))
            for chunk in file.chunks():
                total.update(chunk)
            file.seek(0)
    return total.hexdigest()


def once(request: HttpRequest, view: View, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Answer a sending: act if it is the first of its print, else lead where the first went."""
    print_ = print_of(request)
    if print_ is None:
        return view(request, *args, **kwargs)

    def act() -> HttpResponseBase:
        return view(request, *args, **kwargs)

    alone = getattr(view, "spends_alone", False)
    return _claimed(request, print_, act) if alone else _in_one_transaction(request, print_, view, act)


def _in_one_transaction(
    request: HttpRequest, print_: str, view: View, act: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    with transaction.atomic():
        spent = _spend(request, print_)  # a second sending waits here until the first has ended
        if spent is None:
            first = SpentForm.objects.get(print=print_)
            if not getattr(view, "answers_again", False):
                return _lead(request, first)
            if first.at > timezone.now() - AGAIN_WITHIN:
                request.sent_before = first.made  # type: ignore[attr-defined]
                return act()
            spent = first
            spent.at = timezone.now()
        answer = act()
        _settle(request, spent, answer)
    return answer


def _claimed(request: HttpRequest, print_: str, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    while (spent := _spend(request, print_) or _take_over(print_)) is None:
        if first := _wait_for(print_):
            return _lead(request, first)
    try:
        answer = act()
    except BaseException:
        spent.delete()
        raise
    _settle(request, spent, answer)
    return answer


def _spend(request: HttpRequest, print_: str) -> SpentForm | None:
    """The row that makes this sending the first; None when there is one."""
    try:
        with transaction.atomic():
            return SpentForm.objects.create(print=print_, user=cast("User", request.user))
    except IntegrityError:
        return None


def _take_over(print_: str) -> SpentForm | None:
    """The claim of a sending that was cut, for one who sends again."""
    cut = SpentForm.objects.filter(print=print_, led_to="", at__lt=timezone.now() - CUT_AFTER)
    return SpentForm.objects.get(print=print_) if cut.update(at=timezone.now()) else None


def _wait_for(print_: str) -> SpentForm | None:
    """The first sending, once it is known where it led or after a while; None when it did nothing after all."""
    limit = time.monotonic() + WAIT
    while True:
        first = SpentForm.objects.filter(print=print_).first()
        if first is None or first.is_settled or time.monotonic() > limit:
            return first
        time.sleep(0.1)


def _settle(request: HttpRequest, spent: SpentForm, answer: HttpResponseBase) -> None:
    """Keep where a done form led; one that is shown again, with its errors, was not spent."""
    led_to = "" if getattr(request, "may_repeat", False) else _led_to(request, answer)
    if not led_to:
        spent.delete()
        return
    spent.led_to, spent.made = led_to, getattr(request, "now_made", "")
    spent.save(update_fields=["led_to", "made", "at"])


def _led_to(request: HttpRequest, answer: HttpResponseBase) -> str:
    """Where a second sending is led: nowhere when nothing was done, or when the answer carries more than an address."""
    if answer.cookies or _was_refused(request):
        return ""
    target = answer.headers.get("Location") or answer.headers.get("HX-Redirect", "")
    if target and answer.status_code < 400:
        return target
    return request.get_full_path() if answer.streaming else ""


def _was_refused(request: HttpRequest) -> bool:
    """Whether the page that follows only says why nothing was done."""
    said = {message.level for message in getattr(get_messages(request), "_queued_messages", ())}
    return bool(said & {messages.WARNING, messages.ERROR}) and messages.SUCCESS not in said


def _lead(request: HttpRequest, first: SpentForm) -> HttpResponseBase:
    if not first.is_settled:
        messages.info(request, _("Ce formulaire est déjà envoyé : son enregistrement est en cours."))
        return redirect(_page_before(request))
    messages.info(request, _("C’était déjà enregistré : rien n’a été fait deux fois."))
    return redirect(first.led_to)


def _page_before(request: HttpRequest) -> str:
    """The page that sent the form, if it is one of ours."""
    page = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return urlsplit(page)._replace(scheme="", netloc="").geturl()
    return reverse("admin:index")
