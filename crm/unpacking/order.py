"""Takes the order from standard input, in JSON, reads the workbook, and answers on standard output."""

from __future__ import annotations

import json
import os
import resource
import sys
import zipfile
from pathlib import Path
from typing import Any

import python_calamine

from crm.unpacking.archive import BIG, inspect, kind_of
from crm.unpacking.pieces import ERROR_CELL, read_big_ods, read_big_xlsx, xlsx_sheets
from crm.unpacking.rows import Refused, Rows, numbered_rows


def read(path: Path, sheet: str | None, rows: Rows) -> dict[str, Any]:
    """Read the workbook and return what is known of it beside its rows."""

    kind = kind_of(path)
    path = path.rename(path.with_suffix(f".{kind.lower()}"))
    if kind == "XLS":
        return {"kind": kind, **read_whole(path, sheet, rows)}
    with zipfile.ZipFile(path) as archive:
        inspect(archive, rows.limits)
        if kind == "ODS":
            big = archive.getinfo("content.xml").file_size > BIG
            return {"kind": kind, **(read_big_ods if big else read_whole)(path, sheet, rows)}
        return {"kind": kind, **read_xlsx(archive, path, sheet, rows)}


def read_xlsx(archive: zipfile.ZipFile, path: Path, sheet: str | None, rows: Rows) -> dict[str, Any]:
    """Read a sheet whole, or in pieces when it is big; of several with a big one among them, the biggest shown."""

    sheets = xlsx_sheets(archive)
    sizes = {name: archive.getinfo(part).file_size for name, part, _shown in sheets}
    parts = {name: part for name, part, _shown in sheets}
    chosen = sheet
    if sheet is None and max(sizes.values(), default=0) > BIG:
        chosen = max(sheets, key=lambda found: (found[2], sizes[found[0]]))[0]
    if chosen is not None and sizes.get(chosen, 0) > BIG:
        return {"sheets": list(parts), **read_big_xlsx(path, parts[chosen], chosen, rows)}
    answer = read_whole(path, chosen, rows)
    part = parts.get(answer["sheet"])
    return {"errors": len(ERROR_CELL.findall(archive.read(part))) if part else 0, **answer}


def read_whole(path: Path, sheet: str | None, rows: Rows) -> dict[str, Any]:
    with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
        kinds = python_calamine.SheetTypeEnum
        listed = [found for found in book.sheets_metadata if found.typ == kinds.WorkSheet]
        shown = [found.name for found in listed if found.visible == python_calamine.SheetVisibleEnum.Visible]
        names = [found.name for found in listed]
        if not names:
            raise Refused("empty")
        chosen = sheet
        if chosen is None:
            among = shown or names
            chosen = among[0] if len(among) == 1 else max(among, key=lambda name: table_rows(book, name))
        elif chosen not in names:
            raise Refused("no_sheet", sheets=names)
        found = book.get_sheet_by_name(chosen)
        merged = [
            top[0] + 1
            for top, end in found.merged_cell_ranges or []
            if top[0] == end[0] and end[1] - top[1] > 1
        ]
        rows.add_all(found)
    return {"sheets": names, "sheet": chosen, "merged": merged[: rows.limits["rows"]]}


def table_rows(book: python_calamine.CalamineWorkbook, name: str) -> int:
    """Return how many rows of a sheet look like those of a table."""

    return sum(1 for _, row in numbered_rows(book.get_sheet_by_name(name)) if len(row) - row.count("") > 1)


def limit_this_process(limits: dict[str, int]) -> None:
    """Set the most memory, time and disk that the rest may take."""

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 30, 2 << 30))
    taken = Path("/proc/self/statm")
    if taken.exists():  # elsewhere than on Linux the limit of addresses is not kept, or not as said
        now = int(taken.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + limits["memory"],) * 2)


def main() -> None:
    order = json.load(sys.stdin)
    rows = Rows(sys.stdout.buffer, order["limits"])
    limit_this_process(order["limits"])
    try:
        answer = read(Path(order["path"]), order["sheet"], rows)
        answer |= {"rows": rows.count, "width": rows.width}
        if not rows.count:
            answer = {"refused": "empty"}
    except Refused as refused:
        answer = refused.answer
    except python_calamine.PasswordError:
        answer = {"refused": "password"}
    except MemoryError:
        answer = {"refused": "memory"}
    except BaseException:  # the native reader panics on some broken files: that is no Exception
        answer = {"refused": "damaged"}
    rows.close(answer)
    os._exit(0)  # nothing is left to do, and much to free
