"""Two processes confirm at one moment: one file enters once, and the other process is told why its own does not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from contacts.models import Contact
from crm.models import ImportBatch
from tests.contacts.importing.bringing import plain, received
from tests.messy.scale import write_contacts_csv


ROOT = Path(__file__).parents[2]
ROWS = 120
pytestmark = [pytest.mark.data, pytest.mark.django_db(transaction=True)]

# Confirms one batch; `planned` waits until both processes have planned, so that both have seen the same base.
SCRIPT = """
import json, sys, time
from pathlib import Path
import django
django.setup()
from contacts.importing import importer
from crm import receiving
from crm.models import ImportBatch
number, me, folder, both, guarded = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), *map(int, sys.argv[4:6])
def meet(name):
    (folder / f"{name}-{me}").touch()
    limit = time.monotonic() + 30
    while both and len([*folder.glob(f"{name}-*")]) < 2 and time.monotonic() < limit:
        time.sleep(0.01)
checked = importer.TableImporter._checked
def planned(self, batch, file, once=[]):
    plan = checked(self, batch, file)
    if not once:
        once.append(True)
        meet("planned")
    return plan
importer.TableImporter._checked = planned
if not guarded:
    importer._stamp = lambda: ()
batch = ImportBatch.objects.get(pk=number)
meet("ready")
try:
    said = {"created": receiving.confirm(batch, by=None)["created"]}
except receiving.Refused as refusal:
    said = {"refused": str(refusal), "kind": type(refusal).__name__}
print(json.dumps(said))
"""


def planned_batch(tmp_path: Path) -> ImportBatch:
    from crm import receiving  # noqa: PLC0415

    path = tmp_path / "contacts.csv"
    write_contacts_csv(path, ROWS)
    batch = received(path.read_bytes())
    receiving.preview(batch)
    return batch


def confirmed(
    batches: list[ImportBatch], folder: Path, database_url: str, *, wait: bool, guarded: bool = True
) -> list[dict[str, object]]:
    """What each of two processes says."""
    folder.mkdir(exist_ok=True)
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    running = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                SCRIPT,
                str(batch.pk),
                str(me),
                str(folder),
                str(int(wait)),
                str(int(guarded)),
            ],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for me, batch in enumerate(batches)
    ]
    return [json.loads(process.communicate()[0].splitlines()[-1]) for process in running]


def test_one_import_confirmed_twice_at_once_enters_once(tmp_path, database_url):
    batch = planned_batch(tmp_path)

    said = confirmed([batch, batch], tmp_path / "meeting", database_url, wait=False)

    (refused,) = [answer for answer in said if "refused" in answer]
    assert [answer["created"] for answer in said if "created" in answer] == [ROWS]
    assert "a été confirmé ou laissé dans une autre fenêtre" in plain(str(refused["refused"]))
    assert Contact.objects.people().count() == ROWS
    assert ImportBatch.objects.get().state == ImportBatch.State.APPLIED


@pytest.mark.parametrize(("guarded", "people"), [(False, 2 * ROWS), (True, ROWS)])
def test_one_file_received_twice_and_confirmed_at_once_does_not_double_its_people(
    tmp_path, database_url, guarded, people
):
    batches = [planned_batch(tmp_path), planned_batch(tmp_path)]

    said = confirmed(batches, tmp_path / "meeting", database_url, wait=True, guarded=guarded)

    assert Contact.objects.people().count() == people
    if guarded:
        (refused,) = [answer for answer in said if "refused" in answer]
        assert refused["kind"] == "PlanOutdated"
        assert "relisez-le avant de confirmer" in plain(str(refused["refused"]))
        states = ImportBatch.objects.order_by("state").values_list("state", flat=True)
        assert [*states] == [ImportBatch.State.APPLIED, ImportBatch.State.PLANNED]
