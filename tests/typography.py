"""French typography in the strings on screen: `python -m tests.typography` lists what is wrong, `--fix` puts it right.

No-break space before : and inside « », narrow no-break space before ; ! ? and inside numbers, ’ between letters, … for
three dots. Contributors type plain spaces and let `make fix` do the rest.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polib


ROOT = Path(__file__).resolve().parent.parent
GETTEXT = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}
IN_TEMPLATE = re.compile(
    r"""{%\s*(?:translate|trans)\s+(?:"(?P<double>[^"]+)"|'(?P<single>[^']+)')"""
    r"""|{%\s*blocktranslate[^%]*%}(?P<block>.*?){%\s*endblocktranslate""",
    re.DOTALL,
)
KEPT = re.compile(r"({{.*?}}|{%.*?%}|<[^>]*>|&\w+;|https?://\S+|%\(\w+\)[sd]|[\w.-]+\.py\b)", re.DOTALL)
END = r"""(?=\s|$|["<])"""
NOT_QUOTING = {"typography.py", "test_architecture.py"}
RULES = [
    (re.compile(r"[ \u00a0](?=[;!?])"), "\u202f"),
    (re.compile(r"[ \u202f](?=:" + END + ")"), "\u00a0"),
    (re.compile(r"(?<=[^\W\d_])(?=[!?]" + END + ")"), "\u202f"),
    (re.compile(r"(?<=[^\W\d_])(?=:" + END + ")"), "\u00a0"),
    (re.compile(r"[ \u202f](?=»)"), "\u00a0"),
    (re.compile(r"(?<=«)[ \u202f]"), "\u00a0"),
    (re.compile(r"(?<=\d)[ \u00a0](?=\d{3}(?!\d))"), "\u202f"),
    (re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])"), "’"),
    (re.compile(r"\.\.\."), "…"),
]


@dataclass(frozen=True)
class Message:
    """A string on screen: where it is written, from which character to which, and what it says."""

    path: Path
    line: int
    begin: int
    end: int
    text: str


def set_right(text: str) -> str:
    """The same sentence with the spaces, apostrophes and dots of French; variables and tags are left alone."""
    pieces = KEPT.split(text)
    for place in range(0, len(pieces), 2):
        for wrong, right in RULES:
            pieces[place] = wrong.sub(right, pieces[place])
    return "".join(pieces)


def messages_of_code(path: Path) -> Iterator[Message]:
    """The literal arguments of gettext's functions in a Python file."""
    yield from _literals(
        path,
        (
            part
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) in GETTEXT
            for part in node.args
        ),
    )


def strings_of(path: Path) -> Iterator[Message]:
    """Every literal string of a Python file, but those with values inside."""
    yield from _literals(path, ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def _literals(path: Path, nodes: Iterable[ast.AST]) -> Iterator[Message]:
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def offset(row: int, column: int) -> int:
        return starts[row - 1] + len(lines[row - 1].encode()[:column].decode())

    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            begin = offset(node.lineno, node.col_offset)
            end = offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
            if source[begin : begin + 1] in {'"', "'"}:
                yield Message(path, node.lineno, begin, end, node.value)


def messages_of_template(path: Path) -> Iterator[Message]:
    """What `translate` and `blocktranslate` hold in a template."""
    source = path.read_text(encoding="utf-8")
    for found in IN_TEMPLATE.finditer(source):
        name = str(found.lastgroup)
        begin, end = found.span(name)
        yield Message(path, source.count("\n", 0, begin) + 1, begin, end, found[name])


def messages() -> Iterator[Message]:
    """Every string of ours that is shown."""
    for room in ("config", "crm", "contacts"):
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from messages_of_code(path)
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield from messages_of_template(path)


def fix(path: Path, wrong: list[Message]) -> None:
    """Rewrite these messages of a file where they stand."""
    source = path.read_text(encoding="utf-8")
    for message in sorted(wrong, key=lambda message: -message.begin):
        written = source[message.begin : message.end]
        source = source[: message.begin] + set_right(written) + source[message.end :]
    path.write_text(source, encoding="utf-8")


def fix_tests(changed: list[Message]) -> None:
    """Follow in the tests what was put right: a string that quotes one of these messages is put right with it."""
    values = re.compile(r"%\\\(\w+\\\)[sd]|\\{\\{.*?\\}\\}")
    known = [
        re.compile(values.sub(".+?", re.escape(message.text)))
        for message in changed
        if sum(letter.isalpha() for letter in KEPT.sub("", message.text)) > 12  # « %(label)s : » is anywhere
    ]
    for path in sorted((ROOT / "tests").rglob("*.py")):
        quoting = [text for text in strings_of(path) if any(text_of.search(text.text) for text_of in known)]
        wrong = [text for text in quoting if set_right(text.text) != text.text]
        if wrong and path.name not in NOT_QUOTING and "messy" not in path.parts:
            fix(path, wrong)


def catalogue_of(language: str) -> polib.POFile:
    """The catalogue of translations into this language."""
    return polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))


def fix_catalogues() -> None:
    """Follow in the catalogues what was put right in the code; and put right the French given to libraries."""
    english, french = catalogue_of("en"), catalogue_of("fr")
    ours = {entry.msgid for entry in english}
    for entry in (*english, *(entry for entry in french if entry.msgid in ours)):
        entry.msgid, entry.msgid_plural = set_right(entry.msgid), set_right(entry.msgid_plural)
    for entry in french:
        entry.msgstr = set_right(entry.msgstr)
        entry.msgstr_plural = {place: set_right(text) for place, text in entry.msgstr_plural.items()}
    for catalogue in (english, french):
        catalogue.save()
        catalogue.save_as_mofile(str(Path(catalogue.fpath).with_suffix(".mo")))


def main(arguments: list[str]) -> int:
    wrong = [message for message in messages() if set_right(message.text) != message.text]
    if "--fix" in arguments:
        for path in {message.path for message in wrong}:
            fix(path, [message for message in wrong if message.path == path])
        if wrong:
            fix_catalogues()
            fix_tests(wrong)
        return 0
    for message in wrong:
        print(f"{message.path.relative_to(ROOT)}:{message.line}: {message.text!r}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
