"""Two ways of writing one thing fold alike, and a search finds each by any other."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from crm.folding import fold, fold_name, search_text, search_words


COORDINATION = [
    "coordinateur·rice", "coordinateur-rice", "coordinateur.ice", "coordinateur/trice", "coordinateur(trice)",
    "coordinateur (trice)", "coordonnateur/coordonnatrice", "coordinatrice", "coordonnatrice", "coordonnateur",
    "coordo", "Coordos", "COORDINATEUR·RICES", "coordinateurs/trices", "coordinateur·rice·s", "coordinateur.rice.s",
    "coordinateur(rice)s", "coordinat·eur·rice", "coordinateur-trice", "coordonnateur ou coordonnatrice",
    "coordinateur/-trice", "coordinateur•rice", "coordinateur⋅rice", "  Coordinateur ", "Coord.",
]  # fmt: skip
MISSION = [
    "chargé de mission", "chargé·e de mission", "chargé(e) de mission", "chargée de mission", "Chargées de mission",
    "chargé.e de mission", "Chargé-e de\u00a0 mission", "chargé/e de mission", "CHARGÉE DE MISSION",
    "chargéE de mission", "chargé (e) de mission", "chargé/ée de mission", "Chargé / chargée de mission",
    "charge de mission",
]  # fmt: skip


@pytest.mark.parametrize("text", COORDINATION)
def test_every_way_of_writing_a_coordinator_is_one_key(text: str) -> None:
    assert fold(text) == "coordinateur"


@pytest.mark.parametrize("text", MISSION)
def test_every_way_of_writing_a_project_officer_is_one_key(text: str) -> None:
    assert fold(text) == "charge de mission"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Élu·e·s", "elu"),
        ("Élus et élues", "elu"),
        ("habitant·es", "habitant"),
        ("Habitants", "habitant"),
        ("adjoint·e", "adjoint"),
        ("Adjointe", "adjoint"),
        ("Directeur·rice", "directeur"),
        ("Directrice générale adjointe", "directeur general adjoint"),
        ("Chef·fe de projet politique de la ville", "chef de projet politique de la ville"),
        ("Cheffe de projet (politique de la ville)", "chef de projet politique de la ville"),
        ("Président·e", "president"),
        ("Co-présidente", "copresident"),
        ("coprésident·e", "copresident"),
        ("Vice-Présidente", "vice president"),
        ("Trésorier·ère", "tresorier"),
        ("Trésorière", "tresorier"),
        ("Professionnel·le de santé", "professionnel de sante"),
        ("Animateur·rices régionaux·ales", "animateur regional"),
        ("animatrice régionale", "animateur regional"),
        ("Chercheuse", "chercheur"),
        ("Chercheur·e", "chercheur"),
        ("Formatrice", "formateur"),
        ("Agente de l’État", "agent de l etat"),
        ("Délégué·e du préfet", "delegue du prefet"),
        ("Adjoint·e ou vice-président·e à la santé", "adjoint ou vice president a la sante"),
    ],
)
def test_functions_fold_to_the_masculine_singular(text: str, key: str) -> None:
    assert fold(text) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Lafrice", "lafrice"),
        ("Béatrice", "beatrice"),
        ("Patrice", "patrice"),
        ("ARS-E", "ars e"),
        ("A.R.S. Île-de-France", "ars ile de france"),
        ("CLS/CLSM", "cls clsm"),
        ("Œuvre d’Æon, Straße", "oeuvre d aeon strasse"),
        ("Mission locale", "mission locale"),
        ("charge.e@exemple.fr", "charge e exemple fr"),
        ("N°\u202fde tél.", "n de tel"),
        ("Santé & territoires", "sante et territoires"),
        ("Secteur", "secteur"),
        ("Entrée, durée, journée", "entree duree journee"),
        ("…", ""),
    ],
)
def test_what_names_no_function_keeps_its_letters(text: str, key: str) -> None:
    assert fold(text) == key


def test_names_keep_their_gender() -> None:
    assert fold_name("Martine") != fold_name("Martin")
    assert fold_name("Mission locale de l’Élue") == "mission locale de l elue"
    assert fold_name("Présidente") == "presidente"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jean-Pierre", "JEAN PIERRE"),
        ("Hélène", "helene"),
        ("D’Almeida", "d'almeida"),
        ("Lefèbvre\u00a0", "LEFEBVRE"),
        ("Ville de St-Denis", "Ville de Saint Denis"),
        ("Sté Durand", "Société Durand"),
        ("A.R.S. Bretagne", "ARS Bretagne"),
        ("Santé & Cie", "Santé et Cie"),
    ],
)
def test_one_name_written_two_ways_is_one_key(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@given(st.text())
def test_a_key_folds_to_itself(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold_name(fold_name(text)) == fold_name(text)


@given(st.text())
def test_a_key_has_only_words_between_single_spaces(text: str) -> None:
    for key in (fold(text), fold_name(text)):
        assert key == " ".join("".join(c if c.isalnum() else " " for c in key).split())


# --- search ---------------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    [
        "Jean-Pierre Lefèbvre",
        "Hélène D’Almeida",
        "Nguyễn Thị",
        "Béatrice Lafrice",
        "Zoë Ørsted",
        "Œdipe Saint-Ouen",
    ]
)
FUNCTIONS = [
    [
        "coordinatrice",
        "coordinateur·rice",
        "coordo",
        "Coordinateur",
        "coordonnateur/coordonnatrice",
        "COORDONNATRICES",
    ],
    ["chargé·e", "chargée", "chargé(e)", "chargés", "chargé.e"],
    ["élu·e·s", "élue", "Élus", "élu(e)s"],
    ["Chef·fe", "cheffe", "chef/cheffe", "CHEF"],
    ["Directrice", "directeur.rice", "directeurs"],
    ["habitant·es", "habitante", "habitants"],
    ["animateur·rice régional·e", "Animatrice régionale", "animateurs régionaux"],
    ["coprésident·e", "co-présidente", "Coprésidents"],
    ["tresorière", "trésorier·ère"],
    ["pair·e"],
]
OTHERS = st.sampled_from(
    [
        "jean.dupont+asv@ars.sante.fr",
        "06 12 34 56 78",
        "A.R.S. d’Île-de-France",
        "Santé & ville",
        "93 200 Saint-Denis",
    ]
)


@st.composite
def texts_and_variants(draw: st.DrawFn) -> tuple[list[str], str]:
    """Return the texts of a record, and what someone who looks for it might type."""

    texts, variants = [], []
    for kind in draw(st.lists(st.sampled_from("nfo"), min_size=1, max_size=5)):
        if kind == "f":
            family = draw(st.sampled_from(FUNCTIONS))
            texts.append(draw(st.sampled_from(family)))
            variants.append(draw(st.sampled_from(family)))
        else:
            text = draw(NAMES if kind == "n" else OTHERS)
            texts.append(text)
            variants.append(text)
    typed = " ".join(draw(st.permutations(variants))[: draw(st.integers(1, len(variants)))])
    as_typed: Callable[[str], str] = draw(st.sampled_from([str.upper, str.lower, str.title, _unaccented]))
    return texts, draw(st.sampled_from([typed, as_typed(typed)]))


def _unaccented(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


@given(texts_and_variants())
def test_any_way_of_writing_finds_any_other(record: tuple[list[str], str]) -> None:
    texts, typed = record

    held = search_text(*texts)

    assert [word for word in search_words(typed) if word not in held] == []


@given(st.text())
def test_any_text_finds_itself(text: str) -> None:
    held = search_text(text)

    assert [word for word in search_words(text) if word not in held] == []


@given(st.lists(st.text()))
def test_a_search_text_holds_each_word_once(texts: list[str]) -> None:
    words = search_text(*texts).split(" ")

    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    "typed", ["coordin", "coordinatr", "coordonnatri", "coordo", "asv", "COORDINATRICE asv"]
)
@pytest.mark.parametrize("text", ["Coordinateur·rice ASV", "Coordo A.S.V.", "coordonnatrice de l’ASV"])
def test_the_beginning_of_a_word_is_enough(typed: str, text: str) -> None:
    held = search_text(text)

    assert [word for word in search_words(typed) if word not in held] == []


@pytest.mark.parametrize(
    "typed", ["dupont@", "@ars.sante", "jean.dupont@ars.sante.fr", "Dupont", "ars", "<Jean.Dupont@ars>"]
)
def test_an_email_is_found_whole_or_by_its_pieces(typed: str) -> None:
    held = search_text("jean.dupont@ars.sante.fr")

    assert [word for word in search_words(typed) if word not in held] == []


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("+33612345678", "06 12 34 56 78"),
        ("+33612345678", "06.12.34.56.78"),
        ("+33612345678", "+33 (0)6 12 34 56 78"),
        ("+33612345678", "0033612345678"),
        ("+33612345678", "061234"),
        ("06 12 34 56 78", "+33612345678"),
        ("+262692123456", "0692 12 34 56"),
        ("+687123456", "123456"),
        ("+32470123456", "0470123456"),
    ],
)
def test_a_phone_is_found_in_any_form(text: str, typed: str) -> None:
    words = search_words(typed)

    assert len(words) == 1
    assert words[0] in search_text(text)


def test_what_holds_no_word_looks_for_nothing() -> None:
    assert search_words(" … @ ·,") == []
