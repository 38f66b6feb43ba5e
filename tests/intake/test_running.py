"""A returnee ledger goes in: once, however often it is brought, and whole, whatever stops it."""

from typing import Any

import pytest
import sqlalchemy as sa

from tests.intake.lists import ledger, many, row, staged, taken_in
from tests.sheets.files import REAL, xlsx
from tests.town import Town
from tests.village import CHEN, LIN, QUANJI, TAOLIN, ZHAO, id_number
from tongxin.arrivals.facts import ArrivalRecorded, LedgerTold, SwabResulted
from tongxin.arrivals.tables import journey, ledger_line
from tongxin.intake import running
from tongxin.intake.staging import Counts, Staging
from tongxin.intake.tables import imported
from tongxin.intake.tables import staged as table
from tongxin.ledger.tables import chain, fact
from tongxin.registry.identity.facts import PeopleJoined, PeopleParted


def journeys(town: Town) -> list[Any]:
    with town.installation.database.reading() as connection:
        return list(connection.execute(sa.select(journey).order_by(journey.c.recorded_seq)))


def bodies(town: Town, type_: type[Any]) -> list[Any]:
    """The bodies of one kind that all people's facts hold."""
    found = []
    with town.installation.database.reading() as connection:
        subjects = list(connection.scalars(sa.select(fact.c.subject).distinct()))
    for subject in subjects:
        stream = town.stream(subject)
        found += [e.body for e in stream.entries if isinstance(e.body, type_)] if stream else []
    return found


def recorded_of(town: Town) -> set[str]:
    """The people of whom arrivals are recorded; who is one, the ledger says by itself."""
    with town.installation.database.reading() as connection:
        arrivals = fact.c.kind == "arrivals.arrival_recorded"
        return set(connection.scalars(sa.select(fact.c.subject).where(arrivals)))


def head(town: Town) -> int:
    with town.installation.database.reading() as connection:
        return connection.scalar(
            sa.select(chain.c.seq).where(chain.c.township == "411526108")
        ) or 0  # fmt: skip


@pytest.mark.parametrize("word", ["从何处返回", "从哪里返回"])
def test_where_somebody_came_from_goes_by_many_names(town: Town, word: str) -> None:
    asked = [word if title == "地址" else title for title in REAL]
    assert taken_in(town, ledger(row(), head=asked)) == Counts(new=1)
    (arrival,) = bodies(town, ArrivalRecorded)
    assert arrival.from_area == "310115"


def test_a_row_is_an_arrival_and_what_the_list_said(town: Town) -> None:
    assert taken_in(town, ledger(row())) == Counts(new=1)
    (arrival,) = bodies(town, ArrivalRecorded)
    assert (arrival.name, arrival.from_area, arrival.celsius) == ("陈静", "310115", 36.4)
    (told,) = bodies(town, LedgerTold)
    assert (told.health_code, told.vaccine, told.measures) == ("绿码", "三针", "居家隔离")
    (found,) = journeys(town)
    assert (found.village, found.phone) == (TAOLIN, "19900000001")


def test_the_same_list_again_changes_nothing(town: Town) -> None:
    data = ledger(*many(30))
    assert taken_in(town, data).new == 30
    before = head(town)
    assert taken_in(town, data) == Counts(known=30)
    assert head(town) == before + 1, "only the office's note of the import"


def test_the_same_row_in_another_list_changes_nothing(town: Town) -> None:
    taken_in(town, ledger(row()))
    swapped = [(title, value) for title, value in zip(REAL, row(), strict=True)][::-1]
    other = xlsx([[title for title, _ in swapped], [value for _, value in swapped]])
    assert taken_in(town, other) == Counts(known=1)


def test_a_list_with_a_row_twice_records_it_once(town: Town) -> None:
    assert taken_in(town, ledger(row(), row(序号=2))) == Counts(new=1, known=1)
    assert len(journeys(town)) == 1


