"""`make pictures`: every page as a picture, wide and narrow, light and dark, on an empty base and on a full one.

    python -m tests.pictures [--out DIR] [--only NAME …] [--contacts N] [--readme]

A site of its own is started on a base of its own in a temporary folder; nothing of `var/` is touched. What a look finds
wrong is printed, a line a page (`tests/looking.py` says what is looked for); then the exit code is 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen


if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from crm.models import User
    from tests.scenes import Scene

ROOT = Path(__file__).resolve().parent.parent
WIDTHS = {1440: 900, 390: 844}
TALLEST = 6_000
"""Pixels of a picture: a longer page is cut there."""
SEED = 1

# The few that the README shows, light, in a small window so that each stays under 150 kB.
README_SIZE = (1300, 680)
FOR_README = {
    "list": "liste-filtree",
    "record": "personne-fiche",
    "import": "import-apercu",
    "first-day": "bienvenue",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "var/pictures", help="the folder, made anew")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help="only scenes whose name begins so"
    )
    parser.add_argument("--contacts", type=int, default=1_150, help="how many the full base holds")
    parser.add_argument("--readme", action="store_true", help="write docs/pictures/ anew, and nothing else")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="maillage-pictures-") as folder:
        os.environ |= {
            "VAR_DIR": folder,
            "SITE_URL": "http://localhost",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright keeps an event loop in this thread
        }
        for name in ("DATABASE_URL", "MEDIA_ROOT", "STATIC_ROOT", "DEMO"):
            os.environ.pop(name, None)
        return _take(asked, Path(folder))


def _take(asked: argparse.Namespace, folder: Path) -> int:
    import django  # noqa: PLC0415 -- everything below asks for the settings, which read the environment set above

    django.setup()
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    from crm.preparing import prepare  # noqa: PLC0415
    from tests.browser.conftest import ARGUMENTS  # noqa: PLC0415
    from tests.engines import find_browser  # noqa: PLC0415

    browser_path = find_browser()
    if browser_path is None:
        print("no Chromium here (sudo apt install chromium, or CHROMIUM=/path)")
        return 2
    began = time.monotonic()
    out = folder / "readme" if asked.readme else asked.out
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    prepare(lambda text: None)
    with (
        sync_playwright() as playwright,
        closing(playwright.chromium.launch(executable_path=browser_path, args=[*ARGUMENTS])) as browser,
        _site(folder) as site,
    ):
        show = Show(browser, site, out, only=[*FOR_README.values()] if asked.readme else asked.only)
        if asked.readme:
            show.exactly, show.widths, show.themes = True, dict([README_SIZE]), ("light",)
        for base in ("neuve", "vide", "pleine"):
            _fill(base, asked.contacts, show)
            show.take(base)
    if asked.readme:
        _keep_for_readme(out)
        return 0
    for line in show.wrong:
        print(line)
    print(
        f"{show.taken} pictures of {show.seen} pages in {out}, {len(show.wrong)} to look at, {time.monotonic() - began:.0f} s"
    )
    return 1 if show.wrong else 0


@contextmanager
def _site(folder: Path) -> Iterator[str]:
    """The site on a free port, stopped at the end; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "site.log").open("wb") as log:
        command = [sys.executable, "manage.py", "serve", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        site = f"http://127.0.0.1:{port}"
        try:
            _wait(site, server, folder / "site.log")
            yield site
        finally:
            server.terminate()
            server.wait(30)


def _wait(site: str, server: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        if server.poll() is not None:
            break
        try:
            urlopen(f"{site}/bienvenue/", timeout=10).close()  # noqa: S310 -- our own server
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"the site does not start:\n{log.read_text(errors='replace')}")


def _fill(base: str, contacts: int, show: Show) -> None:
    """Bring the one base from nothing, to accounts, to the demonstration."""
    from crm.demonstrating import LOGINS, NAME, add_demo_data  # noqa: PLC0415
    from crm.models import User  # noqa: PLC0415
    from crm.opening import opening  # noqa: PLC0415
    from crm.roles import Role, grant  # noqa: PLC0415
    from tests.staging import stage  # noqa: PLC0415

    if base == "vide":
        with opening() as association:
            for login in LOGINS:
                user = User.objects.create_user(
                    login.email, login.password, first_name=login.first_name, last_name=login.last_name
                )
                grant(user, Role(login.role))
                show.accounts[Role(login.role)] = user
            association.name, association.started_with_demo = NAME, True
            association.save()
    elif base == "pleine":
        add_demo_data(contacts=contacts, seed=SEED, advance=lambda done, total: None)
        stage(show.accounts[Role.MANAGER], book=ROOT / "tests/messy/files/contacts.xlsx")


@dataclass
class Show:
    """One run: what is taken, and what was found wrong."""

    browser: Browser
    site: str
    out: Path
    only: list[str]
    exactly: bool = False
    widths: dict[int, int] = field(default_factory=lambda: dict(WIDTHS))
    themes: tuple[str, ...] = ("light", "dark")
    accounts: dict[Any, User] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    taken: int = 0
    seen: int = 0

    def take(self, base: str) -> None:
        """Every scene of this base, each account in a browser context of its own."""
        from tests.scenes import scenes  # noqa: PLC0415

        asked = [scene for scene in scenes(base) if self._is_asked(scene)]
        for width, height in self.widths.items():
            for role in dict.fromkeys(scene.role for scene in asked):
                with closing(self._context(role, width, height)) as context:
                    for scene in asked:
                        if scene.role == role:
                            self._shoot(context, scene, base, width)

    def _is_asked(self, scene: Scene) -> bool:
        if self.exactly:
            return scene.name in self.only
        return not self.only or any(scene.name.startswith(name) for name in self.only)

    def _context(self, role: Any, width: int, height: int) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.site,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        if role is not None:
            from tests.signing import cookie_of  # noqa: PLC0415

            context.add_cookies([cookie_of(self.accounts[role], self.site)])
        return context

    def _shoot(self, context: BrowserContext, scene: Scene, base: str, width: int) -> None:
        from playwright.sync_api import Error  # noqa: PLC0415

        from tests.looking import HEAVIEST, Watch, english_on, has_title, too_wide  # noqa: PLC0415
        from tests.scenes import opened  # noqa: PLC0415

        watch = Watch.over(context, self.site)
        page = context.new_page()
        found: list[str] = []
        weight = 0
        try:
            answer = opened(page, scene)
            if answer is None:
                return
            weight = len(answer.body())
            page.evaluate("document.fonts.ready.then(() => null)")
            if scene.act is not None:
                scene.act(page)
            self._pictures(page, f"{scene.name}-{base}", width)
            found += watch.take() + [f"English: {text}" for text in english_on(page)]
            found += [f"{wide} px too wide" for wide in [too_wide(page)] if wide]
            if not has_title(page):
                found.append("no title, or not exactly one h1")
        except Error as why:
            found.append(f"could not be taken: {str(why)[:300]}")
        finally:
            page.close()
            watch.stop(context)
        if weight > HEAVIEST:
            found.append(f"weighs {weight // 1000} kB of HTML")
        self.seen += 1
        self.wrong += [
            f"{scene.name} ({base}, {width} px, {scene.path}): {what}" for what in dict.fromkeys(found)
        ]

    def _pictures(self, page: Page, name: str, width: int) -> None:
        for theme in self.themes:
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", theme == "dark")
            tall = page.evaluate("document.documentElement.scrollHeight")
            path = self.out / f"{name}-{width}-{theme}.png"
            height = self.widths[width] if self.exactly else min(tall, TALLEST)
            page.screenshot(
                path=path, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height}
            )
            self.taken += 1


def _keep_for_readme(out: Path) -> None:
    kept = ROOT / "docs/pictures"
    kept.mkdir(parents=True, exist_ok=True)
    for name, scene in FOR_README.items():
        taken = sorted(out.glob(f"{scene}-*-{README_SIZE[0]}-light.png"))[0]
        shutil.copyfile(taken, kept / f"{name}.png")
        print(f"docs/pictures/{name}.png: {taken.stat().st_size // 1000} kB")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
