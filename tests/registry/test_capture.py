"""Who knows somebody's ID number cannot take that person over by writing it down elsewhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from tests.arrivals.homecoming import passage, told
from tests.conftest import SignedIn
from tests.ledger.console import findings
from tests.ledger.twins import areas, clusters, recorded, says, subjects
from tests.registry.doors import Doors
from tests.test_properties import QUICK, problems, rows_of, town_of
from tests.town import Town
from tests.village import (
    CHEN,
    LI,
    MA,
    QUANJI,
    SUN,
    TAOLIN,
    TOWNSHIP,
    WU,
    ZHAO,
    ZHOU,
    Worker,
    wire,
)
from tongxin.arrivals import facts as arrivals
from tongxin.arrivals.passages.facts import PASSAGE_RECORDED
from tongxin.arrivals.tables import journey
from tongxin.base.ids import id_at, new_id
from tongxin.installation import Settings
from tongxin.ledger.facts import EPISODE, Draft
from tongxin.ledger.kinds import TAKEN_BACK, TakenBack
from tongxin.ledger.tables import mark, mark_aside

WHY = "两个村都问过"


def invented(town: Town, **more: Any) -> Draft:
    """周敏 of 全集村 writes down an arrival with the number of 陈静, who lives in 桃林村."""
    return town.arrive(CHEN, by=ZHOU, area=QUANJI, name="某人", **more)


def journey_of(town: Town, who: Draft) -> list[Any]:
    with town.installation.database.reading() as connection:
        found = connection.execute(sa.select(journey).where(journey.c.subject == who.subject))
        return [tuple(row) for row in found]


def numbers(client: TestClient[Litestar], headers: dict[str, str]) -> Any:
    return client.get("/api/v1/people/same-number", headers=headers)


def standing(client: TestClient[Litestar], headers: dict[str, str], person: str) -> Any:
    return client.get(f"/api/v1/arrivals/{person}", headers=headers)


def test_an_invented_arrival_takes_nobody_over(
    henan: Town, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    real = henan.arrive(CHEN, by=SUN)
    before = standing(client, signed_in(SUN), real.subject)
    assert before.status_code == 200
    rows = journey_of(henan, real)
    henan.clock.advance(hours=1)
    false = invented(henan)
    assert clusters(henan) == set()
    assert areas(henan, real) == {TAOLIN}
    assert standing(client, signed_in(ZHOU), real.subject).status_code == 404
    assert standing(client, signed_in(SUN), false.subject).status_code == 404
    assert standing(client, signed_in(SUN), real.subject).status_code == 200
    assert journey_of(henan, real) == rows
    assert findings(henan) == []


def test_its_author_is_told_and_nothing_of_the_other(henan: Town) -> None:
    real = henan.arrive(CHEN, by=SUN)
    (verdict,) = henan.record(henan.arrival(CHEN, by=ZHOU, area=QUANJI))
    assert (verdict.outcome, verdict.code) == ("recorded", "ledger.mark_waits")
    assert verdict.why is not None
    said = verdict.why.zh + verdict.why.en
    assert not any(word in said for word in (TAOLIN, "桃林村", CHEN.name, real.subject))


def test_a_telephone_is_told_too_and_a_passage_is_never_held_up(henan: Town) -> None:
    henan.arrive(CHEN, by=SUN)
    henan.give(ZHOU, "checkpoint", QUANJI)
    phone, fact = henan.device(ZHOU), new_id()
    sent = wire(
        phone, PASSAGE_RECORDED, passage(CHEN, henan.now, emergency=True), area=QUANJI,
        subject=f"person-{fact}", purpose=f"{EPISODE}:{fact}", at=henan.now, id=fact,
    )  # fmt: skip
    (verdict,) = henan.sent([sent])
    assert (verdict.outcome, verdict.code) == ("recorded", "ledger.mark_waits")


@pytest.mark.parametrize("who", [LI, WU])
def test_whoever_has_the_whole_township_is_not_hindered(henan: Town, who: Worker) -> None:
    one = henan.arrive(CHEN, by=SUN)
    other = henan.arrive(CHEN, by=who, area=QUANJI)
    assert clusters(henan) == {subjects(one, other)}


def test_who_lives_here_and_comes_home_is_one_person_at_once(henan: Town) -> None:
    doors = Doors(henan)
    doors.grid("411526108201-01", "411526108201-01-01")
    home = doors.household()
    lives = doors.resident(home, CHEN.name, by=SUN, id_number=CHEN.id_number)
    came = henan.arrive(CHEN, by=SUN)
    declared = told(henan, CHEN, by=SUN)
    assert clusters(henan) == {frozenset({lives, came.subject, declared.subject})}


@pytest.mark.parametrize("kind", ["arrival", "declaration", "member", "later", "taken back"])
def test_whatever_tells_the_number_ties_nobody(henan: Town, kind: str) -> None:
    """Also an own record to which it is told later, or a number that somebody keeps in store."""
    doors = Doors(henan)
    here: dict[str, Any] = {"by": ZHOU, "area": QUANJI}
    stored = invented(henan) if kind == "taken back" else None
    if stored is not None:
        fact = told_again(henan, stored, MA.id_number)
        henan.clock.advance(minutes=1)
    real = henan.arrive(CHEN, by=SUN)
    match kind:
        case "arrival":
            invented(henan)
        case "declaration":
            told(henan, CHEN, **here)
        case "member":
            doors.grid(f"{QUANJI}-01", f"{QUANJI}-01-01")
            home = doors.household(f"{QUANJI}-01-01", by=ZHOU)
            doors.resident(home, "某人", id_number=CHEN.id_number, **here)
        case "later":
            own = henan.arrive(MA, **here)
            henan.clock.advance(minutes=1)
            told_again(henan, own, CHEN.id_number)
        case _:
            assert stored is not None
            back = TakenBack(fact=fact.id, reason="记错了")
            recorded(
                henan,
                henan.draft(
                    TAKEN_BACK, back, subject=stored.subject, purpose=stored.purpose, **here
                ),
            )
    assert clusters(henan) == set()
    assert areas(henan, real) == {TAOLIN}
    assert findings(henan) == []


def told_again(town: Town, own: Draft, number: str) -> Draft:
    """The same arrival with another number: recorded by its author, in the same episode."""
    body = arrivals.ArrivalRecorded(name="某人", arrived_at=town.now, id_number=number)
    draft = town.draft(
        arrivals.ARRIVAL_RECORDED, body, by=ZHOU, subject=own.subject, purpose=own.purpose,
        area=QUANJI,
    )  # fmt: skip
    recorded(town, draft)
    return draft


def test_both_in_one_batch_stay_apart_too(henan: Town) -> None:
    one, other = henan.arrival(CHEN, by=SUN), henan.arrival(CHEN, by=ZHOU, area=QUANJI)
    recorded(henan, one, other)
    assert clusters(henan) == set()
    assert findings(henan) == []


def test_the_real_person_who_comes_later_is_not_joined_with_the_invented_one(henan: Town) -> None:
    """A third record by the post joins the real one, and brings the invented one no nearer."""
    real, false = henan.arrive(CHEN, by=SUN), invented(henan)
    seen = henan.arrive(CHEN, by=WU)
    assert clusters(henan) == {subjects(real, seen)}
    assert areas(henan, false) == {QUANJI}


def test_the_township_sees_both_and_the_villages_do_not(
    henan: Town, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    real, false = henan.arrive(CHEN, by=SUN), invented(henan)
    assert numbers(client, signed_in(ZHAO)).json() == []
    (pair,) = numbers(client, signed_in(LI)).json()
    assert (pair["one"]["person"], pair["other"]["person"]) == (false.subject, real.subject)
    assert (pair["one"]["area"], pair["other"]["area"]) == (QUANJI, TAOLIN)
    assert (pair["one"]["name"], pair["other"]["name"]) == ("某*", "陈*")
    assert CHEN.id_number not in str(pair)
    page = client.get("/doubts", headers=signed_in(LI)).text
    assert false.subject in page
    assert CHEN.id_number not in page


@pytest.mark.parametrize("is_same", [True, False])
def test_a_decision_settles_it(
    henan: Town, client: TestClient[Litestar], signed_in: SignedIn, is_same: bool
) -> None:
    real, false = henan.arrive(CHEN, by=SUN), invented(henan)
    again = henan.arrive(CHEN, by=SUN)
    sent = {"one": false.subject, "other": real.subject, "is_same": is_same, "reason": WHY}
    refused = client.post("/api/v1/doubts", json=sent, headers=signed_in(ZHAO))
    assert refused.status_code == 404, "whoever sees one side alone decides nothing"
    decided = client.post("/api/v1/doubts", json=sent, headers=signed_in(LI))
    assert decided.status_code == 201
    together = subjects(real, again, false) if is_same else subjects(real, again)
    assert clusters(henan) == {together}
    assert numbers(client, signed_in(LI)).json() == []
    assert findings(henan) == []
    before = rows_of(henan)
    henan.installation.rebuild(TOWNSHIP)
    assert rows_of(henan) == before


def test_where_no_number_is_known_nothing_is_noted(henan: Town) -> None:
    henan.arrive(CHEN, by=SUN)
    henan.arrive(MA, by=ZHOU, area=QUANJI)
    with henan.installation.database.reading() as connection:
        assert connection.execute(sa.select(mark_aside)).all() == []


def test_a_number_set_aside_goes_with_the_record(henan: Town) -> None:
    henan.arrive(CHEN, by=SUN)
    false = invented(henan)
    henan.installation.forgetting.forget(
        TOWNSHIP, false.subject, [false.purpose], "误录", henan.now
    )
    with henan.installation.database.reading() as connection:
        assert connection.execute(sa.select(mark_aside)).all() == []
        assert len(connection.execute(sa.select(mark)).all()) == 1
    assert findings(henan) == []


# Whatever the order, once somebody has decided.

BY = ((SUN, TAOLIN), (ZHOU, QUANJI), (SUN, TAOLIN), (WU, TAOLIN))


def story(town: Town) -> list[Draft]:
    at = town.now - timedelta(hours=3)
    came = [
        town.arrival(
            CHEN, by=by, area=area, at=at + timedelta(minutes=n), id=id_at(at, f"came {n}")
        )
        for n, (by, area) in enumerate(BY)
    ]
    said = [
        says(
            town, came[0], other, joined=True, at=at + timedelta(hours=1, minutes=n),
            id=id_at(at, f"said {n}"),
        )
        for n, other in enumerate(came[1:])
    ]  # fmt: skip
    return [*came, *said]


@QUICK
@given(order=st.permutations(range(len(BY))), cuts=st.sets(st.integers(0, len(BY))))
def test_in_any_order_the_same_person_follows_once_it_is_decided(
    copies: Callable[[], Settings], order: list[int], cuts: set[int]
) -> None:
    """Who told the number first bears it; all else is the same."""
    bearing = {"mark", "mark_aside"}
    with town_of(copies) as town:
        recorded(town, *story(town))
        wanted = {name: rows for name, rows in rows_of(town).items() if name not in bearing}
    with town_of(copies) as town:
        facts, batch = story(town), list[Draft]()
        for place, number in enumerate(order):
            batch.append(facts[number])
            if place in cuts:
                recorded(town, *batch)
                batch = []
        recorded(town, *batch, *facts[len(BY) :]) if batch else recorded(town, *facts[len(BY) :])
        found = rows_of(town)
        for name, rows in wanted.items():
            assert found[name] == rows, name
        assert problems(town) == []
        town.installation.rebuild(TOWNSHIP)
        assert rows_of(town) == found


def test_its_page_says_so_until_it_is_decided(
    henan: Town, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    real, false = henan.arrive(CHEN, by=SUN), invented(henan)
    told = "等镇里核对是否同一人"

    def page(who: Worker, of: Draft) -> str:
        return client.get(f"/arrivals/{of.subject}", headers=signed_in(who)).text

    assert told in page(ZHOU, false)
    assert told not in page(SUN, real)
    recorded(henan, says(henan, real, false, joined=False))
    assert told not in page(ZHOU, false)
