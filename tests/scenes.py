"""The pages to look at, each in a state worth seeing: every address that answers a page, and what one does on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Error, Page, Response

from contacts.models import Contact, ContactFile, DoublePair, Interaction, Merge, Scheme
from crm import addresses
from crm.models import Association, Export, ImportBatch, SavedFilter
from crm.roles import Role


type Act = Callable[[Page], object]

# Which bases a scene is looked at on: nobody has an account yet; accounts, no data; the demonstration.
FRESH, EMPTY, FULL = "neuve", "vide", "pleine"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A page in one state. `role` None is somebody who is not signed in."""

    name: str
    path: str
    role: Role | None = Role.MANAGER
    act: Act | None = None
    status: int = 200
    bases: tuple[str, ...] = (FULL,)


def scenes(base: str) -> list[Scene]:
    """Those of this base, the special ones first; asks the base in use which records it holds."""
    named = [*_outside(), *_everywhere(), *(_records() if base == FULL else ())]
    known = {scene.path for scene in named if scene.act is None}
    others = [] if base == FRESH else [scene for scene in _every_address(base) if scene.path not in known]
    return [scene for scene in [*named, *others] if base in scene.bases]


def _url(name: str, *arguments: Any, query: str = "") -> str:
    return reverse(f"admin:{name}", args=arguments) + (f"?{query}" if query else "")


def _outside() -> Iterator[Scene]:
    yield Scene(name="bienvenue", path="/bienvenue/", role=None, bases=(FRESH,))
    yield Scene(name="bienvenue-mes-donnees", path="/bienvenue/?choix=donnees", role=None, bases=(FRESH,))
    yield Scene(
        name="bienvenue-erreurs",
        path="/bienvenue/?choix=donnees",
        role=None,
        act=_send("main form"),
        bases=(FRESH,),
    )
    yield Scene(name="connexion", path=reverse("account_login"), role=None, bases=(EMPTY, FULL))
    yield Scene(name="connexion-erreur", path=reverse("account_login"), role=None, act=_wrong_password)
    for name in (
        "account_reset_password",
        "account_reset_password_done",
        "ask_sign_in_link",
        "account_inactive",
    ):
        yield Scene(name=f"sans-compte-{name}", path=reverse(name), role=None)
    dead = reverse("invitation", args=["x"])
    yield Scene(name="invitation-passee", path=dead, role=None, status=404)
    yield Scene(name="introuvable-sans-compte", path="/nulle-part/", role=None, status=404)


def _everywhere() -> Iterator[Scene]:
    people = _url("contacts_contact_changelist", query="kind__exact=person")
    both = (EMPTY, FULL)
    yield Scene(name="accueil", path="/", bases=both)
    for role in (Role.STAFF, Role.BOARD, Role.READER):
        yield Scene(name=f"accueil-{role.name.lower()}", path="/", role=role)
    yield Scene(name="personnes", path=people, bases=both)
    yield Scene(name="personnes-lecture", path=people, role=Role.READER)
    yield Scene(
        name="structures",
        path=_url("contacts_contact_changelist", query="kind__exact=organisation"),
        bases=both,
    )
    yield Scene(name="liste-filtree", path=people + "&theme=T04&in=region:11")
    yield Scene(name="liste-trouvee", path=_url("contacts_contact_changelist", query="q=sante"))
    yield Scene(
        name="liste-sans-resultat",
        path=_url("contacts_contact_changelist", query="q=zzzz+introuvable"),
        bases=both,
    )
    yield Scene(name="liste-filtres", path=people, act=_open_filters)
    yield Scene(name="liste-cochee", path=people, act=_tick_two)
    yield Scene(name="liste-page-2", path=people + "&p=2")
    yield Scene(name="recherche-ctrl-k", path="/", act=_palette)
    yield Scene(name="raccourcis", path="/", act=_press("?"))
    yield Scene(name="menu-compte", path="/", act=_account_menu)
    yield Scene(name="ajout-personne", path=_url("contacts_contact_add", query="kind=person"), bases=both)
    yield Scene(name="ajout-structure", path=_url("contacts_contact_add", query="kind=organisation"))
    yield Scene(
        name="ajout-erreurs",
        path=_url("contacts_contact_add", query="kind=person"),
        act=_send("#contact_form"),
        bases=both,
    )
    yield Scene(name="import-choix", path=_url("crm_importbatch_upload"), bases=both)
    yield Scene(name="import-sans-fichier", path=_url("crm_importbatch_upload"), act=_send("form[enctype]"))
    yield Scene(name="export", path=_url("contacts_contact_export"))
    yield Scene(name="export-erreurs", path=_url("contacts_contact_export"), act=_send("#export-form"))
    yield Scene(name="reserve", path=_url("crm_user_changelist"), role=Role.READER, status=403)
    yield Scene(name="introuvable", path="/nulle-part/", status=404)


