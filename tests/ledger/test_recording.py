"""Recorded once, a duplicate after that; what contradicts is recorded too."""

import sqlalchemy as sa

from tests.town import Town
from tests.village import (
    CHEN,
    FENG,
    LI,
    LIN,
    MORNING,
    NEIGHBOUR,
    QUANJI,
    SHIZHAI,
    SUN,
    TAOLIN,
    TOWNSHIP,
    WU,
    ZHAO,
    ZHENG,
    ZHOU,
    arrival,
    wire,
)
from tongxin.access import facts as access
from tongxin.arrivals import facts as arrivals
from tongxin.base.clock import to_ms
from tongxin.base.ids import new_id
from tongxin.ledger.facts import Draft
from tongxin.ledger.tables import chain, fact
from tongxin.work.facts import TASK_DONE, TaskDone


def symptom(town: Town, about: Draft, **more: object) -> Draft:
    """郑洁 sees a symptom of whoever `about` is the arrival of."""
    fields: dict[str, object] = {
        "by": ZHENG, "subject": about.subject, "purpose": about.purpose, "area": about.area
    } | more  # fmt: skip
    body = arrivals.SymptomSeen(seen_at=town.now)
    return town.draft(arrivals.SYMPTOM_SEEN, body, **fields)  # type: ignore[arg-type]  # by name


def head_of(town: Town, township: str = TOWNSHIP) -> int:
    with town.installation.database.reading() as connection:
        found = connection.scalars(sa.select(chain.c.seq).where(chain.c.township == township))
        return int(found.one())


def test_the_header_says_who_where_when_and_how_wrong_the_device_clock_is(town: Town) -> None:
    phone, came = town.device(WU), new_id()
    raw = wire(
        phone, arrivals.ARRIVAL_RECORDED, arrival(), subject=f"person-{came}",
        purpose=f"episode:{came}", id=came, at=MORNING,
    )  # fmt: skip
    slow = town.clock.advance(minutes=5)
    (verdict,) = town.sent([raw], sent_at=MORNING)
    stream = town.stream(f"person-{came}")
    assert stream is not None
    header = stream.entries[0].header
    assert (header.township, header.seq, header.id) == (TOWNSHIP, verdict.seq, came)
    assert (header.author, header.device, header.area) == (phone.owner, phone.name, TAOLIN)
    assert header.happened_at == to_ms(MORNING)
    assert (header.recorded_at, header.offset_ms) == (to_ms(slow), 5 * 60 * 1000)


def test_sent_twice_it_is_recorded_once(town: Town) -> None:
    draft = town.arrival(CHEN)
    (first,), (again,) = town.record(draft), town.record(draft)
    assert (first.outcome, again.outcome) == ("recorded", "duplicate")
    assert again.seq == first.seq


def test_twice_in_one_batch_it_is_recorded_once(town: Town) -> None:
    draft = town.arrival(CHEN)
    before = head_of(town)
    assert [str(v.outcome) for v in town.record(draft, draft)] == ["recorded", "duplicate"]
    assert head_of(town) == before + 1


def test_a_duplicate_of_what_was_forgotten_is_a_duplicate(town: Town) -> None:
    came = town.arrive(CHEN)
    town.installation.forgetting.forget(TOWNSHIP, came.subject, [came.purpose], "期满", town.now)
    assert town.record(came)[0].outcome == "duplicate"


def test_the_same_id_in_another_township_is_another_fact(town: Town) -> None:
    here = town.arrive(CHEN)
    there = town.arrival(CHEN, by=FENG, area=SHIZHAI, id=here.id)
    assert there.township == NEIGHBOUR
    assert town.record(there)[0].outcome == "recorded"


def test_a_batch_for_two_townships_goes_into_two_chains(town: Town) -> None:
    here, there = head_of(town), head_of(town, NEIGHBOUR)
    verdicts = town.record(
        town.arrival(CHEN), town.arrival(LIN, by=FENG, area=SHIZHAI), town.arrival(LIN)
    )
    assert [v.seq for v in verdicts] == [here + 1, there + 1, here + 2]


def test_an_unknown_township_is_refused(town: Town) -> None:
    (verdict,) = town.record(replaced(town.arrival(CHEN), township="411526110"))
    assert (verdict.outcome, verdict.code) == ("refused", "ledger.unknown_township")


def replaced(draft: Draft, **changed: object) -> Draft:
    fields = {name: getattr(draft, name) for name in draft.__struct_fields__}
    return Draft(**(fields | changed))


def test_a_relayed_batch_is_fine(town: Town) -> None:
    """孙丽's telephone has no network; 赵磊's session carries her facts, signed by her device."""
    phone, came = town.device(SUN), new_id()
    raw = wire(
        phone, arrivals.ARRIVAL_RECORDED, arrival(), subject=f"person-{came}",
        purpose=f"episode:{came}", id=came,
    )  # fmt: skip
    assert town.account(ZHAO) != phone.owner
    assert town.sent([raw])[0].outcome == "recorded"
    stream = town.stream(f"person-{came}")
    assert stream is not None and stream.entries[0].header.author == town.account(SUN)


def test_a_contradiction_is_recorded_and_both_sides_stay(henan: Town) -> None:
    came = henan.arrive(CHEN)
    other = henan.arrival(
        CHEN, by=SUN, person=came.subject, from_area="430104", from_name="长沙市岳麓区"
    )
    other = replaced_in(henan, other, came)
    assert henan.record(other)[0].outcome == "recorded"
    stream = henan.stream(came.subject)
    assert stream is not None
    told = {
        e.body.from_area for e in stream.entries if isinstance(e.body, arrivals.ArrivalRecorded)
    }
    assert told == {"310115", "430104"}


