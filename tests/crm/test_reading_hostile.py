"""Whatever is sent, the answer is a sheet or a sentence: soon, in little memory, and never another exception."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

from tests.crm.hostile import hostile_files


COUNT = 300
SEED = 20250106

# In a process of its own: the memory that the test run has taken before would hide what the reader takes. Time is
# that of the processor, so that a busy machine does not fail the test.
READ_ALL = f"""
import json, os, resource
from django.conf import settings
settings.configure(LANGUAGE_CODE="fr")
import django; django.setup()
from crm.reading import Unreadable, find_table, open_sheet
from tests.crm.hostile import hostile_files

files = list(hostile_files({COUNT}, {SEED}))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

answers = []
for name, content in files:
    started = sum(os.times()[:4])
    try:
        table = find_table(open_sheet(content, name=name), {{"nom", "mail", "cp"}}.__contains__)
        answer = [name, "read", sum(1 for _ in table.data_rows()), len(table.not_data)]
    except Unreadable as refused:
        answer = [name, "refused", refused.reason, refused.hint]
    except BaseException as error:
        answer = [name, "failed", repr(error), ""]
    answers.append([*answer, sum(os.times()[:4]) - started])  # seconds of computing, by whichever process
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
apart = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({{"answers": answers, "grown": grown / 1024, "apart": apart / 1024}}))
"""


def test_hostile_files_are_read_or_refused_soon_and_in_little_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )

    said = json.loads(done.stdout)
    answers = said["answers"]
    assert len(answers) == COUNT
    assert [answer for answer in answers if answer[1] == "failed"] == []
    assert [
        answer
        for answer in answers
        if answer[1] == "refused" and not (answer[2].endswith(".") and answer[3].endswith("."))
    ] == []
    assert [answer for answer in answers if answer[4] > 2] == []
    assert said["grown"] < 300
    assert said["apart"] < 300
    # The mutants are near enough to honest files that some are read.
    assert {"read", "refused"} == {answer[1] for answer in answers if answer[0].startswith("mutant")}


def test_the_files_are_the_same_for_one_seed() -> None:
    assert list(islice(hostile_files(200, 5), 150, 200)) == list(islice(hostile_files(200, 5), 150, 200))
    assert list(hostile_files(220, 5))[180:] != list(hostile_files(220, 6))[180:]
