"""What a look at a page finds wrong: English on screen, a page wider than the phone, no title, too heavy, a broken script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError


HEAVIEST = 200_000
"""Bytes of HTML of one page."""

LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

# Words that a French page does not say. Those that French writes alike (date, change, sort, close, note) are not here.
ENGLISH = re.compile(
    r"\b(save[ds]?|search|filters?|select|selected|add|added|delete[ds]?|yes|no results?|run|home|changed|history|view|"
    r"cancel|show|hide|any|unknown|log ?out|log ?in|sign ?in|password|email|time|today|now|choose|available|remove|"
    r"clear|next|previous|not found|error|please|field|required|loading|type to|apply|reset|results?|back|go|welcome|"
    r"ascending|descending|empty|value|settings|the|of|and|with|your|this|is|are|open|toggle|light|dark|system|upload|"
    r"download|submit|another|editing|models?|items?|navigate|shortcuts?|unread|dismiss|expand|collapse|none|all|new|"
    r"edit|updated?|created|by|at|counts?|seconds)\b",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+|https?://\S+|www\.\S+|\S+\.(?:csv|xlsx|ods|pdf|vcf)\b", re.IGNORECASE)
"""What is no language: addresses and names of files."""

_SEEN = """
() => {
  const texts = [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || !parent || parent.closest("script,style,template,.material-symbols-outlined,[lang=en],[data-name]")) continue;
    if (shown(parent)) texts.push(node.data.trim());
  }
  for (const element of document.querySelectorAll("[title],[aria-label],[placeholder],[alt],input[type=submit]")) {
    if (!shown(element) || element.closest("[lang=en]")) continue;
    for (const name of ["title", "aria-label", "placeholder", "alt"]) {
      if (element.getAttribute(name)) texts.push(element.getAttribute(name));
    }
    if (element.type === "submit" && element.value) texts.push(element.value);
  }
  return texts;
}
"""


@dataclass
class Watch:
    """What a browser context said while pages were open: errors in the console, requests to another host."""

    site: str
    said: list[str] = field(default_factory=list)

    @classmethod
    def over(cls, context: BrowserContext, site: str) -> Watch:
        watch = cls(site)
        context.on("request", watch._request)
        context.on("console", watch._console)
        context.on("weberror", watch._error)
        return watch

    def stop(self, context: BrowserContext) -> None:
        """Listen no more."""
        context.remove_listener("request", self._request)
        context.remove_listener("console", self._console)
        context.remove_listener("weberror", self._error)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.said.append(f"asks another host: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        # The browser itself reports a page that answers 403 or 404: that is the answer we asked for.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.said.append(f"console: {message.text[:200]}")

    def _error(self, error: WebError) -> None:
        self.said.append(f"script: {str(error.error)[:200]}")

    def take(self) -> list[str]:
        """What was said since the last time."""
        said, self.said = self.said, []
        return said


def english_on(page: Page) -> Iterator[str]:
    """Each text on screen that seems English."""
    for text in page.evaluate(_SEEN):
        if ENGLISH.search(ADDRESS.sub("", text)):
            yield text[:120]


def too_wide(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wide: int = page.evaluate("Math.max(0, document.documentElement.scrollWidth - window.innerWidth)")
    return wide


def has_title(page: Page) -> bool:
    """Whether the tab has a name and the page one main heading."""
    return bool(page.title().strip()) and page.locator("h1:visible").count() == 1


def violations(page: Page, *, only: Sequence[str] = ()) -> list[str]:
    """What axe-core finds against WCAG 2.2, levels A and AA: `rule: where` each; `only` some of its rules."""
    chosen = {"type": "rule", "values": [*only]} if only else {"type": "tag", "values": [*LEVELS]}
    found = Axe().run(page, options={"runOnly": chosen, "resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))} {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]
