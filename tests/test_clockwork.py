"""The clock: what it records, as of when, and that it never does so twice."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from tests.town import Clock, Town
from tests.village import CHEN, LIN, MORNING, TOWNSHIP
from tongxin.arrivals.retention import forget_at
from tongxin.base.clock import ZONE, from_ms, start_of
from tongxin.catalogue import plans
from tongxin.clockwork import tick
from tongxin.installation import Installation, Settings, open_
from tongxin.ledger.facts import CLOCK, SERVER
from tongxin.ledger.tables import daily_head, fact
from tongxin.ledger.verifying import Count, verified
from tongxin.work.tables import task


def alarms(installation: Installation) -> list[tuple[str, datetime, datetime]]:
    """(subject, happened at, recorded at) of every alarm, in the order recorded."""
    with installation.database.reading() as connection:
        rows = connection.execute(
            sa.select(fact)
            .where(fact.c.township == TOWNSHIP, fact.c.kind == "work.task_overdue")
            .order_by(fact.c.seq)
        )
        found = []
        for row in rows:
            assert (row.author, row.device) == (CLOCK, SERVER)
            found.append((row.subject, from_ms(row.happened_at), from_ms(row.recorded_at)))
        return found


def late(installation: Installation, now: datetime) -> int:
    """How many late tasks no alarm tells of."""
    with installation.database.reading() as connection:
        return (
            connection.scalar(
                sa.select(sa.func.count())
                .select_from(task)
                .where(
                    task.c.due_at < now.timestamp() * 1000,
                    task.c.done_at.is_(None),
                    task.c.alarm_seq.is_(None),
                )
            )
            or 0
        )


def test_a_late_task_raises_one_alarm_as_of_the_instant_it_was_due(henan: Town) -> None:
    henan.at_risk()
    chen = henan.arrive(CHEN)
    assert all(done.alarms == 0 for done in tick(henan.installation, henan.now))
    now = henan.clock.advance(days=3)

    ticked = {done.township: done for done in tick(henan.installation, now)}

    found = alarms(henan.installation)
    assert ticked[TOWNSHIP].alarms == len(found) > 0
    for subject, happened_at, recorded_at in found:
        assert subject == chen.subject
        assert MORNING < happened_at < now == recorded_at
    assert late(henan.installation, now) == 0


def test_ticking_twice_does_nothing_twice(henan: Town) -> None:
    henan.at_risk()
    henan.arrive(CHEN)
    now = henan.clock.advance(days=2)
    tick(henan.installation, now)
    before = alarms(henan.installation)

    assert all(done.nothing for done in tick(henan.installation, now))
    assert alarms(henan.installation) == before


def test_a_day_has_its_head_once_it_has_ended(town: Town) -> None:
    town.arrive(LIN)
    (here, *_) = (d for d in tick(town.installation, town.now) if d.township == TOWNSHIP)
    assert here.heads == ()

    now = town.clock.advance(days=3)
    (here, *_) = (d for d in tick(town.installation, now) if d.township == TOWNSHIP)

    assert here.heads == ("2022-04-07", "2022-04-08", "2022-04-09")
    with town.installation.database.reading() as connection:
        signed = connection.execute(
            sa.select(fact.c.happened_at)
            .where(fact.c.township == TOWNSHIP, fact.c.kind == "ledger.head_signed")
            .order_by(fact.c.seq)
        ).scalars()
        assert [from_ms(at) for at in signed] == [
            start_of(MORNING.date() + timedelta(days=day)) for day in (1, 2, 3)
        ]
        days = connection.scalars(sa.select(daily_head.c.day).order_by(daily_head.c.day))
        assert set(here.heads) <= set(days)
        sound = verified(
            connection, town.installation.keys, town.installation.rulebook, TOWNSHIP, Count()
        )
        assert list(sound) == []


def test_two_processes_may_tick(henan: Town, settings: Settings) -> None:
    henan.at_risk()
    henan.arrive(CHEN)
    now = henan.clock.advance(days=2)
    other = open_(settings, Clock(now))
    try:
        tick(other, now)
        before = alarms(henan.installation)
        assert before
        assert all(done.nothing for done in tick(henan.installation, now))
        assert alarms(henan.installation) == before
    finally:
        other.close()


def retention(town: Town, subject: str) -> list[datetime | None]:
    stream = town.stream(subject)
    assert stream is not None
    with town.installation.database.reading() as connection:
        context = town.installation.context(connection, TOWNSHIP)
    return [forget_at(j) for j in plans([stream], context).values()]


def test_an_episode_of_which_nothing_is_asked_is_forgotten_thirty_days_after_arrival(
    town: Town,
) -> None:
    lin = town.arrive(LIN)
    assert retention(town, lin.subject) == [datetime(2022, 5, 8, tzinfo=ZONE)]


def test_an_episode_that_has_not_ended_has_no_day(henan: Town) -> None:
    henan.at_risk()
    chen = henan.arrive(CHEN)
    assert retention(henan, chen.subject) == [None]
