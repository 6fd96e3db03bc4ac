"""The first day: one page asks how to begin, once."""

from __future__ import annotations

import json
import threading
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.urls import reverse

from contacts.models import Source, Theme
from contacts.packs.loading import chosen_pack, read
from crm.demonstrating import JOB, LOGINS, PASSWORD, open_with_demo, remove_demo
from crm.models import Association, AuditEntry, Deed, Job, User
from crm.opening import AlreadyOpenError, open_with_own_data
from crm.registry import DemoData, demo_data
from crm.roles import Role
from tests.factories import PersonFactory, UserFactory
from tests.sending import form_of


FIRST_PAGE = reverse("first_day")
ACCOUNT = {
    "choice": "own",
    "association_name": "Réseau des Quatre Rivières",
    "first_name": "Zoé",
    "last_name": "Œdipe",
    "email": "Zoe@Quatre-Rivieres.example",
    "password1": "quatre rivières et un pont",
    "password2": "quatre rivières et un pont",
}


@pytest.fixture
def one_part_of_demo(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """A demonstration of one part, which notes what it was asked."""
    asked: dict[str, int] = {}

    def make(*, contacts, seed, advance):
        asked.update(contacts=contacts, seed=seed)
        advance(contacts, contacts)
        return {"contacts": contacts}

    part = DemoData(name="essai", rank=1, make=make, remove=lambda: asked.pop("contacts", 0))
    monkeypatch.setattr(demo_data, "_parts", {"essai": part})
    return asked


@pytest.mark.parametrize("page", ["admin:index", "admin:login", "admin:contacts_contact_changelist"])
def test_every_page_of_an_empty_base_leads_to_the_first_one(empty_base, client, page):
    response = client.get(reverse(page))

    assert (response.status_code, response.url) == (302, FIRST_PAGE)


def test_the_first_page_offers_two_ways_to_begin(empty_base, client):
    page = client.get(FIRST_PAGE).content.decode()

    assert page.count("m-choice") == 2
    assert "Commencer avec mes données" in page
    assert "Voir la démonstration" in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_first_page_is_gone_once_somebody_has_an_account(db, client, method):
    UserFactory()

    response = getattr(client, method)(FIRST_PAGE, ACCOUNT)

    assert (response.status_code, response.url) == (302, reverse("admin:index"))
    assert User.objects.count() == 1


def test_whoever_begins_gets_every_right_and_is_signed_in(empty_base, client):
    response = client.post(FIRST_PAGE, ACCOUNT)

    user = User.objects.get()
    assert (response.status_code, response.url) == (302, reverse("admin:index"))
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.email == "zoe@quatre-rivieres.example"
    assert user.check_password(ACCOUNT["password1"])
    assert [group.name for group in user.groups.all()] == [Role.MANAGER]
    assert Association.own().name == "Réseau des Quatre Rivières"
    assert Association.own().started_at is not None
    deeds = AuditEntry.objects.filter(model="crm.user").order_by("pk")
    assert [entry.deed for entry in deeds] == [Deed.ADDED, Deed.SIGNED_IN]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("association_name", "", "association_name"),
        ("email", "zoe", "email"),
        ("password1", "court", "password1"),
        ("password1", "zoe@quatre-rivieres.example", "password1"),
        ("password2", "une autre phrase entière", "password2"),
    ],
)
def test_what_is_wrong_in_the_form_is_said_beside_its_field_and_nothing_typed_is_lost(
    empty_base, client, field, value, said
):
    given = ACCOUNT | {field: value}
    if field == "password1":
        given["password2"] = value

    response = client.post(FIRST_PAGE, given)

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [said]
    assert "Œdipe" in response.content.decode()
    assert User.objects.count() == 0


def test_demo_0_answers_the_question(empty_base, client, monkeypatch):
    monkeypatch.setattr(settings, "DEMO", "0")

    response = client.get(FIRST_PAGE)

    assert next(iter(response.context["form"].fields)) == "association_name"


