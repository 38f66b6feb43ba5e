"""What is personal is masked wherever it leaves as it is; two roles never make a third."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.town import Town
from tests.village import (
    CHEN,
    GAO,
    LI,
    LIN,
    QIAN,
    QUANJI,
    SUN,
    TAOLIN,
    TOWNSHIP,
    WU,
    XU,
    ZHAO,
    ZHENG,
)  # fmt: skip
from tests.web.visitor import shown
from tongxin.base.masking import masked
from tongxin.base.remit import Grant, Remit
from tongxin.work.facts import TASK_OPENED, TaskOpened

Browser = TestClient[Litestar]
PAGE = {"Accept": "text/html"}


def personal(text: str) -> set[str]:
    """Which of the two people's masked fields stand in a text as they were told."""
    told = (CHEN, LIN)
    return {w for who in told for w in (who.name, who.id_number, who.phone) if w and w in text}


@pytest.fixture
def came(town: Town) -> dict[str, str]:
    return {TAOLIN: town.arrive(CHEN).subject, QUANJI: town.arrive(LIN).subject}


def masked_everywhere(client: Browser, headers: dict[str, str], person: str) -> Iterator[Any]:
    yield client.get("/api/v1/arrivals", headers=headers)
    yield client.get(f"/api/v1/arrivals/{person}", headers=headers)
    yield client.get(f"/api/v1/arrivals/{person}/explanation", headers=headers)
    yield client.get("/api/v1/changes", headers=headers)
    yield client.get("/api/v1/tasks", headers=headers)
    for path in ("/", "/arrivals", f"/arrivals/{person}", "/tasks", "/inbox", "/looks"):
        yield client.get(path, headers=headers | PAGE)
    yield client.post("/arrivals/find", data={"words": "陈"}, headers=headers | PAGE)
    yield client.post("/arrivals/export", data={"reason": "镇里汇总上报"}, headers=headers | PAGE)


@pytest.mark.parametrize("who", [LI, ZHAO, SUN, WU, QIAN, XU, GAO], ids=lambda who: who.role)
def test_lists_sync_pages_and_exports_are_masked(
    client: Browser, signed_in: SignedIn, came: dict[str, str], who: Any
) -> None:
    seen = 0
    for answer in masked_everywhere(client, signed_in(who), came[TAOLIN]):
        assert answer.status_code in {200, 403, 404}, answer.text
        assert personal(shown(answer)) == set(), answer.url
        seen += "陈*" in shown(answer)
    assert (seen > 0) == (who.role not in {"inspector", "county", "volunteer"}) or seen


def test_an_export_is_recorded_with_its_reason(
    client: Browser, signed_in: SignedIn, came: dict[str, str]
) -> None:
    headers = signed_in(LI)
    form = {"reason": "上报县指挥部", "reveal": "yes"}
    answer = client.post("/arrivals/export", data=form, headers=headers | PAGE)
    assert personal(shown(answer)) >= {CHEN.name, CHEN.id_number, LIN.name}
    (look,) = client.get("/api/v1/looks", headers=headers).json()
    assert (look["reason"], look["about"]) == ("上报县指挥部", "arrivals (unmasked): 2")


def test_a_look_without_a_reason_shows_nothing(
    client: Browser, signed_in: SignedIn, came: dict[str, str]
) -> None:
    headers = signed_in(ZHAO)
    for sent in ({"reason": ""}, {"reason": "看"}, {}):
        path = f"/api/v1/arrivals/{came[TAOLIN]}/reveal"
        assert client.post(path, json=sent, headers=headers).status_code in {400, 422}
    assert client.get("/api/v1/looks", headers=signed_in(LI)).json() == []


def test_two_roles_in_two_areas_make_no_third(
    client: Browser, town: Town, signed_in: SignedIn, came: dict[str, str]
) -> None:
    town.give(SUN, "checkpoint", TOWNSHIP)  # reads the whole township, reveals in 桃林村 only
    headers = signed_in(SUN)
    reason = {"reason": "电话核实住址"}
    assert client.get(f"/api/v1/arrivals/{came[QUANJI]}", headers=headers).status_code == 200
    for path, sent in (
        (f"/api/v1/arrivals/{came[QUANJI]}/reveal", {"json": reason}),
        (f"/arrivals/{came[QUANJI]}/reveal", {"data": reason}),
    ):
        answer = client.post(path, headers=headers, **sent)  # type: ignore[arg-type]  # one of two
        assert answer.status_code == 403, answer.text
        assert personal(shown(answer)) == set()
    own = client.post(f"/api/v1/arrivals/{came[TAOLIN]}/reveal", json=reason, headers=headers)
    assert own.json()["name"] == CHEN.name


def test_an_export_holds_only_where_exporting_is_allowed(
    client: Browser, town: Town, signed_in: SignedIn, came: dict[str, str]
) -> None:
    town.give(WU, "command", TAOLIN)  # as a checkpoint he reads the whole township
    form = {"reason": "上报县指挥部", "reveal": "yes"}
    answer = client.post("/arrivals/export", data=form, headers=signed_in(WU) | PAGE)
    if answer.status_code == 200:
        assert personal(shown(answer)) == {CHEN.name, CHEN.id_number, CHEN.phone}
    assert LIN.address not in shown(answer) or not LIN.address
    assert "全集村" not in shown(answer)


def test_a_narrowed_remit_is_where_both_are_granted() -> None:
    remit = Remit(
        (Grant("read", TOWNSHIP), Grant("see", TAOLIN), Grant("see", "411527"), Grant("do", "41"))
    )
    assert remit.narrowed("read", "see").areas("read") == (TAOLIN,)
    assert remit.narrowed("read", "do").areas("read") == (TOWNSHIP,)
    assert remit.narrowed("see", "read").areas("see") == (TAOLIN,)
    assert remit.narrowed("read", "fly").areas("read") == ()


@pytest.mark.parametrize(
    ("who", "sees"), [(SUN, True), (ZHENG, True), (QIAN, True), (WU, False), (XU, False)],
    ids=lambda it: getattr(it, "role", ""),
)  # fmt: skip
def test_a_door_is_shown_to_who_goes_there_and_to_nobody_else(
    client: Browser, signed_in: SignedIn, town: Town, came: dict[str, str], who: Any, sees: bool
) -> None:
    """A grid worker, a doctor, a volunteer with a task; not the checkpoint, not an inspector."""
    asked = TaskOpened(task="asked-milk", title="送奶粉", due_at=town.now)
    coming = town.stream(came[TAOLIN])
    assert coming is not None
    town.record(
        town.draft(
            TASK_OPENED, asked, by=ZHAO, subject=came[TAOLIN],
            purpose=coming.entries[0].header.purpose, area=TAOLIN,
        )
    )  # fmt: skip
    headers = signed_in(who)
    pages = [client.get(path, headers=headers | PAGE).text for path in ("/", "/tasks")]
    assert any(CHEN.address in page for page in pages) is (sees and who is not WU)
    changes = client.get("/api/v1/changes", headers=headers).text
    assert (CHEN.address in changes) is (sees and who is not QIAN)
    if who is WU:
        assert '"address":"****"' in changes


def test_what_lies_deep_in_a_held_fact_is_masked_too() -> None:
    said = {"name": "陈静", "party": [{"contact_phone": "19900000001", "n": 2}], "note": "x"}
    assert masked(said) == {
        "name": "陈*", "party": [{"contact_phone": "199****0001", "n": 2}], "note": "x"
    }  # fmt: skip
