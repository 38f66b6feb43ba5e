"""What was observed has happened when it is told; what a device tells ahead proves nothing."""

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.ledger.console import findings
from tests.town import Town
from tests.village import CHEN, SUN, TAOLIN, TOWNSHIP, ZHAO, ZHENG
from tongxin.arrivals import facts
from tongxin.work.tables import task

HOUR = timedelta(hours=1)
Client = TestClient[Litestar]


def done(town: Town, person: str) -> set[str]:
    with town.installation.database.reading() as connection:
        rows = connection.execute(task.select().where(task.c.subject == person))
        return {row.task for row in rows if row.done_at is not None}


def test_a_device_that_tells_tomorrows_test_proves_nothing_and_is_doubted(
    henan: Town, client: Client, signed_in: SignedIn
) -> None:
    henan.at_risk()
    came = henan.arrive(CHEN)
    before = done(henan, came.subject)
    swab = facts.SwabResulted(taken_at=henan.now + 24 * HOUR, positive=False)
    (verdict,) = henan.record(
        henan.draft(
            facts.SWAB_RESULTED, swab, by=SUN, subject=came.subject, purpose=came.purpose,
            area=came.area,
        )
    )  # fmt: skip
    assert verdict.outcome == "recorded", "a device cannot be asked again"
    assert done(henan, came.subject) == before
    path = f"/api/v1/arrivals/{came.subject}/explanation"
    told = client.get(path, headers=signed_in(ZHAO)).text
    assert "later than it was recorded" in told
    henan.clock.advance(hours=30)
    henan.installation.rebuild(TOWNSHIP)
    assert done(henan, came.subject) == before, "it was not taken because its day has come"
    assert findings(henan) == []


@pytest.mark.parametrize(
    ("seen", "field"),
    [
        ({"swab": {"positive": False}}, "taken_at"),
        ({"temperature": {"celsius": 36.5}}, "taken_at"),
        ({"symptom": {}}, "seen_at"),
    ],
    ids=["swab", "temperature", "symptom"],
)
def test_at_a_desk_an_observation_later_than_now_is_refused_at_its_field(
    henan: Town, client: Client, signed_in: SignedIn, seen: dict[str, Any], field: str
) -> None:
    came = henan.arrive(CHEN)
    path, episode = f"/api/v1/arrivals/{came.subject}/observations", came.purpose.split(":")[1]

    def sent(after: timedelta) -> Any:
        told = {name: said | {field: str(henan.now + after)} for name, said in seen.items()}
        return client.post(path, json={"episode": episode, **told}, headers=signed_in(ZHENG))

    refused = sent(HOUR)
    assert (refused.status_code, refused.json()["code"]) == (422, "arrivals.in_the_future")
    assert refused.json()["field"] == field
    assert sent(timedelta(minutes=5)).status_code == 201, "clocks differ a little"


def test_nobody_was_met_or_passed_later_than_now(
    henan: Town, client: Client, signed_in: SignedIn
) -> None:
    later = str(henan.now + HOUR)
    finding = {"name": "试新来", "visited_at": later, "result": "met"}
    passage = {"name": "试新来", "passed_at": later}
    for path, told in (
        ("/api/v1/findings", {"finding": finding}),
        ("/api/v1/passages", {"passages": [{"passage": passage}]}),
    ):
        answer = client.post(path, json={"area": TAOLIN, **told}, headers=signed_in(ZHAO))
        assert (answer.status_code, answer.json()["code"]) == (422, "arrivals.in_the_future")