def _records() -> Iterator[Scene]:
    """Records that have much to show."""
    exchange = Interaction.objects.order_by("pk").last()
    assert exchange is not None
    person, organisation = exchange.contact, _best_organisation()
    for tab in ("fiche", "parcours", "activite", "diffusion", "historique"):
        yield Scene(
            name=f"personne-{tab}", path=_url("contacts_contact_record", person.pk, query=f"onglet={tab}")
        )
    yield Scene(name="personne-lecture", path=_url("contacts_contact_record", person.pk), role=Role.READER)
    yield Scene(name="structure-fiche", path=_url("contacts_contact_record", organisation.pk))
    yield Scene(name="modifier-personne", path=_url("contacts_contact_change", person.pk))
    yield Scene(
        name="deux-personnes", path=_url("contacts_contact_change", person.pk), act=_write_after_another
    )
    yield Scene(name="modifier-structure", path=_url("contacts_contact_change", organisation.pk))
    actor = Export.objects.order_by("pk").values_list("owner", flat=True).last()
    yield Scene(name="journal-compte", path=_url("crm_auditentry_account", query=_since(actor)))
    yield Scene(
        name="journal-compte-exports",
        path=_url("crm_auditentry_account", query=_since(actor) + "&voir=exports"),
    )
    yield Scene(
        name="journal-compte-rien", path=_url("crm_auditentry_account", query=_since(actor, 900, 800))
    )
    scheme = Scheme.objects.exclude(coordinations=None).order_by("pk").first()
    if scheme is not None:
        yield Scene(name="demarche-fiche", path=_url("contacts_scheme_record", scheme.pk))
    pair = DoublePair.objects.filter(verdict=DoublePair.Verdict.OPEN).order_by("pk").first()
    if pair is not None:
        yield Scene(name="fusion", path=_url("contacts_contact_merge", pair.first_id, pair.second_id))
    merge = Merge.objects.order_by("pk").last()
    if merge is not None:
        yield Scene(
            name="fusion-faite",
            path=_url("contacts_contact_record", merge.kept_id, query="onglet=historique"),
        )
    for batch in ImportBatch.objects.exclude(kind="demo").exclude(file="").order_by("pk"):
        if batch.state == ImportBatch.State.PLANNED:
            asked = any(heading["column"] is None for heading in batch.preview["headings"])
            step = "colonnes" if asked else "apercu"
            yield Scene(
                name=f"import-{step}",
                path=_url(f"crm_importbatch_{'columns' if asked else 'preview'}", batch.pk),
            )
            if step == "apercu":
                for group in ("rejected", "warning", "not_data"):
                    preview = _url("crm_importbatch_preview", batch.pk, query=f"voir={group}")
                    yield Scene(name=f"import-apercu-{group}", path=preview)
        elif batch.state == ImportBatch.State.APPLIED:
            yield Scene(name="import-rapport", path=_url("crm_importbatch_record", batch.pk))
            yield Scene(name="import-annuler", path=_url("crm_importbatch_undo", batch.pk))
        elif batch.state == ImportBatch.State.RECEIVED:
            yield Scene(name="import-deja-fait", path=_url("crm_importbatch_known", batch.pk))


def _since(account: int | None, first: int = 30, last: int = 0) -> str:
    """The question about an account, from so many days ago to so many."""
    today = timezone.localdate()
    days = {"du": today - timedelta(days=first), "au": today - timedelta(days=last)}
    return urlencode({"compte": account or "", **days})


def _best_organisation() -> Contact:
    """One where several people work."""
    at = (
        Contact.objects.present()
        .people()
        .exclude(main_organisation=None)
        .values_list("main_organisation", flat=True)
    )
    counted = sorted(at, key=[*at].count)
    return Contact.objects.get(pk=counted[-1])


# --- every address the resolver has ------------------------------------------------------------------------