def test_somebody_with_a_known_id_number_is_that_person(town: Town) -> None:
    came = town.arrive(CHEN)
    counts = taken_in(town, ledger(row(返回时间="2022-04-01", 电话="19911111111")))
    assert counts == Counts(new=1)
    assert {found.subject for found in journeys(town)} == {came.subject}


def test_the_same_day_is_the_same_journey_and_what_differs_is_kept(town: Town) -> None:
    town.arrive(CHEN)
    counts = taken_in(town, ledger(row(返回时间="2022-04-07", 电话="19911111111")))
    assert counts == Counts(added=1, remarked=1, differs=1)
    assert len(journeys(town)) == 1
    (told,) = bodies(town, LedgerTold)
    assert told.others == {"电话": "19911111111"}


@pytest.mark.parametrize("decided", [True, False, None])
def test_a_likeness_is_for_a_person_to_decide(town: Town, decided: bool | None) -> None:
    town.arrive(CHEN, id_number="")
    same = {} if decided is None else {3: decided}
    counts = taken_in(town, ledger(row(身份证号="", 返回时间="2022-04-02")), same=same)
    assert counts == (Counts(doubtful=1) if decided is None else Counts(new=1))
    assert len(recorded_of(town)) == 2, "records are never mixed"
    assert len({found.subject for found in journeys(town)}) == (1 if decided else 2)
    assert len(bodies(town, PeopleJoined)) == (decided is True)
    assert len(bodies(town, PeopleParted)) == (decided is False)


def test_two_id_numbers_are_two_people(town: Town) -> None:
    town.arrive(CHEN)
    other = row(身份证号=id_number("19880612", "040"))
    assert taken_in(town, ledger(other)) == Counts(new=1)


def test_rows_with_faults_come_back_and_the_others_go_in(town: Town) -> None:
    bad = row(身份证号=4.11526e17)
    job = staged(town, ledger(bad, *many(3), row(返回时间="2022-05-01", 姓名="未来")))
    assert job.record() == Counts(new=3, returned=2)
    with town.installation.database.reading() as connection:
        parts = list(job.staging.parts(connection, job.import_id, running.DONE))
    reasons = [fault.code for part in parts for each in part.returned for fault in each.faults]
    assert reasons == ["id_number_rounded", "arrival_in_future"]


def test_a_result_without_its_day_is_no_test(town: Town) -> None:
    taken_in(town, ledger(row(核酸结果="阴性")))
    assert bodies(town, SwabResulted) == []
    taken_in(town, ledger(row(核酸结果="阴性 2022-04-05", 返回时间="2022-04-04")))
    (swab,) = bodies(town, SwabResulted)
    assert not swab.positive
    assert swab.taken_at.isoformat() == "2022-04-05T00:00:00+08:00"


def test_no_list_sets_a_standing(henan: Town) -> None:
    taken_in(henan, ledger(row(防控措施="解除隔离", 返乡类型="绿码人员", 健康码="红码")))
    taken_in(
        henan, ledger(row(姓名="陈宁", 身份证号=id_number("19880612", "121"), 防控措施="集中隔离"))
    )
    one, other = journeys(henan)
    assert (one.category, one.spans) == (other.category, other.spans)


def test_a_village_outside_the_remit_comes_back(town: Town) -> None:
    mine, theirs = row(), row(姓名="林小满", 身份证号=LIN.id_number, 上报村="全集村")
    assert taken_in(town, ledger(mine, theirs), by=ZHAO) == Counts(new=1, returned=1)
    assert [found.village for found in journeys(town)] == [TAOLIN]


def test_people_outside_the_remit_are_not_met(town: Town) -> None:
    town.arrive(CHEN, area=QUANJI)
    assert taken_in(town, ledger(row()), by=ZHAO) == Counts(new=1)
    assert len(recorded_of(town)) == 2


