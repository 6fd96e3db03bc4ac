"""The association's own file, brought in by the person who keeps it: choose, settle, look, confirm, take back."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from contacts.models import Contact
from crm.models import ImportBatch
from crm.roles import Role
from crm.templatetags.french import grouped
from tests.browser.conftest import PHONE


MESSY = Path(__file__).parent.parent / "messy/files"
SLOW = 60_000  # milliseconds: 1,150 lines on a machine that does something else as well
PLAIN = "Nom;Prénom;Mail;Structure;Machin\nDurand;Zoé;zoe.durand@ville.example;Ville de Montreuil;truc\n"


def test_the_messy_file_comes_in_and_goes_out_again(page_as):
    counts = json.loads((MESSY / "truth.json").read_text())["counts"]
    accepted = sum(counts.values()) - counts["rejected"]
    page: Page = page_as(Role.STAFF)
    page.set_default_timeout(SLOW)

    page.goto("/crm/importbatch/")
    page.get_by_role("link", name="Importer un premier fichier").click()
    page.locator("input[type=file]").set_input_files(MESSY / "contacts.xlsx")
    expect(page.get_by_text("contacts.xlsx")).to_be_visible()
    page.get_by_role("button", name="Lire ce fichier").click()

    expect(page.get_by_role("heading", name="Que contiennent ces colonnes")).to_be_visible(timeout=SLOW)
    page.get_by_label("Libellé publipostage").select_option(label="Laisser cette colonne de côté")
    page.get_by_role("button", name="Voir ce qui va se passer").click()

    bar = page.locator("#confirm-bar")
    expect(bar).to_contain_text(f"{grouped(counts['created'])} à créer", timeout=SLOW)
    digest = bar.locator("[name=digest]").input_value()
    page.get_by_role("group").filter(has_text="Thématiques").locator("summary").click()
    page.get_by_label("« Santé mantale »").select_option(label="C’est « Santé mentale »")
    expect(bar.locator("[name=digest]")).not_to_have_value(digest, timeout=SLOW)
    page.get_by_role("link", name=re.compile("mises de côté")).click()
    expect(page.get_by_role("heading", name="Mises de côté", exact=True)).to_be_visible()
    expect(page.locator("#lignes tbody tr")).to_have_count(counts["rejected"])
    assert Contact.objects.count() == 0
    bar.get_by_role("button", name=re.compile("Importer")).click()

    expect(page.get_by_role("heading", name=re.compile("lignes importées"))).to_be_visible(timeout=SLOW)
    shown = page.get_by_role("heading", name=re.compile("lignes importées")).inner_text()
    assert "".join(re.findall(r"\d", shown.split("lignes")[0])) == str(accepted)
    assert Contact.objects.count() >= counts["created"]
    page.get_by_role("link", name="Annuler cet import").click()
    page.get_by_role("button", name="Annuler cet import").click()

    expect(page.get_by_text("Cet import a été annulé")).to_be_visible(timeout=SLOW)
    assert Contact.objects.present().count() == 0


def test_a_file_comes_in_by_the_keyboard_alone_on_a_phone(page_as):
    page: Page = page_as(Role.STAFF)
    page.set_viewport_size(PHONE)

    def narrow_enough() -> bool:
        return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))

    page.goto("/crm/importbatch/nouveau/")
    assert narrow_enough()
    file = page.locator("input[type=file]")
    file.focus()
    file.set_input_files({"name": "contacts.csv", "mimeType": "text/csv", "buffer": PLAIN.encode()})
    _tab_to(page, "Lire ce fichier")
    page.keyboard.press("Enter")

    field = page.get_by_label("Machin")
    expect(field).to_be_visible()
    assert narrow_enough()
    field.focus()
    page.keyboard.type("Laisser")
    _tab_to(page, "Voir ce qui va se passer")
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Importer une ligne")).to_be_visible()
    assert narrow_enough()
    _tab_to(page, "Importer une ligne")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Une ligne importée")).to_be_visible()
    assert narrow_enough()
    assert ImportBatch.objects.get().state == ImportBatch.State.APPLIED


def _tab_to(page: Page, words: str) -> None:
    """Press Tab until the focus is on what bears these words."""
    for _press in range(80):
        page.keyboard.press("Tab")
        if words in (page.evaluate("document.activeElement.innerText") or ""):
            return
    raise AssertionError(f"« {words} » cannot be reached by the keyboard")


def test_going_back_after_an_import_leads_to_its_report(page_as):
    page: Page = page_as(Role.STAFF)
    page.goto("/crm/importbatch/nouveau/")
    buffer = PLAIN.replace(";Machin", "").replace(";truc", "").encode()
    page.locator("input[type=file]").set_input_files(
        {"name": "c.csv", "mimeType": "text/csv", "buffer": buffer}
    )
    page.get_by_role("button", name="Lire ce fichier").click()
    page.get_by_role("button", name="Importer une ligne").click()
    expect(page.get_by_role("heading", name="Une ligne importée")).to_be_visible()

    page.go_back()

    expect(page.get_by_role("heading", name="Une ligne importée")).to_be_visible()
    assert Contact.objects.people().count() == 1
