"""陈静's family comes home, step by step: `told(town)`, `at_post(town)`, `met(town)`."""

from datetime import datetime, timedelta
from typing import Any

from tests.town import Town
from tests.village import CHEN, LI, SUN, TAOLIN, WU, Returnee, Worker
from tongxin.arrivals.declarations.facts import (
    RETURN_CALLED_OFF,
    RETURN_DECLARED,
    CertificateTold,
    ReturnCalledOff,
    ReturnDeclared,
)
from tongxin.arrivals.findings.facts import FINDING_MADE, FindingMade
from tongxin.arrivals.passages.facts import (
    HANDED_OVER,
    PASSAGE_RECORDED,
    WENT_BACK,
    HandedOver,
    PassageRecorded,
    WentBack,
)
from tongxin.base.ids import new_id
from tongxin.ledger.facts import EPISODE, Draft, Fact, Kind, Outcome


def declaration(who: Returnee, planned_at: datetime, **told: Any) -> ReturnDeclared:
    """What `who` tells ahead; `told` replaces single fields."""
    said: dict[str, Any] = {
        "name": who.name, "planned_at": planned_at, "from_area": who.from_area,
        "from_name": who.from_name, "id_number": who.id_number, "phone": who.phone,
        "address": who.address,
    }  # fmt: skip
    return ReturnDeclared(**(said | told))


def passage(who: Returnee, at: datetime, **seen: Any) -> PassageRecorded:
    """What is seen when `who` stands at the post with papers that do."""
    fresh = CertificateTold(
        sampled_at=at - timedelta(hours=20), reported_at=at - timedelta(hours=12)
    )
    said: dict[str, Any] = {
        "name": who.name, "passed_at": at, "from_area": who.from_area,
        "from_name": who.from_name, "id_number": who.id_number, "phone": who.phone,
        "health_code": "green", "itinerary": "clear", "certificate": fresh, "celsius": 36.5,
    }  # fmt: skip
    return PassageRecorded(**(said | seen))


def told(
    town: Town, who: Returnee = CHEN, *, in_hours: float = 80, by: Worker = LI,
    area: str = TAOLIN, like: Draft | None = None, at: datetime | None = None, **more: Any,
) -> Draft:  # fmt: skip
    """`who` declares a return in so many hours; `like` is an earlier telling of the same."""
    body = declaration(who, (at or town.now) + timedelta(hours=in_hours), **more)
    return _said(town, RETURN_DECLARED, body, by, area, like, at)


def called_off(town: Town, like: Draft, by: Worker = LI) -> Draft:
    """Nothing comes of it."""
    return _said(town, RETURN_CALLED_OFF, ReturnCalledOff(), by, like.area, like, None)


def at_post(
    town: Town, who: Returnee = CHEN, *, by: Worker = WU, area: str = TAOLIN,
    like: Draft | None = None, at: datetime | None = None, **seen: Any,
) -> Draft:  # fmt: skip
    """`who` stands at the post."""
    body = passage(who, at or town.now, **seen)
    return _said(town, PASSAGE_RECORDED, body, by, area, like, at)


def met(
    town: Town, who: Returnee = CHEN, *, result: Any = "met", by: Worker = SUN,
    area: str = TAOLIN, like: Draft | None = None, **more: Any,
) -> Draft:  # fmt: skip
    """孙丽 looks for `who` at the door."""
    body = FindingMade(
        name=who.name, visited_at=town.now, result=result, id_number=who.id_number, **more
    )
    return _said(town, FINDING_MADE, body, by, area, like, None)


def handed_over(town: Town, like: Draft, by: Worker = WU) -> Draft:
    """The clinic fetches somebody from the post."""
    body = HandedOver(handed_at=town.now, receiver="clinic", to="镇卫生院")
    return _said(town, HANDED_OVER, body, by, like.area, like, None)


def went_back(town: Town, like: Draft, by: Worker = WU) -> Draft:
    """Somebody goes back from the post."""
    return _said(town, WENT_BACK, WentBack(went_at=town.now), by, like.area, like, None)


def _said(
    town: Town, kind: Kind, body: Fact, by: Worker, area: str, like: Draft | None,
    at: datetime | None,
) -> Draft:  # fmt: skip
    fact = new_id()
    draft = town.draft(
        kind, body, by=by, subject=like.subject if like else f"person-{fact}",
        purpose=like.purpose if like else f"{EPISODE}:{fact}", area=area, at=at, id=fact,
    )  # fmt: skip
    (verdict,) = town.record(draft)
    assert verdict.outcome is Outcome.RECORDED, verdict
    return draft
