"""What devices are told: changes since a cursor, who left the remit, and when to begin anew."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.town import Town
from tests.village import (
    CHEN,
    FENG,
    LI,
    LIN,
    MA,
    QIAN,
    QUANJI,
    SUN,
    TAOLIN,
    TOWNSHIP,
    XU,
    ZHAO,
    ZHOU,
    Worker,
)
from tongxin.ledger.facts import Draft

Answer = dict[str, Any]


class Phone:
    """A telephone that remembers its cursor and what it was told."""

    def __init__(self, client: TestClient[Litestar], headers: dict[str, str]) -> None:
        self.client, self.headers, self.cursor = client, headers, ""
        self.held: dict[str, Answer] = {}

    def ask(self, most: int = 200) -> Answer:
        answer = self.client.get(
            "/api/v1/changes", params={"since": self.cursor, "most": most}, headers=self.headers
        )
        assert answer.status_code == 200, answer.text
        told: Answer = answer.json()
        return told

    def sync(self, most: int = 200) -> Answer:
        """Ask until there is no more, and keep what was told."""
        while True:
            told = self.ask(most)
            if told["anew"]:
                self.held.clear()
            for changed in told["changed"]:
                self.held[changed["subject"]] = changed
            for name in told["left"]:
                self.held.pop(name, None)
            self.cursor = told["cursor"]
            if not told["more"]:
                return told


@pytest.fixture
def phone_of(client: TestClient[Litestar], signed_in: SignedIn) -> Any:
    """`phone_of(SUN)`: a telephone with 孙丽's session."""
    return lambda who: Phone(client, signed_in(who))


def moved(town: Town, who: Draft, area: str, hours: int = 3) -> None:
    """The person arrives again, in another village, later in the day."""
    again = town.now + timedelta(hours=hours)
    later = town.arrival(CHEN, by=LI, person=who.subject, area=area, at=again)
    assert town.record(later)[0].outcome == "recorded"


def test_who_arrived_is_told_once(town: Town, phone_of: Any) -> None:
    phone = phone_of(SUN)
    phone.sync()
    came = town.arrive(CHEN)
    assert [c["subject"] for c in phone.sync()["changed"]] == [came.subject]
    assert phone.sync()["changed"] == []


def test_rows_come_with_it_masked(town: Town, phone_of: Any) -> None:
    came = town.arrive(CHEN)
    phone = phone_of(SUN)
    phone.sync()
    (journey,) = phone.held[came.subject]["rows"]["journey"]
    assert journey["name"] == "陈*"
    assert CHEN.phone not in str(phone.held) and CHEN.id_number not in str(phone.held)


def test_a_device_holds_only_its_remit(town: Town, phone_of: Any) -> None:
    here, there = town.arrive(CHEN), town.arrive(LIN, area=QUANJI)
    phones = {who: phone_of(who) for who in (SUN, ZHOU, LI, FENG, XU)}
    for phone in phones.values():
        phone.sync()

    def people(who: Worker) -> set[str]:
        return {name for name in phones[who].held if name.startswith("person-")}

    assert people(SUN) == {here.subject}
    assert people(ZHOU) == {there.subject}
    assert people(LI) == {here.subject, there.subject}
    assert people(FENG) == set()


def test_a_volunteer_gets_tasks_and_no_journey(henan: Town, phone_of: Any) -> None:
    henan.at_risk()
    came = henan.arrive(CHEN)
    phone = phone_of(QIAN)
    phone.sync()
    assert set(phone.held[came.subject]["rows"]) == {"task"}
    assert "陈" not in str(phone.held[came.subject]["rows"])


def test_who_moves_away_leaves_one_device_and_comes_to_another(town: Town, phone_of: Any) -> None:
    came = town.arrive(CHEN)
    old, new = phone_of(SUN), phone_of(ZHOU)
    old.sync(), new.sync()
    moved(town, came, QUANJI)
    assert came.subject in old.sync()["left"]
    new.sync()
    assert came.subject not in old.held
    assert new.held[came.subject]["area"] == QUANJI


def test_who_moves_within_the_remit_does_not_leave(town: Town, phone_of: Any) -> None:
    came = town.arrive(CHEN)
    phone = phone_of(LI)
    phone.sync()
    moved(town, came, QUANJI)
    assert phone.sync()["left"] == []
    assert phone.held[came.subject]["area"] == QUANJI


def test_who_comes_back_is_held_again(town: Town, phone_of: Any) -> None:
    came = town.arrive(CHEN)
    phone = phone_of(SUN)
    phone.sync()
    moved(town, came, QUANJI)
    moved(town, came, TAOLIN, hours=6)
    phone.sync()
    assert phone.held[came.subject]["area"] == TAOLIN


def test_a_device_that_was_away_while_somebody_left_is_still_told(
    town: Town, phone_of: Any
) -> None:
    came = town.arrive(CHEN)
    phone = phone_of(SUN)
    phone.sync()
    moved(town, came, QUANJI)
    for _ in range(20):
        town.arrive(MA)
    phone.sync(most=3)
    assert came.subject not in phone.held


def test_small_pages_tell_the_same_as_large_ones(town: Town, phone_of: Any) -> None:
    for _ in range(7):
        town.arrive(CHEN)
    small, large = phone_of(ZHAO), phone_of(ZHAO)
    small.sync(most=2), large.sync(most=500)
    assert small.held == large.held
    assert small.cursor == large.cursor


def test_a_changed_judgement_is_a_change(henan: Town, phone_of: Any) -> None:
    came = henan.arrive(CHEN)
    phone = phone_of(SUN)
    phone.sync()
    henan.at_risk("310115")
    assert came.subject in [c["subject"] for c in phone.sync()["changed"]]
    (journey,) = phone.held[came.subject]["rows"]["journey"]
    assert journey["category"] == "risk-area"


def test_whoever_was_forgotten_has_no_rows_any_more(town: Town, phone_of: Any) -> None:
    came = town.arrive(CHEN)
    phone = phone_of(SUN)
    phone.sync()
    town.installation.forgetting.forget(TOWNSHIP, came.subject, [came.purpose], "期满", town.now)
    phone.sync()
    assert phone.held.get(came.subject, {"rows": {}})["rows"] == {}


def test_after_a_rebuild_a_device_begins_anew(town: Town, phone_of: Any) -> None:
    came = town.arrive(CHEN)
    phone = phone_of(SUN)
    phone.sync()
    moved(town, came, QUANJI)
    town.installation.rebuild(TOWNSHIP)
    assert phone.ask()["anew"]
    phone.sync()
    assert came.subject not in phone.held, "who left before the rebuild would stay for ever"


@pytest.mark.parametrize("cursor", ["nonsense", "other.5", ".", "-1", "9" * 40, "x.9999999999999"])
def test_a_cursor_of_another_life_begins_anew(town: Town, phone_of: Any, cursor: str) -> None:
    came = town.arrive(CHEN)
    phone = phone_of(SUN)
    phone.cursor = cursor
    told = phone.ask()
    assert told["anew"]
    assert came.subject in [c["subject"] for c in told["changed"]]


def test_a_first_sync_is_not_anew(town: Town, phone_of: Any) -> None:
    assert not phone_of(SUN).ask()["anew"]


def test_every_change_counts_on(town: Town) -> None:
    town.arrive(CHEN)
    town.arrive(LIN, area=QUANJI)
    with town.installation.database.reading() as connection:
        changes = list(
            connection.scalars(
                sa.text("SELECT change FROM subject WHERE township = :t").bindparams(t=TOWNSHIP)
            )
        )
    assert len(changes) == len(set(changes))
