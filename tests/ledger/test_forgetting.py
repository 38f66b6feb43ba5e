"""Forgetting: the person goes, the counts stay, and a certificate says so."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.town import Town
from tests.village import CHEN, LI, LIN, MA, TAOLIN, TOWNSHIP, WANG, WU, ZHENG, ZHOU
from tongxin.arrivals.facts import SYMPTOM_SEEN, SymptomSeen
from tongxin.base.ids import new_id
from tongxin.base.problems import Problem
from tongxin.base.remit import remit_of
from tongxin.briefing.queries import totals
from tongxin.clockwork import tick
from tongxin.installation import Settings, opened
from tongxin.ledger import forgetting, noting
from tongxin.ledger.facts import OFFICE, Draft, Outcome
from tongxin.ledger.forgetting import Certificate
from tongxin.ledger.inbox import digest_of, subject_of
from tongxin.ledger.kinds import (
    APPROVED,
    FORGET_PROPOSED,
    FORGOTTEN,
    HELD_RESOLVED,
    Approved,
    ForgetProposed,
    HeldResolved,
)
from tongxin.ledger.noting import Note
from tongxin.ledger.recording import Recorder
from tongxin.ledger.tables import fact, held
from tongxin.ledger.verifying import Count, verified
from tongxin.work import facts as work

SEES = remit_of(["figures.read"], [TOWNSHIP])


def forget(town: Town, who: Draft) -> Certificate:
    return town.installation.forgetting.forget(
        TOWNSHIP, who.subject, [who.purpose], "测试", town.now
    )


def figures(town: Town) -> dict[str, int]:
    with town.installation.database.reading() as connection:
        return totals(SEES, connection, TOWNSHIP)


def wrong(town: Town, count: Count) -> list[str]:
    here = town.installation
    with here.database.reading() as connection:
        found = verified(connection, here.keys, here.rulebook, TOWNSHIP, count)
        return [finding.text.en for finding in found]


def rows_about(town: Town, subject: str) -> set[str]:
    here = town.installation
    with here.database.reading() as connection:
        return {
            table.name
            for table in here.rulebook.tables
            if connection.scalar(
                sa.select(sa.func.count()).select_from(table).where(table.c.subject == subject)
            )
        }


def test_the_counts_stay(henan: Town) -> None:
    who = henan.arrive(CHEN)
    henan.arrive(LIN)
    before = figures(henan)
    forget(henan, who)
    assert figures(henan) == before
    assert before["arrivals.screened"] == 2


def test_the_counts_stay_through_a_rebuild(henan: Town) -> None:
    who = henan.arrive(CHEN)
    before = figures(henan)
    forget(henan, who)
    henan.installation.rebuild(TOWNSHIP)
    assert figures(henan) == before


def test_who_comes_again_after_being_forgotten_is_counted_as_screened_once(henan: Town) -> None:
    who = henan.arrive(CHEN)
    forget(henan, who)
    henan.clock.advance(days=40)
    henan.arrive(CHEN, person=who.subject)
    counted = figures(henan)
    assert (counted["arrivals.screened"], counted["arrivals.recorded"]) == (1, 2)


def test_no_row_about_the_person_stays_but_counts_and_certificate(henan: Town) -> None:
    who = henan.arrive(CHEN)
    assert {"journey", "stay", "task"} <= rows_about(henan, who.subject)
    forget(henan, who)
    assert rows_about(henan, who.subject) == {"figure_part", "certificate"}


def test_the_raw_files_hold_name_number_and_phone_before_and_not_after(
    henan: Town, tmp_path: Path
) -> None:
    if not henan.installation.database.is_sqlite:
        assert "vacuum" in (forget(henan, henan.arrive(CHEN)).rows_until or "")
        return
    told = [CHEN.name, CHEN.id_number, CHEN.phone]
    who = henan.arrive(CHEN)
    assert [on_disk(tmp_path, word) for word in told] == [True, True, True]
    forget(henan, who)
    assert [on_disk(tmp_path, word) for word in told] == [False, False, False]


def on_disk(folder: Path, word: str) -> bool:
    """Whether any file below, WAL included, holds these bytes."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return any(word.encode() in path.read_bytes() for path in files)


