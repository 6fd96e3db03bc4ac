"""What a browser would send: the forms of a page as they are rendered, hidden fields included."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Sendable:
    """One form of a page: its address and its fields as they stand. Files and buttons are left out."""

    method: str = "get"
    action: str = ""
    id: str = ""
    said: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def with_(self, **changed: Any) -> dict[str, Any]:
        """The fields, some typed otherwise; None leaves one out."""
        said: dict[str, Any] = {**self.said, **changed}
        return {name: value for name, value in said.items() if value is not None}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Sendable] = []
        self.by_id: dict[str, Sendable] = {}
        self._inside: Sendable | None = None
        self._select: tuple[str, bool] | None = None
        self._options: list[tuple[str, bool]] = []
        self._option: str | None = None
        self._textarea: str | None = None
        self._text: list[str] = []
        self._template = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "template":
            self._template += 1
        if tag == "form":
            self._inside = Sendable(
                said.get("method", "get").lower(), said.get("action", ""), said.get("id", "")
            )
            self.forms.append(self._inside)
            return
        name = said.get("name", "")
        if self._inside is None or self._template or "disabled" in said:
            return
        if tag == "input" and name:
            kind = said.get("type", "text")
            if kind == "file":
                self._inside.files.append(name)
            elif kind in {"checkbox", "radio"}:
                if "checked" in said:
                    self._add(name, said.get("value", "on"))
            elif kind not in {"submit", "button", "image", "reset"}:
                self._add(name, said.get("value", ""))
        elif tag == "textarea" and name:
            self._textarea, self._text = name, []
        elif tag == "select" and name:
            self._select, self._options = (name, "multiple" in said), []
        elif tag == "option" and self._select:
            self._options.append((said.get("value", ""), "selected" in said))

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._template -= 1
        elif tag == "form":
            self._inside = None
        elif tag == "textarea" and self._textarea is not None:
            self._add(self._textarea, "".join(self._text).removeprefix("\n"))
            self._textarea = None
        elif tag == "select" and self._select:
            name, many = self._select
            chosen = [value for value, is_chosen in self._options if is_chosen]
            if not chosen and not many and self._options:
                chosen = [self._options[0][0]]
            for value in chosen:
                self._add(name, value)
            self._select = None

    def _add(self, name: str, value: str) -> None:
        if self._inside is not None and "__prefix__" not in name:
            self._inside.said.setdefault(name, []).append(value)


def forms_of(page: Any) -> list[Sendable]:
    """The forms of an answer, in their order."""
    reader = _Reader()
    reader.feed(page.content.decode() if hasattr(page, "content") else page)
    return reader.forms


def form_of(page: Any, *, id: str = "", action: str | None = None, holding: str = "") -> Sendable:
    """The first form sent by POST with that id or address, or that holds a field of that name."""
    for form in forms_of(page):
        fits = (not id or form.id == id) and (action is None or form.action == action)
        if form.method == "post" and fits and (not holding or holding in form.said):
            return form
    raise AssertionError(f"no form {id or action or holding!r} on this page")
