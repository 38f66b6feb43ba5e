"""Forgetting somebody who was written down more than once: all of it goes, and the counts stay."""

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from tests.ledger.console import findings
from tests.ledger.test_forgetting import figures, on_disk, rows_about
from tests.ledger.twins import clusters, recorded, says, subjects
from tests.town import Town
from tests.village import CHEN, LI, LIN, MA, MORNING, TAOLIN, TOWNSHIP, WANG, Worker
from tongxin.ledger import forgetting, noting
from tongxin.ledger.facts import OFFICE, Draft, Fact, Kind
from tongxin.ledger.forgetting import Certificate
from tongxin.ledger.kinds import (
    APPROVED,
    FORGET_PROPOSED,
    Approved,
    ForgetProposed,
)
from tongxin.ledger.tables import fact

LATER = MORNING + timedelta(hours=2)


def twice(town: Town) -> tuple[Draft, Draft]:
    """陈静 is written down twice in one morning, with one number."""
    return town.arrive(CHEN), town.arrive(CHEN, at=LATER)


def forget(town: Town, *which: Draft) -> Certificate:
    """Forget the journeys of these; asked for by the first."""
    purposes = [draft.purpose for draft in which]
    return town.installation.forgetting.forget(
        TOWNSHIP, which[0].subject, purposes, "期满", town.now
    )


def destroyed(town: Town, draft: Draft) -> bool:
    keys = town.installation.keys
    return keys.destroyed(TOWNSHIP, draft.subject, draft.purpose) is not None


def test_whichever_record_is_named_all_are_forgotten_and_counted_once(henan: Town) -> None:
    one, other = twice(henan)
    henan.arrive(LIN)
    before = figures(henan)
    certificate = forget(henan, other)
    assert destroyed(henan, one) and destroyed(henan, other)
    assert certificate.subject == other.subject
    assert [each.subject for each in certificate.others] == [one.subject]
    assert figures(henan) == before
    for each in (one, other):
        assert rows_about(henan, each.subject) <= {"figure_part", "certificate", "tie", "member"}
    assert findings(henan) == []
    henan.installation.rebuild(TOWNSHIP)
    assert figures(henan) == before
    assert findings(henan) == []


def test_name_number_and_phone_are_gone_from_the_files(henan: Town, tmp_path: Path) -> None:
    if not henan.installation.database.is_sqlite:
        one, other = twice(henan)
        assert "vacuum" in (forget(henan, one).rows_until or "")
        assert destroyed(henan, other)
        return
    said = [CHEN.name, CHEN.id_number, CHEN.phone]
    one, _ = twice(henan)
    assert all(on_disk(tmp_path, word) for word in said)
    forget(henan, one)
    assert not any(on_disk(tmp_path, word) for word in said)


def test_no_mark_is_left_and_they_stay_one_by_ids_alone(henan: Town) -> None:
    one, other = twice(henan)
    forget(henan, one)
    assert clusters(henan) == {subjects(one, other)}
    with henan.installation.database.reading() as connection:
        assert not connection.execute(sa.text("SELECT * FROM mark")).all()
        said = connection.execute(sa.text("SELECT one, other, together FROM tie")).all()
    assert {(row[0], row[1], bool(row[2])) for row in said} == {
        (*sorted((one.subject, other.subject)), True)
    }


def test_who_comes_again_is_counted_as_screened_once_by_whichever_record(henan: Town) -> None:
    one, other = twice(henan)
    forget(henan, one)
    henan.clock.advance(days=40)
    for each in (one, other):
        henan.arrive(CHEN, person=each.subject, at=henan.now)
    counted = figures(henan)
    assert (counted["arrivals.screened"], counted["arrivals.recorded"]) == (1, 2)
    assert findings(henan) == []


def test_only_the_journey_that_is_over_is_forgotten_and_the_rest_stays_one(henan: Town) -> None:
    """The first journey spans two records; the second is told of a third."""
    one, other = twice(henan)
    henan.clock.advance(days=30)
    third = henan.arrive(CHEN)
    before = figures(henan)
    forget(henan, one)
    assert destroyed(henan, one) and destroyed(henan, other) and not destroyed(henan, third)
    assert clusters(henan) == {subjects(one, other, third)}
    with henan.installation.database.reading() as connection:
        (row,) = connection.execute(sa.text("SELECT subject, episode FROM journey")).all()
    assert row.subject == min(subjects(one, other, third))
    assert figures(henan) == before
    assert findings(henan) == []
    forget(henan, third)
    assert figures(henan) == before
    henan.installation.rebuild(TOWNSHIP)
    assert figures(henan) == before
    assert findings(henan) == []


def test_parting_who_was_forgotten_keeps_the_counts_of_each(henan: Town) -> None:
    one, other = twice(henan)
    forget(henan, one)
    before = figures(henan)
    recorded(henan, says(henan, one, other, joined=False))
    assert clusters(henan) == set()
    assert figures(henan) == before
    assert findings(henan) == []


def test_joining_somebody_with_whom_is_forgotten_counts_him_no_second_time(henan: Town) -> None:
    gone = henan.arrive(CHEN, id_number="")
    forget(henan, gone)
    henan.clock.advance(days=40)
    again = henan.arrive(CHEN)
    assert figures(henan)["arrivals.screened"] == 2
    recorded(henan, says(henan, gone, again, joined=True))
    assert figures(henan)["arrivals.screened"] == 1
    assert findings(henan) == []


def test_a_proposal_about_any_record_and_its_approval_count_for_all(henan: Town) -> None:
    one, other = twice(henan)
    said = ForgetProposed(purposes=(one.purpose, other.purpose), reason="本人申请")
    wish = about(henan, FORGET_PROPOSED, said, other, LI)
    recorded(henan, wish)
    streams = [s for each in (one, other) if (s := henan.stream(each.subject)) is not None]
    assert forgetting.approval(streams) is None
    recorded(henan, about(henan, APPROVED, Approved(proposal=wish.id), other, WANG))
    streams = [s for each in (one, other) if (s := henan.stream(each.subject)) is not None]
    agreed = forgetting.approval(streams)
    assert agreed is not None and agreed.purposes == said.purposes


def about(town: Town, kind: Kind, body: Fact, whom: Draft, by: Worker) -> Draft:
    return town.draft(kind, body, by=by, subject=whom.subject, purpose=OFFICE, area=TAOLIN)


def test_a_restored_ledger_forgets_all_records_again(henan: Town) -> None:
    """The notes beside the keys name each record."""
    one, other = twice(henan)
    forget(henan, one)
    notes = noting.noted(henan.installation.forgetting.note_path)
    assert {note.subject for note in notes} == subjects(one, other)
    assert all(CHEN.name not in str(note) for note in notes)
    assert henan.installation.forgetting.repeat_noted(henan.now) == 0


def test_a_forgetting_that_takes_nothing_is_no_forgetting_of_the_others(henan: Town) -> None:
    one, other = henan.arrive(CHEN), henan.arrive(MA)
    forget(henan, one)
    assert not destroyed(henan, other)
    with henan.installation.database.reading() as connection:
        kinds = connection.scalars(sa.select(fact.c.kind).where(fact.c.subject == other.subject))
        assert list(kinds) == ["arrivals.arrival_recorded"]
