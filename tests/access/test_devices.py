"""A telephone is registered, lost and withdrawn; what it signed before and sends late waits."""

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.ledger.console import findings
from tests.town import Town
from tests.village import (
    CHEN,
    LI,
    PASSWORD,
    SUN,
    TAOLIN,
    WU,
    XU,
    ZHAO,
    Device,
    Worker,
    arrival,
    batch,
    wire,
)
from tests.village import device as new_phone
from tests.web.visitor import Visitor
from tongxin.access.devices.api import MOST
from tongxin.arrivals.facts import ARRIVAL_RECORDED
from tongxin.base.ids import new_id
from tongxin.ledger.facts import Outcome, Verdict

Client = TestClient[Litestar]
LOST = {"reason": "手机丢失"}


def sent(town: Town, phone: Device, before: timedelta = timedelta(0)) -> tuple[Verdict, bytes]:
    """An arrival that the telephone says it recorded so long ago, sent now."""
    came, at = new_id(), town.now - before
    raw = wire(
        phone, ARRIVAL_RECORDED, arrival(CHEN, at), subject=f"person-{came}",
        purpose=f"episode:{came}", id=came, at=at, area=TAOLIN,
    )  # fmt: skip
    return town.sent([raw])[0], raw


def withdraw(client: Client, town: Town, phone: Device, headers: Any, whose: Worker = SUN) -> int:
    path = f"/api/v1/accounts/{town.account(whose)}/devices/{phone.name}/withdraw"
    return client.post(path, json=LOST, headers=headers).status_code


def test_a_colleague_who_manages_accounts_withdraws_it(
    town: Town, client: Client, signed_in: SignedIn
) -> None:
    phone = town.device(SUN)
    assert withdraw(client, town, phone, signed_in(ZHAO)) == 403
    assert withdraw(client, town, phone, signed_in(LI)) == 201
    assert withdraw(client, town, phone, signed_in(LI)) == 404
    town.clock.advance(minutes=1)
    verdict, _ = sent(town, phone)
    assert (verdict.outcome, verdict.code) == (Outcome.REFUSED, "ledger.device_withdrawn")
    assert findings(town) == []


def test_its_owner_withdraws_it_and_nobody_elses(
    town: Town, client: Client, signed_in: SignedIn
) -> None:
    mine, others = town.device(SUN), town.device(WU)
    for phone, wanted in ((mine, 201), (others, 404)):
        path = f"/api/v1/devices/{phone.name}/withdraw"
        assert client.post(path, json=LOST, headers=signed_in(SUN)).status_code == wanted
    (shown,) = client.get("/api/v1/devices", headers=signed_in(SUN)).json()
    assert (shown["device"], shown["withdrawn_at"] is None) == (mine.name, False)


def test_what_was_recorded_before_and_comes_late_is_for_a_person_to_decide(
    town: Town, client: Client, signed_in: SignedIn
) -> None:
    phone = town.device(SUN)
    town.clock.advance(hours=5)
    withdraw(client, town, phone, signed_in(LI))
    town.clock.advance(hours=1)
    verdict, _ = sent(town, phone, timedelta(hours=3))
    assert (verdict.outcome, verdict.code) == (Outcome.HELD, "access.from_withdrawn_device")
    town.give(SUN, "doctor", TAOLIN)
    (held,) = client.get("/api/v1/held", headers=signed_in(ZHAO)).json()["held"]
    assert held["waits"] is False, "nothing that might appear makes it count"
    path = f"/api/v1/held/{held['held']}/resolve"
    accepted = client.post(
        path, json={"accept": True, "reason": "与本人核对"}, headers=signed_in(ZHAO)
    )
    assert accepted.json()["outcome"] == "recorded"
    assert findings(town) == []


def test_what_it_had_sent_before_stays(town: Town, client: Client, signed_in: SignedIn) -> None:
    phone = town.device(SUN)
    verdict, raw = sent(town, phone)
    withdraw(client, town, phone, signed_in(LI))
    assert verdict.outcome is Outcome.RECORDED
    again = client.post("/api/v1/facts", content=batch([raw], town.now), headers=signed_in(LI))
    assert again.json()["verdicts"][0]["code"] == "ledger.device_withdrawn"
    assert findings(town) == []


def test_whoever_has_the_telephone_is_signed_out(
    town: Town, client: Client, signed_in: SignedIn
) -> None:
    phone, stolen = town.device(SUN), signed_in(SUN)
    assert client.get("/api/v1/tasks", headers=stolen).status_code == 200
    withdraw(client, town, phone, signed_in(LI))
    assert client.get("/api/v1/tasks", headers=stolen).status_code == 401
    assert client.get("/api/v1/tasks", headers=signed_in(LI)).status_code == 200


def test_withdrawing_ones_own_keeps_this_session_and_ends_the_others(
    town: Town, client: Client, signed_in: SignedIn
) -> None:
    phone, here = town.device(SUN), signed_in(SUN)
    sent_ = {"township": SUN.township, "username": SUN.username, "password": PASSWORD}
    token = client.post("/api/v1/login", json=sent_).json()["token"]
    there = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/tasks", headers=there).status_code == 200
    client.post(f"/api/v1/devices/{phone.name}/withdraw", json=LOST, headers=here)
    assert client.get("/api/v1/tasks", headers=there).status_code == 401
    assert client.get("/api/v1/tasks", headers=here).status_code == 200


def test_an_account_has_a_few_devices_and_room_once_one_is_withdrawn(
    town: Town, client: Client, signed_in: SignedIn
) -> None:
    phones = [town.device(SUN) for _ in range(MOST)]
    fresh = {"public_key": new_phone("account-x").public_key}
    full = client.post("/api/v1/devices", json=fresh, headers=signed_in(SUN))
    assert (full.status_code, full.json()["code"]) == (409, "access.too_many_devices")
    path = f"/api/v1/devices/{phones[0].name}/withdraw"
    client.post(path, json=LOST, headers=signed_in(SUN))
    assert client.post("/api/v1/devices", json=fresh, headers=signed_in(SUN)).status_code == 201


@pytest.mark.parametrize(("who", "wanted"), [(LI, 200), (XU, 200), (ZHAO, 403)])
def test_who_reads_accounts_reads_their_devices(
    town: Town, client: Client, signed_in: SignedIn, who: Worker, wanted: int
) -> None:
    town.device(SUN)
    path = f"/api/v1/accounts/{town.account(SUN)}/devices"
    assert client.get(path, headers=signed_in(who)).status_code == wanted


@pytest.fixture
def visitor(client: Client) -> Visitor:
    return Visitor(client)


def test_the_page_of_ones_own_devices(town: Town, visitor: Visitor) -> None:
    phone = town.device(SUN)
    visitor.sign_in(SUN)
    assert "测试手机" in visitor.open("/devices")
    wrong = visitor.send("/devices", device=phone.name, device_withdrawn_for="")
    assert wrong.status_code == 422
    assert "手机丢失" in wrong.text, "it says what a reason is like"
    done = visitor.send("/devices", device=phone.name, device_withdrawn_for="手机丢失")
    assert done.status_code == 303
    assert "已注销" in visitor.open("/devices")


def test_the_account_page_lists_devices_and_withdraws_one(town: Town, visitor: Visitor) -> None:
    phone = town.device(SUN)
    visitor.sign_in(LI)
    page = f"/accounts/{town.account(SUN)}"
    assert "测试手机" in visitor.open(page)
    done = visitor.send(f"{page}/devices", device=phone.name, device_withdrawn_for="手机丢失")
    assert done.status_code == 303
    assert "已注销" in visitor.open(page)