def test_the_demonstration_opens_with_one_login_per_role(
    empty_base, client, one_part_of_demo, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post(FIRST_PAGE, {"choice": "demo"})

    assert asked.url == FIRST_PAGE
    assert client.get(FIRST_PAGE).url == reverse("admin:index")
    assert one_part_of_demo == {"contacts": 1_150, "seed": 1}
    assert Job.objects.get(kind=JOB).state == Job.State.DONE
    assert {user.email: user.groups.get().name for user in User.objects.all()} == {
        login.email: login.role for login in LOGINS
    }
    assert [login.role for login in LOGINS] == list(Role)


def test_while_the_demonstration_is_made_the_first_page_shows_how_far_it_is(empty_base, client):
    Job.objects.create(kind=JOB).advance(300, 1_150)

    page = client.get(FIRST_PAGE).content.decode()

    assert '<progress class="m-progress"' in page
    assert 'value="300" max="1150"' in page
    assert 'hx-trigger="every 2s"' in page


@pytest.mark.parametrize("opened", [True, False])
def test_the_page_that_watches_is_led_on_when_the_work_is_over(empty_base, client, opened):
    Job.objects.create(kind=JOB).finish(failed=not opened)
    if opened:
        UserFactory()

    response = client.get(FIRST_PAGE, headers={"HX-Request": "true"})

    assert response.headers["HX-Redirect"] == (reverse("admin:index") if opened else FIRST_PAGE)


def test_a_demonstration_that_failed_says_so_and_can_be_asked_again(empty_base, client):
    job = Job.objects.create(kind=JOB)
    job.finish(failed=True, message="La tâche s’est interrompue.")

    page = client.get(FIRST_PAGE).content.decode()

    assert page.count("La tâche s’est interrompue.") == 1
    assert page.count("m-choice") == 2


def test_the_sign_in_page_of_a_demonstration_shows_its_logins_and_they_open(
    empty_base, client, one_part_of_demo
):
    open_with_demo()

    page = client.get(reverse("account_login")).content.decode()
    entered = client.post(
        reverse("account_login"),
        {"login": LOGINS[1].email, "password": PASSWORD, "next": reverse("admin:index")},
    )

    assert [login.email for login in LOGINS if login.email not in page] == []
    assert (entered.status_code, entered.url) == (302, reverse("admin:index"))


def test_the_sign_in_page_of_ones_own_base_shows_no_login(db, client):
    open_with_own_data(
        association_name="A",
        first_name="Zoé",
        last_name="O",
        email="zoe@exemple.org",
        password="quatre rivières",
    )

    page = client.get(reverse("account_login")).content.decode()

    assert PASSWORD not in page
    assert "zoe@exemple.org" not in page


def test_removing_the_demonstration_takes_its_logins_and_leaves_an_empty_base(
    empty_base, client, one_part_of_demo
):
    open_with_demo()

    gone = remove_demo()

    assert gone == 1_150
    assert User.objects.count() == 0
    assert client.get("/").url == FIRST_PAGE


def test_the_manager_takes_the_demonstration_away_from_the_home_page(empty_base, client, one_part_of_demo):
    open_with_demo()
    client.force_login(User.objects.get(email=LOGINS[0].email))
    page = reverse("remove_demonstration")

    home = client.get("/").content.decode()
    asked = client.get(page)
    done = client.post(page)

    assert home.count(page) == 1
    assert asked.status_code == 200
    assert (done.status_code, done.url) == (302, FIRST_PAGE)
    assert User.objects.count() == 0


@pytest.mark.parametrize("role", [Role.STAFF, Role.BOARD, Role.READER])
def test_nobody_else_takes_it_away(client_as, role):
    assert client_as(role).post(reverse("remove_demonstration")).status_code == 403


def test_removing_the_demonstration_keeps_the_accounts_made_meanwhile(empty_base, one_part_of_demo):
    open_with_demo()
    mine = UserFactory(role=Role.MANAGER)

    remove_demo()

    assert [user.pk for user in User.objects.all()] == [mine.pk]


def test_the_command_loads_and_removes_and_answers_in_json(empty_base, one_part_of_demo):
    out = StringIO()

    call_command("demo", "--contacts", "40", "--seed", "7", "--json", stdout=out, stderr=StringIO())
    call_command("demo", "--remove", "--json", stdout=out)

    loaded, removed = out.getvalue().splitlines()
    assert json.loads(loaded) == {"contacts": 40}
    assert json.loads(removed) == {"removed": 40}
    assert one_part_of_demo == {"seed": 7}


def test_a_base_of_ones_own_gets_the_data_but_no_login_that_everybody_knows(db, one_part_of_demo):
    mine = UserFactory(role=Role.MANAGER)

    call_command("demo", "--contacts", "40", stdout=StringIO(), stderr=StringIO())

    assert [user.pk for user in User.objects.all()] == [mine.pk]
    assert one_part_of_demo["contacts"] == 40


@pytest.mark.data
def test_two_who_begin_at_the_same_moment_make_one_account(transactional_db):
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def begin(name: str) -> None:
        try:
            together.wait(10)
            open_with_own_data(
                association_name=name,
                first_name=name,
                last_name=name,
                email=f"{name}@exemple.org",
                password="quatre rivières",
            )
            outcomes.append("made")
        except AlreadyOpenError:
            outcomes.append("refused")
        finally:
            connections.close_all()

    people = [threading.Thread(target=begin, args=(name,)) for name in ("alix", "bilal")]
    for person in people:
        person.start()
    for person in people:
        person.join(30)

    assert sorted(outcomes) == ["made", "refused"]
    assert User.objects.count() == 1


@pytest.mark.data
def test_two_posts_at_the_same_moment_make_one_account(transactional_db):
    together = threading.Barrier(2)
    places: list[str] = []

    def post(name: str) -> None:
        client = Client()
        together.wait(10)
        response = client.post(FIRST_PAGE, ACCOUNT | {"email": f"{name}@exemple.org"})
        places.append(response.headers["Location"])
        connections.close_all()

    people = [threading.Thread(target=post, args=(name,)) for name in ("alix", "bilal")]
    for person in people:
        person.start()
    for person in people:
        person.join(30)

    assert len(places) == 2
    assert User.objects.count() == 1


def test_the_lists_that_the_base_begins_with_are_proposed_the_first_pack_chosen(empty_base, client):
    form = form_of(client.get(FIRST_PAGE, {"choix": "donnees"}), holding="association_name")

    assert form.said["pack"] == ["sante-territoires"]


@pytest.mark.data
def test_another_pack_replaces_the_one_that_set_up_has_brought(empty_base, client):
    Theme.objects.create(code="MAISON", name="Ajoutée à la main")

    client.post(FIRST_PAGE, {**ACCOUNT, "pack": "neutre"})

    names = {line["code"] for line in read("neutre", "themes")}
    assert set(Theme.objects.values_list("code", flat=True)) == {*names, "MAISON"}
    assert chosen_pack() == "neutre"
    assert User.objects.count() == 1


def test_lists_that_records_hold_already_stay_beside_the_others(empty_base, client):
    person = PersonFactory(themes=[theme := Theme.objects.filter(parent=None).first()])

    client.post(FIRST_PAGE, {**ACCOUNT, "pack": "neutre"})

    assert list(person.themes.all()) == [theme]
    assert {line["code"] for line in read("neutre", "sources")} <= set(
        Source.objects.values_list("code", flat=True)
    )


def test_a_pack_that_we_do_not_ship_makes_no_account(empty_base, client):
    page = client.post(FIRST_PAGE, {**ACCOUNT, "pack": "../etc"})

    assert "pack" in page.context["form"].errors
    assert not User.objects.exists()
