"""What this room hands down to the ground floor: one `register()` for each part, called once when the house opens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.utils.translation import gettext_lazy as _

from contacts import (
    check_ups,
    figures,
    home,
    palette,
    positioning,
    samples,
    scheme_figures,
    shortcuts,
    timeline,
    trashing,
)
from contacts.demo.making import make
from contacts.demo.removing import remove
from contacts.importing import importer
from contacts.packs.beginning import begin_with
from contacts.packs.loading import chosen_pack, load_pack, packs
from contacts.territories.loading import load_territories
from contacts.territories.qpv_importing import QpvImporter
from crm import daily
from crm.registry import (
    DailyDeed,
    DemoData,
    SetupStep,
    StartingPack,
    daily_deeds,
    demo_data,
    importers,
    setup_steps,
    starting_packs,
)


def register() -> None:
    """Each part of the room, in the order of the day."""
    setup_steps.add(
        SetupStep(name="closed lists", rank=10, label=_("Listes fermées"), run=_load_closed_lists)
    )
    setup_steps.add(SetupStep(name="territories", rank=20, label=_("Territoires"), run=_load_territories))
    for rank, pack in enumerate(packs().values()):
        starting_packs.add(
            StartingPack(
                name=pack.code,
                label=pack.name,
                description=pack.description,
                begin=partial(begin_with, pack.code),
                is_chosen=partial(_is_chosen, pack.code),
                rank=rank,
            )
        )
    demo_data.add(DemoData(name="contacts", rank=10, make=make, remove=remove))
    daily_deeds.add(
        DailyDeed(name="trash", label=_("Fiches supprimées pour de bon"), run=_empty_trash, rank=10)
    )
    daily_deeds.add(
        DailyDeed(name="posts", label=_("Postes arrivés à leur terme"), run=_retire_lapsed, rank=20)
    )
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
    trashing.register()


def _load_closed_lists(tell: Callable[[str], None]) -> None:
    load_pack(chosen_pack(), progress=tell)


def _load_territories(tell: Callable[[str], None]) -> None:
    load_territories(progress=lambda step, done, total: tell(f"{step} {done}/{total}" if total > 1 else step))


def _empty_trash() -> int:
    gone, _held = trashing.empty()
    return gone


def _retire_lapsed() -> int:
    return positioning.retire_lapsed(days=max(31, (daily.days_since() or 0) + 1))


def _is_chosen(pack: str) -> bool:
    return chosen_pack() == pack
