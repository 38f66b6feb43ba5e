"""Clocks that jump: what happened is recorded all the same, and days keep their heads."""

from datetime import timedelta
from typing import Final

import pytest
import sqlalchemy as sa

from tests.storms import record
from tests.town import Clock, Town
from tests.village import CHEN, TOWNSHIP, WU, arrival, wire
from tongxin.arrivals import facts as arrivals
from tongxin.base.ids import new_id
from tongxin.clockwork import tick
from tongxin.ledger.facts import Outcome
from tongxin.ledger.tables import daily_head

JUMPS: Final = (
    timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1),
    timedelta(days=3), timedelta(days=-2), timedelta(minutes=-30), timedelta(days=40),
)  # fmt: skip


def test_the_servers_clock_jumps_between_facts(town: Town, clock: Clock) -> None:
    for jump in JUMPS:
        town.arrive(CHEN)
        tick(town.installation, clock.now)
        clock.now += jump
        town.arrive(CHEN)
        tick(town.installation, clock.now)
    assert record.findings(town.installation) == []
    with town.installation.database.reading() as connection:
        found = connection.execute(
            sa.select(daily_head.c.day, daily_head.c.seq)
            .where(daily_head.c.township == TOWNSHIP)
            .order_by(daily_head.c.day)
        ).all()
    days = [row.day for row in found]
    assert days == sorted(set(days)), "a day has two heads"
    assert days, "no day has a head"


def test_a_clock_that_went_back_signs_no_day_twice(town: Town, clock: Clock) -> None:
    clock.advance(days=2)
    tick(town.installation, clock.now)
    before = days_signed(town)
    clock.advance(days=-2)
    tick(town.installation, clock.now)
    clock.advance(days=2)
    tick(town.installation, clock.now)
    assert days_signed(town) == before
    assert record.findings(town.installation) == []


def days_signed(town: Town) -> list[tuple[str, int]]:
    with town.installation.database.reading() as connection:
        rows = connection.execute(sa.select(daily_head.c.day, daily_head.c.seq))
        return sorted((row.day, row.seq) for row in rows)


@pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(days=-1), timedelta(days=400)])
def test_a_device_whose_clock_is_wrong_is_measured_and_believed(town: Town, off: timedelta) -> None:
    phone = town.device(WU)
    fact = new_id()
    sent = wire(
        phone, arrivals.ARRIVAL_RECORDED, arrival(CHEN, town.now + off),
        subject=f"person-{fact}", purpose=f"episode:{fact}", id=fact, at=town.now + off,
    )  # fmt: skip
    (verdict,) = town.sent([sent], town.now + off)
    assert verdict.outcome is Outcome.RECORDED
    stream = town.stream(f"person-{fact}")
    assert stream is not None
    header = stream.entries[0].header
    assert header.offset_ms == -off / timedelta(milliseconds=1)
    assert record.findings(town.installation) == []
