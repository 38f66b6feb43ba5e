"""Taking back: a mistaken fact stops counting, and nothing about that is hidden."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.console import findings
from tests.ledger.test_forgetting import figures, rows_about
from tests.test_properties import QUICK, Rows, problems, rows_of, town_of
from tests.town import Town
from tests.village import (
    CHEN,
    LI,
    MORNING,
    QIAN,
    SUN,
    TOWNSHIP,
    WANG,
    WU,
    ZHAO,
    ZHENG,
    Worker,
    entry,
)
from tongxin.arrivals import facts as arrivals
from tongxin.base.clock import to_ms
from tongxin.base.ids import id_at
from tongxin.installation import Settings
from tongxin.ledger import corrections
from tongxin.ledger.facts import CLOCK, EPISODE, OFFICE, REGISTRATION, Draft, Entry
from tongxin.ledger.kinds import (
    APPROVED,
    TAKEN_BACK,
    TAKING_BACK_PROPOSED,
    Approved,
    TakenBack,
    TakingBackProposed,
)
from tongxin.ledger.tables import correction
from tongxin.work.facts import TASK_DONE, TASK_OPENED, TaskDone, TaskOpened

HOUR_MS = 3_600_000
RECORDED = to_ms(MORNING)


def swab(**header: Any) -> Entry:
    return entry(
        arrivals.SWAB_RESULTED, arrivals.SwabResulted(taken_at=MORNING, positive=True), **header
    )


def back(fact: Entry, hours: float = 0, **header: Any) -> Entry:
    """The author takes it back, so many hours after it was recorded."""
    said = {"author": fact.header.author, "recorded_at": RECORDED + int(hours * HOUR_MS)}
    return entry(TAKEN_BACK, TakenBack(fact=fact.id, reason="贴错了条码"), **(said | header))


def proposed(fact: Entry, by: str = "account-2") -> Entry:
    body = TakingBackProposed(fact=fact.id, reason="贴错了条码")
    return entry(TAKING_BACK_PROPOSED, body, author=by, purpose=OFFICE)


def approved(proposal: Entry, by: str) -> Entry:
    return entry(APPROVED, Approved(proposal=proposal.id), author=by, purpose=OFFICE)


def counts(fact: Entry, *others: Entry) -> bool:
    """Whether a fact counts beside these others, in whatever order they came."""
    found = {fact in corrections.divided(order)[0] for order in ([fact, *others], [*others, fact])}
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize(
    ("hours", "still"), [(0, False), (24, False), (24.001, True), (48, True), (-48, False)]
)
def test_its_author_takes_a_fact_back_for_a_day(hours: float, still: bool) -> None:
    fact = swab()
    assert counts(fact, back(fact, hours)) is still


def test_nobody_takes_anothers_fact_back_alone() -> None:
    fact = swab()
    assert counts(fact, back(fact, author="account-2"))


def test_nothing_is_taken_back_with_the_key_of_another_purpose() -> None:
    fact = swab()
    assert counts(fact, back(fact, purpose="episode:2"))
    assert counts(fact, back(fact, purpose=REGISTRATION))


def test_two_people_take_any_fact_back_however_old() -> None:
    fact = swab(recorded_at=RECORDED - 999 * HOUR_MS)
    wish = proposed(fact)
    assert counts(fact, wish)
    assert counts(fact, wish, approved(wish, "account-2"))  # his own yes does not count
    assert not counts(fact, wish, approved(wish, "account-3"))


def test_what_the_clock_recorded_and_what_an_office_did_stays() -> None:
    for fact in (swab(author=CLOCK), swab(purpose=OFFICE)):
        wish = proposed(fact)
        assert counts(fact, back(fact), wish, approved(wish, "account-3"))


def test_a_taking_back_is_not_taken_back() -> None:
    fact = swab()
    gone = back(fact)
    wish = proposed(gone)
    assert not counts(fact, gone, back(gone), wish, approved(wish, "account-3"))


def test_the_first_word_is_the_one_that_is_told() -> None:
    fact = swab()
    one, two = back(fact, happened_at=RECORDED + 1), back(fact, happened_at=RECORDED + 2)
    for order in ([fact, one, two], [two, one, fact]):
        (struck,) = corrections.divided(order)[1]
        assert struck.by == one


def test_who_waits_for_a_second_person() -> None:
    fact, other = swab(), swab()
    wish, late = proposed(fact), proposed(other)
    kept, struck = corrections.divided([fact, other, wish, late, back(other)])
    assert corrections.waiting(kept, struck) == {fact.id: [wish]}


# On an installation: standing, figures, pages of the ledger follow at once.


def about(came: Draft) -> dict[str, Any]:
    return {"subject": came.subject, "area": came.area}


def takes_back(town: Town, came: Draft, fact: str, by: Worker = WU) -> Draft:
    body = TakenBack(fact=fact, reason="出发地选错了")
    return town.draft(TAKEN_BACK, body, by=by, purpose=came.purpose, **about(came))


def proposes(town: Town, came: Draft, fact: str, by: Worker = ZHAO) -> Draft:
    body = TakingBackProposed(fact=fact, reason="出发地选错了")
    return town.draft(TAKING_BACK_PROPOSED, body, by=by, purpose=OFFICE, **about(came))


def approves(town: Town, came: Draft, wish: Draft, by: Worker = WANG) -> Draft:
    return town.draft(APPROVED, Approved(proposal=wish.id), by=by, purpose=OFFICE, **about(came))


def recorded(town: Town, *drafts: Draft) -> None:
    assert {str(verdict.outcome) for verdict in town.record(*drafts)} == {"recorded"}


def category(town: Town, subject: str) -> str | None:
    with town.installation.database.reading() as connection:
        found = connection.execute(
            sa.text("SELECT category FROM journey WHERE subject = :s"), {"s": subject}
        ).first()
    return None if found is None else str(found[0])


def test_a_mistaken_origin_is_taken_back_and_recorded_anew(henan: Town) -> None:
    henan.at_risk()
    came = henan.arrive(CHEN)
    assert category(henan, came.subject) == "risk-area"
    recorded(henan, takes_back(henan, came, came.id))
    assert category(henan, came.subject) is None
    assert figures(henan).get("arrivals.screened", 0) == 0
    anew = henan.arrival(CHEN, person=came.subject, from_area="410105", from_name="郑州市")
    episode = came.purpose.partition(":")[2]
    recorded(henan, henan.draft(
        arrivals.ARRIVAL_RECORDED, anew.body, by=WU, purpose=f"{EPISODE}:{episode}", **about(came)
    ))  # fmt: skip
    assert category(henan, came.subject) == "low-risk"
    assert figures(henan)["arrivals.screened"] == 1
    assert findings(henan) == []


def test_a_positive_test_of_somebody_else_is_taken_back_by_two(henan: Town) -> None:
    came = henan.arrive(CHEN)
    body = arrivals.SwabResulted(taken_at=henan.now, positive=True)
    found = henan.draft(arrivals.SWAB_RESULTED, body, by=ZHENG, purpose=came.purpose, **about(came))
    recorded(henan, found)
    wish = proposes(henan, came, found.id)
    recorded(henan, wish)
    assert word(henan, came) == "held"
    for nobody in (ZHAO, ZHENG):  # his own yes, and one who may not approve
        henan.record(approves(henan, came, wish, nobody))
        assert word(henan, came) == "held"
    recorded(henan, approves(henan, came, wish))
    assert word(henan, came) != "held"
    assert findings(henan) == []


def word(town: Town, came: Draft) -> str:
    """The last word of somebody's standing."""
    with town.installation.database.reading() as connection:
        spans = connection.scalar(
            sa.text("SELECT spans FROM journey WHERE subject = :s"), {"s": came.subject}
        )
    return str(spans).rpartition('"held"')[1].strip('"') or "free"