def replaced_in(town: Town, draft: Draft, episode: Draft) -> Draft:
    """The same statement, made about another's episode."""
    return town.draft(
        arrivals.ARRIVAL_RECORDED, draft.body, by=SUN, subject=episode.subject,
        purpose=episode.purpose, area=episode.area,
    )  # fmt: skip


def test_an_unknown_subject_is_held(town: Town) -> None:
    (verdict,) = town.record(symptom(town, town.arrival(CHEN)))
    assert (verdict.outcome, verdict.code) == ("held", "ledger.unknown_subject")


def test_who_arrives_in_the_same_batch_is_known(town: Town) -> None:
    came = town.arrival(CHEN)
    verdicts = town.record(came, symptom(town, came))
    assert [str(v.outcome) for v in verdicts] == ["recorded", "recorded"]


def test_the_same_id_with_other_bytes_is_held(town: Town) -> None:
    came = town.arrive(CHEN)
    (verdict,) = town.record(town.arrival(LIN, id=came.id))
    assert (verdict.outcome, verdict.code) == ("held", "ledger.other_bytes")


def test_the_same_id_with_other_bytes_in_one_batch_is_held(town: Town) -> None:
    came = town.arrival(CHEN)
    verdicts = town.record(came, town.arrival(LIN, id=came.id))
    assert [v.code for v in verdicts] == [None, "ledger.other_bytes"]


def test_who_lost_the_remit_meanwhile_is_held(town: Town) -> None:
    draft = town.arrival(CHEN, by=SUN)
    town.withdraw(SUN, "grid_worker", TAOLIN)
    (verdict,) = town.record(draft)
    assert (verdict.outcome, verdict.code) == ("held", "access.not_in_remit")


def test_who_loses_the_remit_in_the_same_batch_is_held_from_there_on(town: Town) -> None:
    one, two = town.arrival(CHEN, by=SUN), town.arrival(LIN, by=SUN, area=TAOLIN)
    gone = town.draft(
        access.ROLE_WITHDRAWN,
        access.RoleWithdrawn(role="grid_worker", area=TAOLIN, reason="岗位调整"),
        subject=town.account(SUN), purpose="registration", area=TOWNSHIP,
    )  # fmt: skip
    assert [str(v.outcome) for v in town.record(one, gone, two)] == [
        "recorded", "recorded", "held"
    ]  # fmt: skip


def test_whose_account_is_closed_is_held(town: Town) -> None:
    draft = town.arrival(CHEN, by=SUN)
    town.close_account(SUN)
    assert town.record(draft)[0].code == "access.not_in_remit"


def test_nobody_records_in_a_village_that_is_not_his(town: Town) -> None:
    assert town.record(town.arrival(CHEN, by=ZHOU, area=TAOLIN))[0].outcome == "held"


def test_nobody_pulls_somebody_into_his_own_village(town: Town) -> None:
    """周敏 of 202 knows the id of somebody in 201 and speaks of him as if he were in 202."""
    came = town.arrive(CHEN)
    mine = town.draft(
        arrivals.ARRIVAL_RECORDED, arrival(CHEN), by=ZHOU, subject=came.subject,
        purpose=came.purpose, area=QUANJI,
    )  # fmt: skip
    assert town.record(mine)[0].code == "access.not_in_remit"
    with town.installation.database.reading() as connection:
        area = connection.scalar(
            sa.text("SELECT area FROM subject WHERE subject = :s"), {"s": came.subject}
        )
    assert area == TAOLIN


def test_nobody_records_in_somebody_elses_account(town: Town) -> None:
    mine = town.draft(
        access.PASSWORD_SET, access.PasswordSet(password_hash="x"), by=SUN,
        subject=town.account(LI), purpose="registration", area=TOWNSHIP,
    )  # fmt: skip
    assert town.record(mine)[0].code == "access.not_in_remit"


def test_a_task_is_done_only_once_however_often_it_is_said(henan: Town) -> None:
    henan.at_risk()
    came = henan.arrive(CHEN)
    with henan.installation.database.reading() as connection:
        task = connection.execute(
            sa.text("SELECT task FROM task WHERE subject = :s ORDER BY due_at"),
            {"s": came.subject},
        ).scalars().first()  # fmt: skip
    done = TaskDone(task=str(task), done_at=henan.now)
    said = [
        henan.draft(TASK_DONE, done, by=by, subject=came.subject, purpose=came.purpose)
        for by in (SUN, ZHAO)
    ]
    assert [str(v.outcome) for v in henan.record(*said)] == ["recorded", "recorded"]
    with henan.installation.database.reading() as connection:
        amount = connection.scalar(
            sa.text("SELECT sum(amount) FROM figure_part WHERE figure = 'work.done'")
        )
    assert amount == 1


def test_chains_of_townships_count_each_from_one(town: Town) -> None:
    town.arrive(CHEN)
    with town.installation.database.reading() as connection:
        for township in (TOWNSHIP, NEIGHBOUR):
            seqs = connection.scalars(
                sa.select(fact.c.seq).where(fact.c.township == township).order_by(fact.c.seq)
            ).all()
            assert list(seqs) == list(range(1, len(seqs) + 1))
