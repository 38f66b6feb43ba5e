"""On its day an episode is forgotten by the clock alone; before it, two people are needed."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.ledger.console import findings
from tests.ledger.test_forgetting import figures, rows_about
from tests.ledger.twins import recorded
from tests.test_properties import rows_of
from tests.town import Clock, Town
from tests.village import CHEN, HE_LI, LIN, MA, MORNING, TOWNSHIP, ZHENG
from tongxin import clockwork
from tongxin.arrivals.facts import TEMPERATURE_TAKEN, TemperatureTaken
from tongxin.arrivals.tables import kept_until
from tongxin.base.clock import ZONE, from_ms
from tongxin.clockwork import Ticked, tick
from tongxin.installation import Settings, open_
from tongxin.ledger.facts import CLOCK, Draft
from tongxin.ledger.forgetting import ON_ITS_DAY
from tongxin.ledger.kinds import Forgotten
from tongxin.ledger.noting import Note

# 林小满 arrives on 7 April and nothing is asked of her: kept for 30 civil days after it.
DAY = datetime(2022, 5, 8, tzinfo=ZONE)


def ticked(town: Town, at: datetime) -> Ticked:
    """A tick at an instant, of a clock that has been going on since the day before."""
    town.clock.now = at - timedelta(days=1)
    tick(town.installation, town.now)
    return ticked_at_once(town, at)


def ticked_at_once(town: Town, at: datetime) -> Ticked:
    town.clock.now = at
    (here,) = (each for each in tick(town.installation, at) if each.township == TOWNSHIP)
    return here


def is_readable(town: Town, who: Draft) -> bool:
    return town.installation.keys.destroyed(TOWNSHIP, who.subject, who.purpose) is None


def test_the_day_before_nothing_goes_and_on_the_day_it_does(town: Town) -> None:
    lin = town.arrive(LIN)
    counted = figures(town)
    assert ticked(town, DAY - timedelta(seconds=1)).forgotten == 0
    assert is_readable(town, lin)

    assert ticked(town, DAY).forgotten == 1

    assert not is_readable(town, lin)
    assert rows_about(town, lin.subject) <= {"certificate", "figure_part", "subject"}
    assert figures(town) == counted
    stream = town.stream(lin.subject)
    assert stream is not None
    (told,) = [entry for entry in stream.entries if isinstance(entry.body, Forgotten)]
    assert isinstance(told.body, Forgotten)
    assert (told.body.reason, told.header.author) == (ON_ITS_DAY, CLOCK)
    assert findings(town) == []


def test_twice_does_nothing_twice_and_a_rebuild_changes_nothing(town: Town) -> None:
    town.arrive(LIN)
    assert ticked(town, DAY).forgotten == 1
    assert ticked(town, DAY).nothing
    before = rows_of(town)
    town.installation.rebuild(TOWNSHIP)
    assert rows_of(town) == before


def test_after_months_of_being_off_all_go_who_have_had_their_day(town: Town) -> None:
    came = [town.arrive(who) for who in (LIN, MA, HE_LI)]
    assert ticked(town, MORNING + timedelta(days=200)).forgotten == len(came)
    assert not any(is_readable(town, each) for each in came)
    assert findings(town) == []


def test_one_tick_forgets_so_many_and_the_next_goes_on(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clockwork, "_MOST_FORGOTTEN", 2)
    for who in (LIN, MA, HE_LI):
        town.arrive(who)
    later = MORNING + timedelta(days=60)
    assert [ticked(town, later).forgotten for _ in range(3)] == [2, 1, 0]


def test_a_tick_that_is_cut_off_is_finished_by_the_next(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk of the notes fails after the first certificate, before its key has gone."""
    came = [town.arrive(who) for who in (LIN, MA, HE_LI)]
    here = town.installation.forgetting

    def fails(_notes: list[Note]) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as cut:
        cut.setattr(here, "_write_down", fails)
        with pytest.raises(OSError, match="no space left"):
            ticked(town, DAY)
    assert all(is_readable(town, each) for each in came)

    done = ticked_at_once(town, DAY)

    assert (done.forgotten, done.keys_destroyed) == (2, 1)
    assert not any(is_readable(town, each) for each in came)
    assert findings(town) == []


def test_whose_end_is_not_known_is_kept(henan: Town) -> None:
    henan.at_risk()
    chen = henan.arrive(CHEN)
    assert ticked(henan, MORNING + timedelta(days=400)).forgotten == 0
    assert is_readable(henan, chen)


def test_what_is_still_recorded_of_is_still_of_use(town: Town) -> None:
    """Also a list brought in long after: it is not gone in the next minute."""
    town.clock.now = MORNING + timedelta(days=90)
    old = town.arrive(MA, at=MORNING)
    assert ticked(town, town.now + timedelta(minutes=1)).forgotten == 0
    town.clock.advance(days=20)
    seen = TemperatureTaken(taken_at=town.now, celsius=36.5)
    draft = town.draft(
        TEMPERATURE_TAKEN, seen, by=ZHENG, subject=old.subject, purpose=old.purpose
    )  # fmt: skip
    recorded(town, draft)
    last = town.now
    assert ticked(town, last + timedelta(days=30)).forgotten == 0
    assert ticked(town, last + timedelta(days=31)).forgotten == 1


def test_records_that_are_one_go_together_and_only_the_journey_that_is_over(town: Town) -> None:
    one, other = town.arrive(LIN), town.arrive(LIN, at=MORNING + timedelta(minutes=1))
    town.clock.now = MORNING + timedelta(days=25)
    again = town.arrive(LIN)
    assert ticked(town, DAY).forgotten == 1
    assert not is_readable(town, one)
    assert not is_readable(town, other)
    assert is_readable(town, again)
    assert findings(town) == []


def test_two_processes_forget_once(town: Town, settings: Settings) -> None:
    lin = town.arrive(LIN)
    other = open_(settings, Clock(DAY))
    try:
        tick(other, DAY - timedelta(days=1))
        assert [each.forgotten for each in tick(other, DAY)] == [1, 0]
        assert ticked_at_once(town, DAY).forgotten == 0
    finally:
        other.close()
    assert not is_readable(town, lin)


def test_the_day_stands_in_a_row(town: Town) -> None:
    lin = town.arrive(LIN)
    with town.installation.database.reading() as connection:
        at = connection.scalar(
            sa.select(kept_until.c.at).where(kept_until.c.subject == lin.subject)
        )
    assert at is not None
    assert from_ms(at) == DAY


def test_after_a_leap_of_the_clock_nobody_is_forgotten_for_a_day(town: Town) -> None:
    """A clock that is a year ahead would else forget everybody before anyone has looked."""
    lin = town.arrive(LIN)
    ticked_at_once(town, town.now)
    ahead = MORNING + timedelta(days=365)
    assert ticked_at_once(town, ahead).waits_until == ahead + timedelta(days=1)
    nearly = ticked_at_once(town, ahead + timedelta(hours=23))
    assert (nearly.forgotten, is_readable(town, lin)) == (0, True)
    assert ticked_at_once(town, ahead + timedelta(days=1)).forgotten == 1


def test_a_clock_that_was_put_right_forgets_nobody_and_waits_no_longer(town: Town) -> None:
    lin = town.arrive(LIN)
    ticked(town, MORNING + timedelta(hours=1))
    ticked_at_once(town, MORNING + timedelta(days=365))
    right = ticked_at_once(town, MORNING + timedelta(hours=2))
    assert (right.forgotten, right.waits_until) == (0, None)
    assert is_readable(town, lin)
