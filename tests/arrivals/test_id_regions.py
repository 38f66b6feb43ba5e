"""An ID number of an unknown region is recorded all the same, and said on the page shown after it.

The numbers of the cast tell the region 411599, which does not exist.
"""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.town import Town
from tests.village import CHEN, LI, TAOLIN
from tests.web.visitor import Visitor
from tongxin.base.id_numbers import check_character

HINT = "查不到，请核对"
_DIGITS = "41152619880612024"
KNOWN = _DIGITS + check_character(_DIGITS)


@pytest.fixture
def visitor(client: TestClient[Litestar], henan: Town) -> Visitor:
    visitor = Visitor(client)
    visitor.sign_in(LI)
    return visitor


def recorded(visitor: Visitor, way: str, number: str) -> str:
    """The page shown after somebody with this number was recorded."""
    told = {
        "/arrivals/new": {"name": "岳清禾", "id_number": number, "origin": "31"},
        "/declarations/new": {
            "name_1": "岳清禾", "id_number_1": number, "origin": "31", "people": "1",
            "planned_at": "2022-04-11T02:30",
        },
        "/passages/new": {"name": "岳清禾", "id_number": number, "origin": "31"},
    }[way]  # fmt: skip
    sent = visitor.send(way, village=TAOLIN, **told)
    assert sent.status_code == 303, sent.text
    return visitor.open(sent.headers["location"])


@pytest.mark.parametrize("way", ["/arrivals/new", "/declarations/new", "/passages/new"])
def test_an_unknown_region_is_said_after_recording_and_its_digits_stay_masked(
    visitor: Visitor, way: str
) -> None:
    page = recorded(visitor, way, CHEN.id_number)
    assert HINT in page
    assert CHEN.id_number[:6] not in page
    assert HINT not in recorded(visitor, way, KNOWN)


def test_whoever_looks_at_the_full_number_sees_the_region_too(
    visitor: Visitor, henan: Town
) -> None:
    came = henan.arrive(CHEN)
    page = visitor.send(f"/arrivals/{came.subject}/reveal", reason="电话核实住址").text
    assert f"地区码 {CHEN.id_number[:6]} 查不到，请核对" in page


def test_a_program_is_told_with_the_masked_number(
    client: TestClient[Litestar], signed_in: SignedIn, henan: Town
) -> None:
    came = henan.arrive(CHEN)
    (journey,) = client.get(f"/api/v1/arrivals/{came.subject}", headers=signed_in(LI)).json()
    assert journey["is_region_unknown"] is True
    assert CHEN.id_number[:6] not in journey["id_number"]
