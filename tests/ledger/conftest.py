"""A township that has lived through a morning."""

import pytest

from tests.registry.risklists.lists import KUNSHAN, entry, served
from tests.town import Town
from tests.village import CHEN, LIN, TOWNSHIP, WU, arrival, wire
from tongxin.arrivals.facts import ARRIVAL_RECORDED
from tongxin.base.ids import new_id
from tongxin.ledger import heads
from tongxin.ledger.facts import (
    Outcome,
)
from tongxin.registry.facts import CASES_MOVE_PROPOSED, CasesMoveProposed


@pytest.fixture
def lived(henan: Town) -> Town:
    """A morning has passed: an area at risk, a list, arrivals by form and by device, a head."""
    henan.at_risk()
    henan.approve(henan.listed(served([entry(KUNSHAN, "某小区")])))
    henan.propose(
        CASES_MOVE_PROPOSED, CasesMoveProposed(from_pack="old", to_pack="new", reason="省里通知")
    )
    henan.arrive(CHEN)
    phone, came = henan.device(WU), new_id()
    raw = wire(
        phone, ARRIVAL_RECORDED, arrival(LIN), subject=f"person-{came}",
        purpose=f"episode:{came}", id=came,
    )  # fmt: skip
    assert henan.sent([raw])[0].outcome == "recorded"
    henan.clock.advance(days=1)
    sign_heads(henan)
    return henan


def sign_heads(town: Town) -> None:
    installation = town.installation
    with installation.database.reading() as connection:
        drafts = heads.due(connection, installation.keys, TOWNSHIP, town.now)
    for verdict in town.record(*drafts):
        assert verdict.outcome is Outcome.RECORDED
