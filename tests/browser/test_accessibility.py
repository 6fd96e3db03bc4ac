"""Every page against WCAG 2.2 AA, by axe-core, and against what a look finds: English, overflow, weight, a broken script."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page

from crm.demonstrating import add_demo_data
from crm.models import User
from crm.roles import Role
from tests.browser.conftest import PHONE, WIDE
from tests.factories import UserFactory
from tests.looking import HEAVIEST, Watch, english_on, has_title, too_wide, violations
from tests.scenes import FRESH, FULL, Scene, opened, scenes
from tests.signing import cookie_of
from tests.staging import stage


if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

# What axe finds in markup that is not ours to change, and why it may stay.
ALLOWED = {
    # Select2, which Django's admin ships: the cross that empties a box of several values is a span inside their list.
    "list: ": "select2-selection__rendered",
}
# Forms that are all one template: the first of each kind is looked at, the others in the deep run.
ALIKE = tuple(
    f"contacts_{name}"
    for name in ("actorfamily", "category", "function", "label", "schemetype", "service", "source")
)


@pytest.fixture
def demonstration(live_server: LiveServer) -> dict[Role | None, User]:
    """A small demonstration with something on each page; an account per role."""
    accounts: dict[Role | None, User] = {role: UserFactory(role=role) for role in Role}
    add_demo_data(contacts=60, seed=1, advance=lambda done, total: None)
    stage(accounts[Role.MANAGER])
    return accounts


def _asked(config: pytest.Config) -> list[Scene]:
    every = scenes(FULL)
    return (
        every
        if config.getoption("--deep")
        else [scene for scene in every if not scene.name.startswith(ALIKE)]
    )


def _is_allowed(found: str) -> bool:
    return any(found.startswith(rule) and part in found for rule, part in ALLOWED.items())


def _faults(page: Page, scene: Scene, watch: Watch) -> list[str] | None:
    """What is wrong with one scene, light and dark, wide and on a phone; None if its address gives no page."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    answer = opened(page, scene)
    if answer is None:
        return None
    weight = len(answer.body())
    if scene.act is not None:
        scene.act(page)
    found = [fault for fault in violations(page) if not _is_allowed(fault)]
    found += [f"English: {text}" for text in english_on(page)]
    found += [f"{weight} bytes of HTML"] if weight > HEAVIEST else []
    found += [] if has_title(page) else ["no title, or not exactly one main heading"]
    page.set_viewport_size(PHONE)
    found += [f"{by} pixels wider than a phone" for by in [too_wide(page)] if by]
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.documentElement.classList.add('dark')")
    found += [f"dark {fault}" for fault in violations(page, only=["color-contrast"])]
    return found + watch.take()


def _look(browser: Browser, site: str, accounts: dict[Role | None, User], asked: list[Scene]) -> int:
    """Look at each scene, one after the other; fail with all that is wrong. Answers how many pages were looked at."""
    looked, faults = 0, []
    for role in dict.fromkeys(scene.role for scene in asked):
        options: dict[str, Any] = {"base_url": site, "locale": "fr-FR", "reduced_motion": "reduce"}
        with closing(browser.new_context(**options)) as context:
            context.set_default_timeout(10_000)
            if role is not None:
                context.add_cookies([cookie_of(accounts[role], site)])
            watch = Watch.over(context, site)
            for scene in asked:
                if scene.role != role:
                    continue
                page = context.new_page()
                found = _faults(page, scene, watch)
                page.close()
                looked += found is not None
                faults += [f"{scene.name} {scene.path} {fault}" for fault in found or ()]
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)
    return looked


def test_every_page_can_be_used_by_everybody(
    browser: Browser,
    live_server: LiveServer,
    demonstration: dict[Role | None, User],
    request: pytest.FixtureRequest,
):
    assert _look(browser, live_server.url, demonstration, _asked(request.config)) > 60


def test_the_first_day_can_be_used_by_everybody(browser: Browser, live_server: LiveServer):
    assert _look(browser, live_server.url, {}, scenes(FRESH)) == 3