def test_the_facts_can_no_longer_be_read_and_the_chain_still_verifies(henan: Town) -> None:
    who = henan.arrive(CHEN)
    forget(henan, who)
    count = Count()
    assert wrong(henan, count) == []
    assert count.forgotten == 1
    stream = henan.stream(who.subject)
    assert stream is not None
    assert [entry.header.kind for entry in stream.entries] == [FORGOTTEN.name]


def test_a_fact_that_comes_late_for_what_is_forgotten_is_refused(henan: Town) -> None:
    who = henan.arrive(CHEN)
    forget(henan, who)
    late = henan.draft(
        work.TASK_DONE, work.TaskDone(task="register", done_at=henan.now), by=LI,
        subject=who.subject, purpose=who.purpose,
    )  # fmt: skip
    (verdict,) = henan.record(late)
    assert (verdict.outcome, verdict.code) == (Outcome.REFUSED, "ledger.forgotten")


def test_the_certificate_says_how_much_and_by_when_copies_have_expired(henan: Town) -> None:
    who = henan.arrive(CHEN)
    forget(henan, who)
    with henan.installation.database.reading() as connection:
        (found,) = forgetting.certificates(connection, TOWNSHIP)
    assert (found.subject, found.facts, found.backups_until) == (who.subject, 1, None)
    assert found.head_seq > 0


def test_what_is_unknown_or_forgotten_already_cannot_be_forgotten(henan: Town) -> None:
    who = henan.arrive(CHEN)
    forget(henan, who)
    with pytest.raises(Problem, match=r"ledger\.nothing_to_forget"):
        forget(henan, who)


def test_a_forgetting_cut_off_before_the_key_went_is_finished_at_the_next_start(
    henan: Town,
) -> None:
    """The certificate is on disk, the key still there: the power went in between."""
    here = henan.installation
    who = henan.arrive(CHEN)
    cut_off(henan, who)
    assert here.keys.destroyed(TOWNSHIP, who.subject, who.purpose) is None
    assert wrong(henan, Count()) == ["it says forgotten, but a key is still there"]
    here.forgetting.finish(TOWNSHIP)
    assert here.keys.destroyed(TOWNSHIP, who.subject, who.purpose) is not None
    assert wrong(henan, Count()) == []


def cut_off(town: Town, who: Draft) -> None:
    """Record the certificate, and stop there."""
    here = town.installation.forgetting

    def record_only(connection: sa.Connection, recorder: Recorder) -> list[Note]:
        return here._record(
            connection, recorder, TOWNSHIP, who.subject, [who.purpose], "测试", town.now
        )

    town.installation.store.within(record_only)


def test_a_lost_note_is_written_again(henan: Town) -> None:
    who = henan.arrive(CHEN)
    forget(henan, who)
    path = henan.installation.forgetting.note_path
    path.unlink()
    henan.installation.forgetting.finish(TOWNSHIP)
    (note,) = noting.noted(path)
    assert (note.subject, note.body.purposes) == (who.subject, (who.purpose,))


@pytest.mark.parametrize("left", [1, 40, -1])
def test_a_note_that_a_full_disk_cut_off_stops_no_start_and_is_written_again(
    henan: Town, settings: Settings, left: int
) -> None:
    first, second, third = (henan.arrive(who) for who in (CHEN, LIN, MA))
    path = henan.installation.forgetting.note_path
    forget(henan, first)
    whole = path.stat().st_size
    forget(henan, second)
    with path.open("r+b") as file:
        file.truncate(whole + left if left > 0 else path.stat().st_size + left)
    forget(henan, third)  # goes on where the line was cut off
    with opened(settings, henan.clock):
        told = {note.subject for note in noting.noted(path)}
    assert told == {first.subject, second.subject, third.subject}


def test_a_note_names_nobody(henan: Town) -> None:
    forget(henan, henan.arrive(CHEN))
    written = henan.installation.forgetting.note_path.read_text(encoding="utf-8")
    assert CHEN.name not in written
    assert CHEN.phone not in written