def test_whoever_approves_before_the_proposal_is_there_is_told_at_once(henan: Town) -> None:
    came = henan.arrive(CHEN)
    wish = proposes(henan, came, came.id)
    early = approves(henan, came, wish)
    (verdict,) = henan.record(early)
    assert (verdict.outcome, verdict.code) == ("refused", "access.no_proposal")
    recorded(henan, wish)
    recorded(henan, early)
    assert category(henan, came.subject) is None


@pytest.mark.parametrize("who", [SUN, WU, QIAN])
def test_not_everybody_proposes(henan: Town, who: Worker) -> None:
    came = henan.arrive(CHEN)
    (verdict,) = henan.record(proposes(henan, came, came.id, by=who))
    assert (verdict.outcome, verdict.code) == ("held", "access.not_in_remit")


def test_a_done_task_that_was_not_is_open_again(henan: Town) -> None:
    came = henan.arrive(CHEN)
    done = henan.draft(
        TASK_DONE, TaskDone(task="register", done_at=henan.now), by=SUN, purpose=came.purpose,
        **about(came),
    )  # fmt: skip
    recorded(henan, done)
    assert figures(henan)["work.done"] == 1
    recorded(henan, takes_back(henan, came, done.id, by=SUN))
    assert "work.done" not in figures(henan)
    assert findings(henan) == []


