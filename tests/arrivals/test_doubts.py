"""Two records that may be one person: what is alike is said, and nobody is joined by it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.arrivals.homecoming import at_post, told
from tests.town import Town
from tests.village import (
    CHEN,
    LI,
    MA,
    QUANJI,
    SUN,
    TAOLIN,
    TOWNSHIP,
    ZHOU,
    Returnee,
    Worker,
    id_number,
)
from tongxin.arrivals.doubts import queries
from tongxin.arrivals.doubts.rules import ENOUGH, Likeness, Told, keys, likeness
from tongxin.base.clock import to_ms
from tongxin.base.pinyin import syllables
from tongxin.ledger.facts import OFFICE, Outcome
from tongxin.registry.identity.facts import (
    PEOPLE_JOINED,
    PEOPLE_PARTED,
    PeopleJoined,
    PeopleParted,
    subject_of,
)

# 马超 as a neighbour spelt him: 马朝 sounds nearly so, and 马潮 just so.
MA_AS_HEARD = Returnee("马朝", "", MA.phone, "", "", village=TAOLIN)


def record(name: str = "陈静", **more: Any) -> Told:
    said: dict[str, Any] = {
        "subject": "person-1", "sounds": syllables(name), "id_number": "", "phone": "",
        "village": TAOLIN, "address": "",
    }  # fmt: skip
    return Told(name=name, **(said | more))


def alike(one: Told, other: Told) -> Likeness:
    found = likeness(one, other)
    assert found is not None
    back = likeness(other, one)
    assert back is not None
    assert back.score == found.score, "likeness does not depend on who is named first"
    return found


def mistyped(number: str, place: int = 15) -> str:
    """A number with one digit wrong."""
    return number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]


def test_another_character_that_sounds_the_same_is_said() -> None:
    found = alike(record("陈静"), record("陈婧"))
    assert "1 个字不同：静/婧，读音相同" in [text.zh for text in found.alike]
    assert "written differently: 静/婧, same pinyin" in [text.en for text in found.alike]


@pytest.mark.parametrize(
    ("one", "other", "enough"),
    [
        ({"phone": "19900000001"}, {"name": "陈婧", "phone": "+86 199-0000-0001"}, True),
        ({"name": "陈静"}, {"name": "陈静"}, False),
        ({"name": "陈静", "address": "3组12号"}, {"name": "陈静", "address": "3组12号"}, True),
        ({"name": "陈静", "phone": "19900000001"}, {"name": "王芳", "phone": "19900000001"}, False),
        ({"id_number": CHEN.id_number}, {"id_number": mistyped(CHEN.id_number)}, True),
        ({"id_number": CHEN.id_number}, {"id_number": mistyped(MA.id_number)}, False),
    ],
)  # fmt: skip
def test_what_is_enough_to_ask(one: Any, other: Any, enough: bool) -> None:
    assert (alike(record(**one), record(**other)).score >= ENOUGH) is enough


def test_valid_numbers_leave_no_doubt() -> None:
    valid, another = (
        record(id_number=CHEN.id_number),
        record(id_number=id_number("19880612", "026")),
    )
    assert likeness(valid, another) is None, "two people of one name"
    assert likeness(valid, valid) is None, "one person already"


@pytest.mark.parametrize("place", range(17))
def test_one_wrong_digit_anywhere_leaves_a_key_in_common(place: int) -> None:
    one, other = record(id_number=MA.id_number), record(id_number=mistyped(MA.id_number, place))
    assert set(keys(one)) & set(keys(other)) - {f"v:{TAOLIN}:chenjing"}


def doubts(town: Town, who: Worker = LI) -> list[set[str]]:
    remit, since = town.believed(who).remit, to_ms(town.now - timedelta(days=30))
    with town.installation.database.reading() as connection:
        found = queries.doubts(remit, connection, TOWNSHIP, since)
    return [{each.one["name"], each.other["name"]} for each in found]


def test_the_driver_at_night_and_whom_a_neighbour_told_of_is_one_doubt(henan: Town) -> None:
    told(henan, MA_AS_HEARD, in_hours=12, declared_by="village")
    henan.clock.advance(hours=9)
    at_post(henan, MA, area=TAOLIN, id_number=mistyped(MA.id_number))
    at_post(henan, CHEN)
    assert doubts(henan) == [{"马超", "马朝"}]


def decided(town: Town, one: str, other: str, *, is_same: bool) -> None:
    kind, made = (PEOPLE_JOINED, PeopleJoined) if is_same else (PEOPLE_PARTED, PeopleParted)
    body = made(one=one, other=other, reason="打电话核对过")
    draft = town.draft(kind, body, by=LI, subject=subject_of(body), purpose=OFFICE, area=TAOLIN)
    assert town.record(draft)[0].outcome is Outcome.RECORDED


@pytest.mark.parametrize("is_same", [True, False])
def test_what_a_person_has_decided_is_asked_no_more(henan: Town, is_same: bool) -> None:
    one = told(henan, CHEN, id_number="")
    other = at_post(henan, CHEN, id_number="")
    assert len(doubts(henan)) == 1
    decided(henan, one.subject, other.subject, is_same=is_same)
    assert doubts(henan) == []


def test_a_mate_outside_of_the_remit_is_not_told_of(henan: Town) -> None:
    told(henan, CHEN, id_number="", area=QUANJI)
    at_post(henan, CHEN, id_number="", area=TAOLIN)
    assert len(doubts(henan)) == 1
    assert doubts(henan, SUN) == []
    assert doubts(henan, ZHOU) == []


def test_old_journeys_are_left_in_peace(henan: Town) -> None:
    told(henan, CHEN, in_hours=1, id_number="")
    henan.clock.advance(days=40)
    at_post(henan, CHEN, id_number="")
    assert doubts(henan) == []