def test_forgetting_before_the_day_needs_somebody_elses_approval(henan: Town) -> None:
    who = henan.arrive(CHEN)
    proposed = henan.draft(
        FORGET_PROPOSED, ForgetProposed(purposes=(who.purpose,), reason="本人申请"), by=LI,
        subject=who.subject, purpose=OFFICE,
    )  # fmt: skip
    approvals = [
        henan.draft(
            APPROVED, Approved(proposal=proposed.id), by=by, subject=who.subject, purpose=OFFICE
        )
        for by in (LI, WANG)
    ]
    found = []
    for draft in (proposed, *approvals):
        henan.record(draft)
        stream = henan.stream(who.subject)
        assert stream is not None
        found.append(forgetting.approval([stream]) is not None)
    assert found == [False, False, True]


def test_the_sealed_bytes_stay_and_nothing_opens_them(henan: Town) -> None:
    here = henan.installation
    who = henan.arrive(CHEN)
    forget(henan, who)
    with here.database.reading() as connection:
        sealed = connection.scalar(sa.select(fact.c.sealed).where(fact.c.id == who.id))
    assert sealed
    assert here.keys.keys_for({(TOWNSHIP, who.subject, who.purpose)}) == {}


def dismissed(town: Town, draft: Draft) -> None:
    """李建国 decides that a held fact is not to be recorded."""
    digest = digest_of(draft.signature)
    decision = HeldResolved(held=digest, accepted=False, reason="查无此人")
    done = town.draft(
        HELD_RESOLVED, decision, by=LI, subject=subject_of(digest), purpose=OFFICE,
        area=draft.area,
    )  # fmt: skip
    assert town.record(done)[0].outcome == "recorded"


def test_somebody_of_whom_something_was_only_ever_held_is_forgotten_too(henan: Town) -> None:
    here = henan.installation
    astray = henan.arrival(CHEN, by=ZHOU, area=TAOLIN)
    assert henan.record(astray)[0].outcome == "held"
    with pytest.raises(Problem, match=r"ledger\.nothing_to_forget"):
        forget(henan, astray)  # it is not decided yet
    dismissed(henan, astray)
    certificate = forget(henan, astray)
    assert (certificate.facts, certificate.purposes) == (0, (astray.purpose,))
    assert here.keys.destroyed(TOWNSHIP, astray.subject, astray.purpose) is not None
    with here.database.reading() as connection:
        assert connection.execute(sa.select(held)).all() == []
    assert wrong(henan, Count()) == []
    here.rebuild(TOWNSHIP)
    assert wrong(henan, Count()) == []
    again = henan.arrival(CHEN, by=WU, person=astray.subject, id=astray.id)
    assert henan.record(again)[0].code == "ledger.forgotten"


def test_what_was_held_and_dismissed_goes_with_the_person(henan: Town) -> None:
    here, who = henan.installation, henan.arrive(CHEN)
    invented = f"episode:{new_id()}"
    stray = henan.draft(
        SYMPTOM_SEEN, SymptomSeen(seen_at=henan.now), by=ZHENG, subject=who.subject,
        purpose=invented,
    )  # fmt: skip
    assert henan.record(stray)[0].code == "ledger.unknown_episode"
    dismissed(henan, stray)
    certificate = forget(henan, who)
    assert set(certificate.purposes) == {who.purpose, invented}
    assert here.keys.destroyed(TOWNSHIP, who.subject, invented) is not None
    assert wrong(henan, Count()) == []


def test_who_has_long_been_reading_keeps_the_log_and_tick_empties_it(henan: Town) -> None:
    here = henan.installation
    who = henan.arrive(CHEN)
    with here.database.reading() as connection:
        connection.execute(sa.select(sa.func.count()).select_from(held)).scalar()
        certificate = forget(henan, who)
        assert certificate.log_emptied is not here.database.is_sqlite
        assert here.forgetting.finish(TOWNSHIP).log_emptied is not here.database.is_sqlite
        ticked = tick(here, henan.now)
        assert all(each.log_emptied is not here.database.is_sqlite for each in ticked)
    assert all(each.log_emptied for each in tick(here, henan.now))
    if here.database.is_sqlite:
        log = here.database.path.with_name(here.database.path.name + "-wal")
        assert log.stat().st_size == 0
