"""The content security policy in a real browser: what is injected does not run, and the pages themselves break no rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from crm.roles import Role
from tests.browser.conftest import PageAs
from tests.factories import OrganisationFactory, PersonFactory
from tests.looking import Watch


if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

LISTEN = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refused.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile || ""}`);
});
"""
INJECT = """
() => new Promise((done) => {
  window.ran = [];
  const put = (markup) => document.body.append(document.createRange().createContextualFragment(markup));
  put("<script>window.ran.push('script')</script>");
  put("<button id='trap' onclick=\\"window.ran.push('handler')\\">x</button>");
  document.getElementById("trap").click();
  put("<iframe src='/'></iframe><object data='/static/x.svg'></object><base href='/elsewhere/'>");
  put("<script src='data:text/javascript,window.ran.push(1)'></script>");
  setTimeout(() => done(window.ran), 300);
})
"""


def refused(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.refused")
    return found


@pytest.fixture
def listening(context: BrowserContext) -> BrowserContext:
    context.add_init_script(LISTEN)
    return context


def test_what_is_injected_runs_without_the_policy_and_not_with_it(listening, page_as: PageAs):
    page = page_as(Role.MANAGER)

    page.goto("/")
    ran = page.evaluate(INJECT)
    stopped = Counter(line.split()[0] for line in refused(page))

    assert ran == []
    assert set(stopped) >= {"script-src-elem", "script-src-attr", "frame-src", "object-src", "base-uri"}


def test_the_same_injection_runs_where_no_policy_is_sent(listening, page_as: PageAs, monkeypatch):
    monkeypatch.setattr(
        "csp.middleware.CSPMiddleware.process_response", lambda self, request, response: response
    )
    page = page_as(Role.MANAGER)

    page.goto("/")

    assert [*page.evaluate(INJECT)][:2] == ["script", "handler"]
    assert refused(page) == []


def test_the_main_pages_break_no_rule_of_the_policy(listening, page_as: PageAs, live_server: LiveServer):
    OrganisationFactory.create_batch(2)
    person = PersonFactory(email="marie@exemple.org")
    pages = [
        "/",
        "/contacts/contact/?kind__exact=person",
        reverse("admin:contacts_contact_record", args=[person.pk]),
        reverse("admin:contacts_contact_change", args=[person.pk]),
        "/contacts/contact/add/?kind=organisation",
        reverse("admin:contacts_contact_export"),
        reverse("admin:crm_importbatch_upload"),
        "/contacts/scheme/add/",
        "/crm/auditentry/",
        "/crm/association/",
        "/nulle-part/",
    ]
    page = page_as(Role.MANAGER)
    watch = Watch.over(listening, live_server.url)

    broken = {}
    for address in pages:
        answer = page.goto(address)
        assert answer is not None
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        page.wait_for_load_state("networkidle")
        if found := refused(page) + watch.take():
            broken[address] = found

    assert broken == {}
