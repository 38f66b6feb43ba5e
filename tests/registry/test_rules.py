"""A proposal is in force once somebody else has said yes, and not before."""

from typing import Any

import sqlalchemy as sa

from tests.town import Town
from tests.village import CHEN, LI, MA, MORNING, NEIGHBOUR, TOWNSHIP, WANG, entry
from tongxin.base.remit import remit_of
from tongxin.ledger.facts import INIT, Entry
from tongxin.ledger.kinds import APPROVED, Approved
from tongxin.policy.shipped import shipped_bytes
from tongxin.registry import facts, queries, rules

AREA = facts.AreaProposed(
    code="310115", name="上海市浦东新区", level="high", from_=MORNING, source="通报"
)
PROPOSED = entry(facts.AREA_PROPOSED, AREA, author="account-li", seq=3)


def yes(by: str, to: Entry = PROPOSED, seq: int = 4) -> Entry:
    return entry(APPROVED, Approved(proposal=to.id), author=by, seq=seq)


def in_force(*entries: Entry) -> tuple[str | None, int | None]:
    found = rules.proposal(entries)
    assert found is not None
    return found.approved_by, found.in_force_seq


def test_no_proposal_is_none() -> None:
    assert rules.proposal([]) is None
    assert rules.proposal([yes("account-wang")]) is None


def test_a_proposal_alone_is_not_in_force() -> None:
    assert in_force(PROPOSED) == (None, None)


def test_nobodys_own_yes_counts() -> None:
    assert in_force(PROPOSED, yes("account-li")) == (None, None)


def test_somebody_elses_yes_brings_it_into_force() -> None:
    assert in_force(PROPOSED, yes("account-wang")) == ("account-wang", 4)


def test_a_yes_to_something_else_does_not() -> None:
    other = entry(facts.AREA_PROPOSED, AREA, author="account-li")
    assert in_force(PROPOSED, yes("account-wang", to=other)) == (None, None)


def test_the_first_yes_that_counts_is_the_one() -> None:
    yeses = [yes("account-li", seq=4), yes("account-wang", seq=5), yes("account-zhao", seq=6)]
    assert in_force(PROPOSED, *yeses) == ("account-wang", 5)


def test_what_init_proposes_needs_nobody() -> None:
    first = entry(facts.AREA_PROPOSED, AREA, author=INIT, seq=1)
    assert in_force(first) == (INIT, 1)


def journeys(town: Town) -> list[Any]:
    with town.installation.database.reading() as connection:
        return list(connection.execute(sa.text("SELECT subject, category, pack FROM journey")))


def test_a_pack_counts_from_its_approval_on_and_not_for_who_came_before(town: Town) -> None:
    before = town.arrive(CHEN)
    town.adopt()
    after = town.arrive(MA)
    packs = {row.subject: row.pack for row in journeys(town)}
    assert packs == {before.subject: "watch@2", after.subject: "henan-2022-04@2"}


def test_a_pack_proposed_and_not_approved_counts_for_nobody(town: Town) -> None:
    text = shipped_bytes("henan-2022-04").decode()
    town.propose(
        facts.PACK_PROPOSED, facts.PackProposed(text=text, in_force_from=town.now, reason="疫情")
    )
    town.arrive(CHEN)
    assert [row.pack for row in journeys(town)] == ["watch@2"]


def test_an_area_touches_who_was_there_and_nobody_else(henan: Town) -> None:
    there, elsewhere = henan.arrive(CHEN), henan.arrive(MA, from_area="430104")
    henan.at_risk("310115")
    found = {row.subject: row.category for row in journeys(henan)}
    assert found[there.subject] == "risk-area"
    assert found[elsewhere.subject] != "risk-area"


def test_an_area_of_a_neighbour_touches_nobody_here(henan: Town) -> None:
    came = henan.arrive(CHEN)
    with henan.installation.database.reading() as connection:
        context = henan.installation.context(connection, NEIGHBOUR)
    assert context.situation.is_empty
    assert [row.category for row in journeys(henan) if row.subject == came.subject] != ["risk-area"]


def test_proposals_are_shown_to_who_may_read_them(henan: Town) -> None:
    remit = remit_of(["policy.read"], [TOWNSHIP])
    with henan.installation.database.reading() as connection:
        found = queries.proposals(remit, connection, TOWNSHIP)
        nothing = queries.proposals(remit_of([], []), connection, TOWNSHIP)
    assert [row["pack_id"] for row in found["pack"]] == ["henan-2022-04", "watch"]
    assert found["pack"][0]["proposed_by"] == henan.account(LI)
    assert found["pack"][0]["approved_by"] == henan.account(WANG)
    assert nothing == {"pack": [], "risk_area": [], "risk_list": [], "case_move": []}


def test_a_place_named_anew_has_its_new_name(town: Town) -> None:
    body = facts.PlaceNamed(code="411526108201", name="桃林社区")
    town.record(
        town.draft(
            facts.PLACE_NAMED, body, subject="place-411526108201", purpose="office",
            area="411526108201",
        )
    )  # fmt: skip
    with town.installation.database.reading() as connection:
        assert queries.places(connection, TOWNSHIP)["411526108201"] == "桃林社区"
        assert queries.township_name(connection, TOWNSHIP) == "桃林铺镇"
