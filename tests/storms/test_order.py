"""A device sends everything twice, late, in reverse: each fact counts once, as if in order."""

import random
from datetime import timedelta
from typing import Any, Final

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.storms import record
from tests.town import Clock, Town
from tests.village import CHEN, RETURNEES, TOWNSHIP, WU, Device, Returnee, arrival, batch, wire
from tongxin.arrivals import facts as arrivals
from tongxin.base.ids import new_id
from tongxin.installation import Installation
from tongxin.ledger.facts import Fact, Kind
from tongxin.ledger.rebuilding import rebuild
from tongxin.ledger.tables import DERIVED, fact, held

LATE: Final = timedelta(days=3)


def made(phone: Device, town: Town) -> list[bytes]:
    """A day's work on one telephone: arrivals, then what was seen of each person."""
    found: list[bytes] = []
    for n, who in enumerate(RETURNEES):
        found += about(phone, who, town, n)
    return found


def about(phone: Device, who: Returnee, town: Town, n: int) -> list[bytes]:
    episode, at = new_id(), town.now + timedelta(minutes=10 * n)
    said: list[tuple[Kind, Fact]] = [
        (arrivals.ARRIVAL_RECORDED, arrival(who, at)),
        (arrivals.TEMPERATURE_TAKEN, arrivals.TemperatureTaken(taken_at=at, celsius=36.4)),
        (arrivals.SWAB_RESULTED, arrivals.SwabResulted(taken_at=at, positive=False)),
    ]
    return [
        wire(
            phone, kind, body, subject=f"person-{episode}", purpose=f"episode:{episode}",
            area=who.village, at=at, id=episode if n == 0 else new_id(),
        )
        for n, (kind, body) in enumerate(said)
    ]  # fmt: skip


def derived(installation: Installation) -> dict[str, list[Any]]:
    """Every derived row but what counts changes, and what tells the order of recording."""
    left_out = {"change", "first_seq", "last_seq", "recorded_seq"}
    with installation.database.reading() as connection:
        return {
            table.name: sorted(
                repr(row)
                for row in connection.execute(
                    sa.select(*(c for c in table.c if c.name not in left_out)).where(
                        table.c.township == TOWNSHIP
                    )
                )
            )
            for table in DERIVED.sorted_tables
            if table.name not in {"departure", "account", "device"}
        }


def shuffled(facts: list[bytes]) -> list[bytes]:
    again = facts * 2
    random.Random(1).shuffle(again)
    return again


@pytest.mark.parametrize("order", ["twice", "reversed", "shuffled"])
def test_each_fact_counts_once_in_whatever_order(
    henan: Town, clock: Clock, client: TestClient[Litestar], signed_in: SignedIn, order: str
) -> None:
    phone = henan.device(WU)
    henan.at_risk("310115")
    facts = made(phone, henan)
    sent = {"twice": facts * 2, "reversed": facts[::-1] * 2, "shuffled": shuffled(facts)}[order]
    clock.now += LATE
    headers = signed_in(WU)
    outcomes: dict[str, int] = {}
    for start in range(0, len(sent), 5):  # several batches, as a bad network makes them
        answer = client.post(
            "/api/v1/facts", content=batch(sent[start : start + 5], clock.now), headers=headers
        )
        assert answer.status_code == 200, answer.text
        for verdict in answer.json()["verdicts"]:
            outcomes[verdict["outcome"]] = outcomes.get(verdict["outcome"], 0) + 1
    assert set(outcomes) <= {"recorded", "duplicate", "held"}, outcomes
    installation = henan.installation
    with installation.database.reading() as connection:
        open_ = sa.select(sa.func.count()).where(held.c.resolved_by.is_(None))
        assert connection.scalar(open_) == 0, "something still waits"
        counted = connection.execute(
            sa.select(fact.c.id, sa.func.count()).where(fact.c.device == phone.name)
            .group_by(fact.c.id)
        ).all()  # fmt: skip
    assert {n for _, n in counted} == {1}
    assert len(counted) == len(facts)
    assert record.findings(installation) == []
    assert_as_if_in_order(henan)


def assert_as_if_in_order(town: Town) -> None:
    before = derived(town.installation)
    people = [row for row in before["journey"] if CHEN.name in row]
    assert len(people) == 1
    town.installation.store.within(
        lambda connection, _: rebuild(
            connection, town.installation.keys, town.installation.rulebook, TOWNSHIP
        )
    )
    assert derived(town.installation) == before
