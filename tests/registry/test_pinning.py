"""Which pack an episode keeps: by the server's clock, or by a device's word of the last week."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.ledger.console import findings
from tests.town import Town
from tests.village import CHEN, MORNING, TOWNSHIP, WU, ZHAO, arrival, entry, wire
from tongxin.arrivals.facts import ARRIVAL_RECORDED
from tongxin.arrivals.tables import journey
from tongxin.base.clock import to_ms
from tongxin.base.ids import new_id
from tongxin.ledger.facts import Outcome
from tongxin.policy.shipped import shipped_bytes
from tongxin.registry.pinning import OFFLINE, pinned
from tongxin.registry.rules import PackInForce, pack_of

WATCH, HENAN = (pack_of(shipped_bytes(name).decode()) for name in ("watch", "henan-2022-04"))
LATER = MORNING + timedelta(days=30)
OLD = PackInForce(WATCH, "old", 1, to_ms(MORNING))
NEW = PackInForce(HENAN, "new", 2, to_ms(LATER))


def told(waited: timedelta, recorded_after: timedelta, **header: Any) -> Any:
    """An arrival that came in so long after the new pack, and had waited so long by its word."""
    recorded_at = LATER + recorded_after
    said = {
        "seq": 3, "device": "device-1", "recorded_at": to_ms(recorded_at),
        "happened_at": to_ms(recorded_at - waited),
    }  # fmt: skip
    return [entry(ARRIVAL_RECORDED, arrival(CHEN), **(said | header))]


DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("waited", "recorded_after", "by", "doubted"),
    [
        (HOUR, DAY, NEW, False),
        (2 * DAY, DAY, OLD, True),
        (OFFLINE, DAY, OLD, True),
        (OFFLINE + HOUR, DAY, NEW, True),
        (300 * DAY, DAY, NEW, False),  # before there were any rules
        (-DAY, -HOUR, OLD, True),
        (-DAY, DAY, NEW, False),
    ],
)
def test_a_device_without_a_network_is_believed_for_a_week(
    waited: timedelta, recorded_after: timedelta, by: PackInForce, doubted: bool
) -> None:
    pin = pinned([OLD, NEW], told(waited, recorded_after))
    assert pin.by == by
    assert (pin.at_told != pin.at) == doubted


def test_a_form_is_of_the_moment_in_which_it_comes_in() -> None:
    pin = pinned([OLD, NEW], told(2 * DAY, DAY, device="server"))
    assert (pin.by, pin.at_told) == (NEW, OLD)


def test_a_pack_adopted_after_the_first_fact_never_counts() -> None:
    assert pinned([OLD, NEW], told(HOUR, DAY, seq=2)).by == OLD


def test_what_is_recorded_later_changes_nothing() -> None:
    first, late = told(HOUR, DAY), told(5 * DAY, 2 * DAY, seq=4)
    assert pinned([OLD, NEW], [*first, *late]) == pinned([OLD, NEW], first)


def sent(town: Town, waited: timedelta) -> str:
    """吴强's telephone sends an arrival that it recorded so long ago; the person's subject."""
    came, at = new_id(), town.now - waited
    raw = wire(
        town.device(WU), ARRIVAL_RECORDED, arrival(CHEN, at), subject=f"person-{came}",
        purpose=f"episode:{came}", id=came, at=at,
    )  # fmt: skip
    (verdict,) = town.sent([raw])
    assert verdict.outcome is Outcome.RECORDED
    return f"person-{came}"


def pack_of_journey(town: Town, person: str) -> str:
    with town.installation.database.reading() as connection:
        found: str = connection.execute(
            sa.select(journey.c.pack).where(journey.c.subject == person)
        ).scalar_one()
    return found.partition("@")[0]


def explained(client: TestClient[Litestar], signed_in: SignedIn, person: str) -> str:
    path = f"/api/v1/arrivals/{person}/explanation"
    return client.get(path, headers=signed_in(ZHAO)).text


def test_backdating_finds_no_laxer_pack(
    town: Town, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    town.clock.advance(days=30)
    town.adopt("henan-2022-04")
    town.clock.advance(hours=1)
    person = sent(town, OFFLINE + HOUR)
    assert pack_of_journey(town, person) == "henan-2022-04"
    said = explained(client, signed_in, person)
    assert WATCH.pack.title.zh in said
    assert "check the time" in said


def test_what_was_recorded_without_a_network_keeps_the_pack_of_then_and_says_so(
    town: Town, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    town.clock.advance(days=30)
    town.adopt("henan-2022-04")
    town.clock.advance(hours=1)
    person = sent(town, 2 * DAY)
    assert pack_of_journey(town, person) == "watch"
    assert HENAN.pack.title.zh in explained(client, signed_in, person)
    page = client.get(f"/arrivals/{person}", headers={**signed_in(ZHAO), "Accept": "text/html"})
    assert "请核实时间" in page.text
    assert findings(town) == []
    town.installation.rebuild(TOWNSHIP)
    assert pack_of_journey(town, person) == "watch"


def test_nobody_is_told_of_packs_where_both_clocks_agree(
    town: Town, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    assert "check the time" not in explained(client, signed_in, sent(town, HOUR))
