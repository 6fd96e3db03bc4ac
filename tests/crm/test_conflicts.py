"""What two people changed, put together: nothing is lost unseen, and nothing is asked without need."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from crm.conflicts import Filled, State, merge


def state(rows: dict[str, Any] | None = None, **fields: Any) -> State:
    return State(fields, {"lines": rows or {}})


def filled(rows: dict[str, Any] | None = None, added: list[Any] | None = None, **fields: Any) -> Filled:
    return Filled(fields, {"lines": rows or {}}, {"lines": added or []})


def test_what_only_one_of_two_changed_is_kept_without_a_question():
    merged = merge(
        state(city="Arras", street="1 rue A", zip="62000"),
        state(city="Lens", street="1 rue A", zip="62000"),
        filled(city="Arras", street="2 rue B", zip="62000"),
    )

    assert merged.filled.fields == {"city": "Lens", "street": "2 rue B", "zip": "62000"}
    assert (merged.conflicts, merged.kept) == ([], ["city"])


def test_the_same_change_by_both_is_no_conflict():
    merged = merge(state(city="Arras"), state(city="Lens"), filled(city="Lens"))

    assert (merged.filled.fields, merged.conflicts) == ({"city": "Lens"}, [])


@pytest.mark.parametrize(
    ("answer", "kept"), [("theirs", "Lens"), ("mine", "Liévin"), ("both", "Lens\n\nLiévin")]
)
def test_what_both_changed_is_asked_and_the_answer_is_what_stays(answer, kept):
    asked = merge(state(city="Arras"), state(city="Lens"), filled(city="Liévin"))
    answered = merge(
        state(city="Lens"),
        state(city="Lens"),
        filled(city="Liévin"),
        asked=["city"],
        answers={"city": answer},
    )

    assert [(one.code, one.read, one.theirs, one.mine) for one in asked.conflicts] == [
        ("city", "Arras", "Lens", "Liévin")
    ]
    assert (answered.filled.fields, answered.conflicts) == ({"city": kept}, [])


@pytest.mark.parametrize("answer", ["", "n’importe quoi", None])
def test_a_question_without_an_answer_is_asked_again(answer):
    answers = {} if answer is None else {"city": answer}

    merged = merge(
        state(city="Lens"), state(city="Lens"), filled(city="Liévin"), asked=["city"], answers=answers
    )

    assert [one.code for one in merged.conflicts] == ["city"]


def test_a_third_write_while_one_chooses_is_asked_in_its_turn():
    merged = merge(
        state(city="Lens"),
        state(city="Béthune"),
        filled(city="Liévin"),
        asked=["city"],
        answers={"city": "mine"},
    )

    assert [(one.theirs, one.mine) for one in merged.conflicts] == [("Béthune", "Liévin")]


def test_terms_that_each_added_or_took_off_are_put_together():
    merged = merge(
        state(themes=["1", "2", "3"]), state(themes=["1", "3", "4"]), filled(themes=["2", "3", "5"])
    )

    assert (merged.filled.fields["themes"], merged.conflicts) == (["3", "4", "5"], [])


def test_rows_that_one_of_two_touched_added_or_took_off_are_kept():
    read = state({"1": {"v": "a"}, "2": {"v": "b"}, "3": {"v": "c"}, "4": {"v": "d"}})
    now = state({"1": {"v": "a2"}, "2": {"v": "b"}, "4": {"v": "d"}, "9": {"v": "new"}})
    mine = filled(
        {"1": {"v": "a"}, "2": {"v": "b2"}, "3": {"v": "c"}, "4": None}, [{"v": "mine"}, {"v": "new"}]
    )

    merged = merge(read, now, mine)
    saved = merged.filled.without_lost(now)

    assert merged.conflicts == []
    assert saved.rows["lines"] == {"1": {"v": "a2"}, "2": {"v": "b2"}, "4": None, "9": {"v": "new"}}
    assert saved.added["lines"] == [{"v": "mine"}]


@pytest.mark.parametrize(("now", "mine"), [({"v": "b"}, {"v": "c"}), (None, {"v": "c"}), ({"v": "b"}, None)])
def test_a_row_that_both_touched_is_asked_and_the_answer_is_what_stays(now, mine):
    there = {"1": now} if now else {}
    asked = merge(state({"1": {"v": "a"}}), state(there), filled({"1": mine}))
    answers = {
        answer: merge(
            state(there), state(there), asked.filled, asked=["lines:1"], answers={"lines:1": answer}
        ).filled.without_lost(state(there))
        for answer in ("mine", "theirs")
    }

    assert [(one.code, one.theirs, one.mine) for one in asked.conflicts] == [("lines:1", now, mine)]
    assert (answers["theirs"].rows["lines"], answers["theirs"].added["lines"]) == (there, [])
    assert answers["mine"].rows["lines"] == ({"1": mine} if now else {})
    assert answers["mine"].added["lines"] == ([] if now else [mine])


said = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", "y", "z"]), min_size=3, max_size=3)
lines = st.dictionaries(st.sampled_from("123"), said)


@given(read=said, now=said, mine=said)
def test_no_field_is_ever_lost_unseen(read, now, mine):
    merged = merge(State(read), State(now), Filled(mine, {}, {}))

    asked = {one.name for one in merged.conflicts}
    for name, kept in merged.filled.fields.items():
        if name in asked:
            assert len({read[name], now[name], mine[name]}) == 3
        else:
            assert kept == (mine[name] if mine[name] != read[name] else now[name])


@given(read=lines, now=lines, mine=lines)
def test_no_row_is_ever_lost_unseen(read, now, mine):
    typed: dict[str, Any] = {key: mine.get(key) for key in read}
    merged = merge(state(read), state(now), filled(typed))
    saved = merged.filled.without_lost(state(now)).rows["lines"]

    asked = {one.key for one in merged.conflicts}
    for key in {*read, *now} - asked:
        theirs_changed = now.get(key) != read.get(key)
        mine_changed = key in typed and typed[key] != read[key]
        assert saved.get(key) == (typed[key] if mine_changed and not theirs_changed else now.get(key))


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"fields": 1}',
        "[" * 100_000,
        '{"fields": {}, "rows": {"a": {"b": 3}}}',
        "\x00",
    ],
)
def test_a_state_that_we_did_not_write_is_none(sent):
    assert State.load(sent) is None


def test_a_state_comes_back_as_it_went():
    went = State({"a": "é\n«", "b": ["1", "2"]}, {"lines": {"7": {"v": ""}}}, "4")

    assert State.load(went.dump()) == went