def test_rows_without_a_village_go_where_was_chosen(town: Town) -> None:
    assert taken_in(town, ledger(row(上报村=""))) == Counts(returned=1)
    assert taken_in(town, ledger(row(上报村="")), area=QUANJI) == Counts(new=1)
    assert [found.village for found in journeys(town)] == [QUANJI]


def test_a_stop_loses_nothing_and_going_on_completes_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = many(1_200)
    job = staged(town, ledger(*whole))
    store, record, calls = job.store, job.store.record, []

    def dies(drafts: Any, now: Any) -> Any:
        calls.append(len(drafts))
        if len(calls) == 4:
            raise OSError("the power is gone")
        return record(drafts, now)

    monkeypatch.setattr(store, "record", dies)
    with pytest.raises(OSError, match="power"):
        job.record()
    some = len(journeys(town))
    assert 0 < some < 1_200
    monkeypatch.undo()
    again = running.Job(store, job.kind, job.import_id, job.asking)
    assert again.record() == Counts(new=1_200)
    assert len(journeys(town)) == 1_200
    with town.installation.database.reading() as connection:
        note = connection.execute(sa.select(imported)).one()
    assert (note.new, note.known) == (1_200, 0)


def test_a_list_is_gone_with_its_key_once_it_is_in(town: Town) -> None:
    job = staged(town, ledger(row()))
    name = (job.asking.township, job.import_id, "staged")
    assert job.store.keys.keys_for({name})
    job.record()
    with town.installation.database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0
    assert not job.store.keys.keys_for({name})
    assert job.store.keys.destroyed(*name) is not None


def test_a_list_lies_sealed(town: Town) -> None:
    staged(town, ledger(row()))
    with town.installation.database.reading() as connection:
        rows = list(connection.scalars(sa.select(table.c.sealed)))
    assert rows
    assert not any("陈静".encode() in bytes(sealed) for sealed in rows)


def test_what_nobody_touches_is_forgotten_after_some_days(town: Town) -> None:
    job = staged(town, ledger(row()))
    staging = Staging(job.store, job.asking.township)
    assert staging.forget_old(town.clock.advance(days=6)) == 0
    assert staging.forget_old(town.clock.advance(days=2)) == 1
    with town.installation.database.reading() as connection:
        assert staging.mine(connection, job.asking.account) == {}


def test_the_preview_says_what_then_happens(town: Town) -> None:
    town.arrive(LIN)
    rows = [*many(20), row(身份证号=""), row(身份证号="", 返回时间="2022-04-03"), row(姓名="")]
    job = staged(town, ledger(*rows))
    job.plan()
    with town.installation.database.reading() as connection:
        parts = list(job.staging.parts(connection, job.import_id, "plan-1"))
    foretold = [part.counts for part in parts]
    assert sum(counts.new for counts in foretold) == 21
    assert len(journeys(town)) == 1
    counts = job.record()
    assert (counts.new, counts.doubtful, counts.returned) == (21, 1, 1)
    assert foretold[0] == counts


def test_an_edited_name_of_our_own_export_comes_back(town: Town) -> None:
    came = town.arrive(CHEN)
    head_ = (*REAL, "记录编号")
    own = [*row(返回时间="2022-04-07 06:00", 姓名="陈晶"), came.purpose.partition(":")[2]]
    assert taken_in(town, ledger(own, head=head_)) == Counts(returned=1)


def test_rebuilding_gives_the_same_rows(town: Town) -> None:
    taken_in(town, ledger(*many(40)))
    before = journeys(town)
    with town.installation.database.reading() as connection:
        lines = list(connection.execute(sa.select(ledger_line)))
        notes = list(connection.execute(sa.select(imported)))
    town.installation.rebuild("411526108")
    assert journeys(town) == before
    with town.installation.database.reading() as connection:
        assert sorted(connection.execute(sa.select(ledger_line))) == sorted(lines)
        assert list(connection.execute(sa.select(imported))) == notes
