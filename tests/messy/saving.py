"""Saves a workbook again with LibreOffice, so that what we read was not only written by ourselves."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path


#: What to add to the file's name → LibreOffice's filter.
CSV_WINDOWS = "csv:Text - txt - csv (StarCalc):59,34,1,1,,0,false,true"
CSV_UTF16 = "csv:Text - txt - csv (StarCalc):9,34,65535,1,,0,false,true"
FORMS = {
    ".libreoffice.xlsx": "xlsx:Calc MS Excel 2007 XML",
    ".libreoffice.xls": "xls:MS Excel 97",
    ".libreoffice.ods": "ods:calc8",
    ".windows-1252.csv": CSV_WINDOWS,
    ".utf-16.csv": CSV_UTF16,
}

#: LibreOffice computes every formula anew: a form that keeps no text beside a formula (XLS) would else hold zeros.
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def save_by_libreoffice(workbook: Path, into: Path, *, forms: dict[str, str] = FORMS) -> list[Path]:
    """Convert `workbook` to each form. Raises FileNotFoundError without soffice, CalledProcessError if it fails."""
    saved = []
    with tempfile.TemporaryDirectory() as scratch:
        settings = Path(scratch) / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(RECALCULATE, encoding="utf-8")
        for ending, form in forms.items():
            extension = "." + form.partition(":")[0]
            subprocess.run(
                ["soffice", f"-env:UserInstallation=file://{scratch}/profile", "--headless", "--convert-to", form, "--outdir", f"{scratch}/out", str(workbook)],
                check=True, capture_output=True, timeout=180,
            )  # fmt: skip
            target = into / (workbook.stem + ending)
            target.write_bytes((Path(scratch) / "out" / (workbook.stem + extension)).read_bytes())
            saved.append(target)
    return saved


def libreoffice_version() -> str:
    return subprocess.run(
        ["soffice", "--version"], check=True, capture_output=True, text=True, timeout=60
    ).stdout.strip()
