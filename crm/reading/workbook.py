"""Has a workbook read by a process of its own (`crm.unpacking`), and says what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crm.reading.limits import Limits
from crm.reading.spool import Spool


_ROOT = str(Path(__file__).resolve().parent.parent.parent)
# Isolated from the folder it starts in and from the environment: nothing can be put in the way of its imports.
_START = "import sys; sys.path.append(sys.argv[1]); from crm.unpacking.order import main; main()"
# No secret of ours goes to the process that reads what others wrote.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


def read_workbook(content: bytes, *, sheet: str | None, limits: Limits) -> tuple[dict[str, Any], Spool]:
    """Return what the process said of the workbook, and its rows; `refused` holds the code of a refusal."""

    spool = Spool()
    with tempfile.TemporaryDirectory(prefix="maillage-") as folder:
        path = Path(folder) / "workbook"
        path.write_bytes(content)
        order = json.dumps({"path": str(path), "sheet": sheet, "limits": asdict(limits)})
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        try:
            ended = subprocess.run(  # noqa: S603
                [sys.executable, "-I", "-c", _START, _ROOT],
                input=order.encode(),
                stdout=spool.file,
                stderr=subprocess.PIPE,  # its end tells at once that the process has ended
                env=environment,
                timeout=limits.seconds * 2,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {"refused": "slow"}, spool
    # Killed: the native reader aborts when it asks for more memory than it may have.
    if ended.returncode < 0:
        return {"refused": "slow" if -ended.returncode in _OUT_OF_TIME else "memory"}, spool
    return spool.answer() or {"refused": "memory"}, spool


_OUT_OF_TIME = (9, 24)  # SIGKILL, SIGXCPU