def test_a_late_word_of_the_author_changes_nothing_and_is_shown(henan: Town) -> None:
    came = henan.arrive(CHEN)
    henan.clock.advance(hours=25)
    recorded(henan, takes_back(henan, came, came.id))
    assert category(henan, came.subject) is not None
    with henan.installation.database.reading() as connection:
        (row,) = connection.execute(sa.select(correction)).all()
    assert (row.fact, row.counts, row.waits) == (came.id, False, False)


def test_correcting_a_slip_changes_no_rules(town: Town) -> None:
    """A pack adopted meanwhile is not let in by taking the first fact back."""
    came = town.arrive(CHEN)
    town.clock.advance(hours=1)
    town.adopt("henan-2022-04")
    anew = town.arrival(CHEN, person=came.subject)
    again = town.draft(
        arrivals.ARRIVAL_RECORDED, anew.body, by=WU, purpose=came.purpose, **about(came)
    )
    recorded(town, takes_back(town, came, came.id), again)
    with town.installation.database.reading() as connection:
        pack = connection.scalar(sa.text("SELECT pack FROM journey"))
    assert str(pack).startswith("watch@")


def test_what_was_taken_back_is_forgotten_with_its_episode(henan: Town) -> None:
    came = henan.arrive(CHEN)
    recorded(henan, takes_back(henan, came, came.id))
    certificate = henan.installation.forgetting.forget(
        TOWNSHIP, came.subject, [came.purpose], "期满", henan.now
    )
    assert certificate.facts == 2
    assert rows_about(henan, came.subject) == {"certificate"}
    assert findings(henan) == []


def test_who_proposed_and_who_approved_outlives_the_forgetting(henan: Town) -> None:
    came = henan.arrive(CHEN)
    wish = proposes(henan, came, came.id)
    recorded(henan, wish, approves(henan, came, wish))
    henan.installation.forgetting.forget(TOWNSHIP, came.subject, [came.purpose], "期满", henan.now)
    stream = henan.stream(came.subject)
    assert stream is not None
    told = {type(e.body): e.header.author for e in stream.entries}
    assert told[TakingBackProposed] == henan.account(ZHAO)
    assert told[Approved] == henan.account(WANG)
    assert findings(henan) == []


# Whatever the order: the same rows.

NO_PROPOSAL = "access.no_proposal"
LENGTH = 12


