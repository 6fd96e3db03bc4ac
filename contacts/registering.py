"""What this room hands down to the ground floor: one `register()` for each part, called once when the house opens."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from contacts import check_ups, figures, home, palette, samples, scheme_figures, shortcuts, timeline
from contacts.demo.making import make
from contacts.demo.removing import remove
from contacts.importing import importer
from contacts.packs.loading import chosen_pack, load_pack
from contacts.territories.loading import load_territories
from contacts.territories.qpv_importing import QpvImporter
from crm.registry import DemoData, SetupStep, demo_data, importers, setup_steps


def register() -> None:
    """Each part of the room, in the order of the day."""
    setup_steps.add(
        SetupStep(name="closed lists", rank=10, label=_("Listes fermées"), run=_load_closed_lists)
    )
    setup_steps.add(SetupStep(name="territories", rank=20, label=_("Territoires"), run=_load_territories))
    demo_data.add(DemoData(name="contacts", rank=10, make=make, remove=remove))
    importer.register()
    importers.add(QpvImporter())
    timeline.register()
    figures.register()
    scheme_figures.register()
    home.register()
    palette.register()
    shortcuts.register()
    check_ups.register()
    samples.register()


def _load_closed_lists(tell: Callable[[str], None]) -> None:
    load_pack(chosen_pack(), progress=tell)


def _load_territories(tell: Callable[[str], None]) -> None:
    load_territories(progress=lambda step, done, total: tell(f"{step} {done}/{total}" if total > 1 else step))