def _every_address(base: str) -> Iterator[Scene]:
    """Whatever the resolver has, with a record that exists; an empty base has none to put in an address."""
    values = _values() if base == FULL else {}
    for page in addresses.pages():
        name = page.name.removeprefix("admin:")
        if not name or page.name in {"set_language", "admin:logout", "first_day"}:
            continue
        given: list[Any] = []
        for argument in page.arguments:
            found = values.get((page.name, argument), values.get(argument))
            if found is None and page.model is not None and base == FULL:
                row = page.model._default_manager.order_by("pk").first()
                found = row.pk if row else None
            given.append(found)
        if None not in given:
            yield Scene(name=name, path=reverse(page.name, args=given), bases=(base,))


def _values() -> dict[Any, Any]:
    """What to put in the addresses, besides the first record of the model they begin with."""
    exchange, paper = Interaction.objects.order_by("pk").last(), ContactFile.objects.first()
    batch = ImportBatch.objects.filter(state=ImportBatch.State.APPLIED).exclude(file="").first()
    export, kept = Export.objects.first(), SavedFilter.objects.first()
    Association.own()
    person = exchange.contact_id if exchange else None
    values: dict[Any, Any] = {
        "app_label": "contacts",
        "exchange": exchange.pk if exchange else None,
        "file": paper.pk if paper else None,
        "kind": "contacts",
        "name": "theme",
        "page": "contacts_contact",
        "purpose": "newsletter",
        "answer": "refus",
        ("admin:saved_filter_rename", "pk"): kept.pk if kept else None,
        ("admin:saved_filter_delete", "pk"): kept.pk if kept else None,
        ("admin:crm_export_record", "object_id"): export.pk if export else None,
    }
    for page in addresses.pages():
        if page.name.startswith("admin:contacts_contact_") and page.arguments[:1] == ["pk"]:
            values[page.name, "pk"] = person
        if page.name.startswith("admin:crm_importbatch_") and batch is not None:
            values[page.name, page.arguments[0] if page.arguments else ""] = batch.pk
    return values


def opened(page: Page, scene: Scene) -> Response | None:
    """Open the scene's address; its answer, if that is the page the scene is about: not a download, a fragment, a refusal,
    or a way to another page."""
    try:
        answer = page.goto(scene.path)
    except Error as why:
        if "Download is starting" in str(why) or "ERR_HTTP_RESPONSE_CODE_FAILURE" in str(
            why
        ):  # a file; a bare 405
            return None
        raise
    if answer is None or answer.status != scene.status or answer.request.redirected_from is not None:
        return None
    return answer if b"<html" in answer.body() else None


# --- what one does on a page --------------------------------------------------------------------------------


def _send(form: str) -> Act:
    """Send this form as it is, past the browser's own objections: the page says what is wrong."""

    def act(page: Page) -> None:
        with page.expect_navigation():
            page.locator(form).first.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")

    return act


def _press(key: str) -> Act:
    def act(page: Page) -> None:
        page.keyboard.press(key)
        page.wait_for_timeout(150)

    return act


def _write_after_another(page: Page) -> None:
    """Send a form as if somebody else had changed what one types oneself."""
    page.evaluate(
        """() => {
          const carried = document.querySelector("[name=read_state]"), read = JSON.parse(carried.value);
          read.version = "0";
          read.fields.city = "Saint-Denis";
          read.fields.notes = "À rappeler en juin.";
          for (const row of Object.values(read.rows.channels)) row.comment = "standard";
          carried.value = JSON.stringify(read);
          document.querySelector("#id_city").value = "Bobigny";
          document.querySelector("#id_notes").value = "Rencontrée au séminaire de mai ; propose une salle.";
          document.querySelector("#id_channels-0-comment").value = "le matin";
        }"""
    )
    with page.expect_navigation():
        page.locator("#contact_form").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")


def _wrong_password(page: Page) -> None:
    page.locator("#login-form input[name=login]").fill("nadia@exemple.example")
    page.locator("#login-form input[name=password]").fill("pas le bon")
    with page.expect_navigation():
        page.locator("#login-form [type=submit]").click()


def _open_filters(page: Page) -> None:
    page.locator("[data-l-open]").click()
    for title in page.locator(".l-filter > summary").all()[:3]:
        title.click()
    page.wait_for_load_state("networkidle")


def _tick_two(page: Page) -> None:
    for tick in page.locator("input[name=_selected_action]").all()[:2]:
        tick.check()


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("#search-input-command").press_sequentially("sant", delay=20)
    page.locator("#command-results-list li").first.wait_for()


def _account_menu(page: Page) -> None:
    if page.viewport_size and page.viewport_size["width"] < 1280:
        page.locator("[aria-controls=nav-sidebar]").click()
    page.locator("[aria-controls=own-menu]").click()
    page.wait_for_timeout(150)