def story(town: Town) -> list[Draft]:
    """Slips of a morning, each taken back: by its author, by two people, and one too many."""
    at = MORNING + timedelta(hours=1)
    facts: list[Draft] = []

    def said(kind: Any, body: Any, by: Worker, **told: Any) -> Draft:
        moment = at + timedelta(minutes=len(facts))
        fields = {"purpose": came.purpose, "area": came.area, "subject": came.subject} | told
        draft = town.draft(kind, body, by=by, at=moment, id=id_at(moment, "slip"), **fields)
        facts.append(draft)
        return draft

    came = town.arrival(CHEN, at=at, id=id_at(at, "came"))
    facts.append(came)
    swab = said(arrivals.SWAB_RESULTED, arrivals.SwabResulted(taken_at=at, positive=True), ZHENG)
    hot = said(
        arrivals.TEMPERATURE_TAKEN, arrivals.TemperatureTaken(taken_at=at, celsius=39.5), SUN
    )
    asked = TaskOpened(task="asked-food", title="送菜", due_at=at + timedelta(hours=5))
    task = said(TASK_OPENED, asked, ZHAO)
    said(TASK_DONE, TaskDone(task="asked-food", done_at=at + timedelta(minutes=4)), SUN)
    said(TAKEN_BACK, TakenBack(fact=hot.id, reason="体温计没夹好"), SUN)
    said(TAKEN_BACK, TakenBack(fact=task.id, reason="不需要了"), SUN)  # not his: no effect
    wish = said(
        TAKING_BACK_PROPOSED, TakingBackProposed(fact=swab.id, reason="条码贴错"), LI,
        purpose=OFFICE,
    )  # fmt: skip
    said(APPROVED, Approved(proposal=wish.id), WANG, purpose=OFFICE)
    said(TAKEN_BACK, TakenBack(fact=hot.id, reason="又撤一次"), SUN)
    said(TAKEN_BACK, TakenBack(fact=came.id, reason="出发地选错"), WU)
    said(
        arrivals.ARRIVAL_RECORDED,
        arrivals.ArrivalRecorded(name=CHEN.name, arrived_at=at, from_area="410105"), WU,
    )  # fmt: skip
    assert len(facts) == LENGTH
    return facts


def tell(town: Town, order: list[int], cuts: set[int]) -> None:
    """Record in this order. Whoever is told that there is no proposal yet approves once it is."""
    facts, batch = story(town), list[Draft]()
    too_early: list[Draft] = []
    for place, number in enumerate(order):
        batch.append(facts[number])
        if place in cuts or place == len(order) - 1:
            verdicts = town.record(*batch)
            too_early += [d for d, v in zip(batch, verdicts, strict=True) if v.code == NO_PROPOSAL]
            batch = []
    town.record(*too_early)
    town.installation.store.settle()


@pytest.fixture
def straight(copies: Callable[[], Settings]) -> Rows:
    with town_of(copies) as town:
        tell(town, list(range(LENGTH)), set(range(LENGTH)))
        found = rows_of(town)
        assert found["journey"][0]["from_area"] == "410105"
        assert [row["task"] for row in found["task"] if row["done_by"]] == ["asked-food"]
        return found


@QUICK
@given(
    order=st.permutations(range(LENGTH)),
    again=st.lists(st.integers(0, LENGTH - 1), max_size=4),
    cuts=st.sets(st.integers(0, LENGTH + 4), max_size=6),
)
def test_facts_and_taking_back_in_any_order_leave_the_same_rows(
    copies: Callable[[], Settings],
    straight: Rows,
    order: list[int],
    again: list[int],
    cuts: set[int],
) -> None:
    with town_of(copies) as town:
        tell(town, [*order, *again], cuts)
        found = rows_of(town)
        for name, rows in straight.items():
            assert found[name] == rows, name
        assert problems(town) == []
        town.installation.rebuild(TOWNSHIP)
        assert rows_of(town) == found
