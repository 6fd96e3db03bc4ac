"""What every answer says to the browser: no foreign script, no frame, no cache, no guess, over HTTPS only where that is on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter

import pytest
from django.conf import settings
from django.test import Client, override_settings

from crm.registry import check_ups
from crm.roles import Role
from tests.factories import UserFactory
from tests.visiting import answers, every_address


pytestmark = pytest.mark.django_db

POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def directives(policy: str) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def wrong_headers(answer) -> list[str]:
    """What this answer lacks."""
    wrong = [name for name, value in ALWAYS.items() if answer.headers.get(name) != value]
    policy = answer.headers.get("Content-Security-Policy", "")
    if policy != "sandbox" and directives(policy) != directives(POLICY):
        wrong.append(f"Content-Security-Policy: {policy}")
    if "camera=()" not in answer.headers.get("Permissions-Policy", ""):
        wrong.append("Permissions-Policy")
    return wrong


@pytest.mark.parametrize("who", [Role.MANAGER, Role.READER, "nobody"])
def test_every_answer_carries_the_headers(who):
    client = Client(raise_request_exception=False)
    found = every_address()
    if who == "nobody":
        UserFactory()
    else:
        client.force_login(UserFactory(role=who))

    wrong: dict[str, list[str]] = {}
    statuses: Counter[int] = Counter()
    for address, answer in answers(client, found, posting=who == Role.READER):
        statuses[answer.status_code] += 1
        if lacking := wrong_headers(answer):
            wrong[address] = lacking

    assert wrong == {}
    assert statuses.total() > 100


def test_the_guards_are_what_adds_the_headers():
    theirs = {
        "crm.headers.NoStoreMiddleware",
        "csp.middleware.CSPMiddleware",
        "crm.headers.HeadersMiddleware",
    }
    user = UserFactory(role=Role.MANAGER)

    with override_settings(MIDDLEWARE=[name for name in settings.MIDDLEWARE if name not in theirs]):
        client = Client()
        client.force_login(user)
        unguarded = wrong_headers(client.get("/contacts/contact/"))

    assert [name.partition(":")[0] for name in unguarded] == [
        "X-Frame-Options",
        "Cache-Control",
        "Content-Security-Policy",
        "Permissions-Policy",
    ]


def test_what_names_somebody_is_not_in_a_cookie():
    """A message of success names the record; Django's default keeps messages in a cookie, readable by whoever logs headers."""
    client = Client()
    client.force_login(UserFactory(role=Role.MANAGER))
    said = {"kind": "person", "name": "Zqxvbelmont", "version_read": "0"}

    answer = client.post("/contacts/contact/add/?kind=person", said)

    assert "Zqxvbelmont" not in answer.cookies.output()


def test_no_template_of_ours_writes_a_script_or_a_handler():
    """The policy would stop it; the person would only see a button that does nothing."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE)

    found = {
        str(path.relative_to(settings.BASE_DIR)): hit[0]
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        if (hit := inline.search(path.read_text()))
    }

    assert found == {}
    assert inline.search("<script>")
    assert inline.search('<a onclick="x()">')


def test_the_doctor_asks_for_the_proxy_s_header(settings):
    settings.SECURE, settings.SECURE_PROXY_SSL_HEADER = True, None
    assert len([*check_ups["https"].examine()]) == 1

    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert [*check_ups["https"].examine()] == []


# --- what changes over HTTPS: settings read anew, in a process of their own ------------------------------------------

ASK = """
import json
import django
django.setup()
from django.conf import settings
from django.test import Client
over_https, by_the_proxy, plain = (
    Client().get("/static/none.css", secure=secure, headers=headers).headers.get("Strict-Transport-Security")
    for secure, headers in ((True, {}), (False, {"x-forwarded-proto": "https"}), (False, {}))
)
names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE",
         "SESSION_COOKIE_PATH", "CSRF_COOKIE_PATH", "SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN", "SESSION_COOKIE_HTTPONLY")
print(json.dumps([[getattr(settings, name) for name in names], over_https, by_the_proxy, plain]))
"""
NAMES = {True: ["__Host-session", "__Host-csrf"], False: ["sessionid", "csrftoken"]}
A_YEAR = "max-age=31536000"


@pytest.mark.parametrize(
    ("environment", "secure", "by_the_proxy"),
    [
        ({"SITE_URL": "http://localhost"}, False, None),
        ({"SITE_URL": "https://maillage.example"}, True, None),
        ({"SITE_URL": "https://maillage.example", "PROXY_SSL_HEADER": "X-Forwarded-Proto"}, True, A_YEAR),
    ],
)
def test_https_brings_its_own_names_and_headers(tmp_path, environment, secure, by_the_proxy):
    inherited = {key: value for key, value in os.environ.items() if key != "PROXY_SSL_HEADER"}
    own = {
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ALLOWED_HOSTS": "testserver",
    }
    (tmp_path / "static").mkdir()

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK],
        env=inherited | own | environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    cookies, over_https, proxied, plain = json.loads(done.stdout)
    assert cookies == [*NAMES[secure], secure, secure, secure, "/", "/", None, None, True]
    assert over_https == (A_YEAR if secure else None)
    assert proxied == by_the_proxy
    assert plain is None
