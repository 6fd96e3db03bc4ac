"""An import that is killed leaves nothing, and the file may be brought in again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from contacts.models import Channel, Contact, ContactTerritory, Opposition, SuppressedAddress
from crm.models import AuditEntry, ImportChange
from tests.messy.scale import write_contacts_csv


ROOT = Path(__file__).parents[3]


def started(path: Path, database_url: str) -> subprocess.Popen[str]:
    environment = os.environ | {"DATABASE_URL": database_url, "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    command = [sys.executable, "manage.py", "import_file", "contacts", str(path), "--json"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def held() -> tuple[int, ...]:
    tables = (Contact, Channel, ContactTerritory, Opposition, SuppressedAddress, ImportChange, AuditEntry)
    return (*(table._base_manager.count() for table in tables), Contact.history.count())


@pytest.mark.deep
@pytest.mark.data
@pytest.mark.django_db(transaction=True)
def test_an_import_killed_at_any_moment_leaves_nothing(tmp_path: Path, database_url: str) -> None:
    path = tmp_path / "contacts.csv"
    write_contacts_csv(path, 4_000)
    before = held()

    for moment in range(6):
        with started(path, database_url) as process:
            time.sleep(1.5 + moment)
            process.kill()
        assert held() == before, moment
    with started(path, database_url) as process:
        said, _errors = process.communicate()

    report = json.loads(said)
    assert report["created"] + report["merged"] == report["rows"] == 4_000
    assert Contact.objects.count() == report["objects"]["persons"] + report["objects"]["organisations"]
