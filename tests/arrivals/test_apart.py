"""Two of a family have the same masked name: the end of a number tells them apart, no more."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import Struct

from tests.arrivals.homecoming import told
from tests.town import Town
from tests.village import CHEN, LI, MA
from tests.web.visitor import Visitor
from tongxin.arrivals.pages.apart import apart
from tongxin.base.ids import new_id
from tongxin.base.texts import Text

SISTER: dict[str, Any] = {"name": f"{CHEN.name[0]}兰", "id_number": "", "phone": MA.phone}


class Somebody(Struct, frozen=True):
    person: str
    name: str
    id_number: str = ""
    phone: str = ""


def test_namesakes_are_told_apart_by_the_end_of_the_id_number_or_else_of_the_mobile() -> None:
    one = Somebody("one", "陈*", "**************024X", "138****0001")
    other = Somebody("other", "陈*", "", "138****0002")
    alone = Somebody("alone", "马*", "**************0017")
    assert apart([one, other, alone]) == {
        "one": Text("证号尾号 024X", "ID ends 024X"),
        "other": Text("手机尾号 0002", "mobile ends 0002"),
    }


@pytest.mark.parametrize(
    "beside",
    [
        Somebody("one", "陈*", phone="138****0001"),  # another journey of the same person
        Somebody("child", "陈*", phone="138****0001"),  # a child under the mother's number
    ],
)
def test_what_tells_nobody_apart_is_not_said(beside: Somebody) -> None:
    assert apart([Somebody("one", "陈*", phone="138****0001"), beside]) == {}


def test_nobody_unnamed_is_anybodys_namesake() -> None:
    assert apart([Somebody("one", "", phone="1"), Somebody("other", "", phone="2")]) == {}


def test_every_page_of_a_party_tells_its_namesakes_apart(
    client: TestClient[Litestar], henan: Town
) -> None:
    party = new_id()
    one = told(henan, CHEN, in_hours=3, party=party)
    other = told(henan, CHEN, in_hours=3, party=party, **SISTER)
    third = told(henan, MA, in_hours=3, party=party)
    visitor = Visitor(client)
    visitor.sign_in(LI)
    of_one, of_other = f"证号尾号 {CHEN.id_number[-4:]}", f"手机尾号 {MA.phone[-4:]}"
    of_third = f"/comings/{third.subject}/{third.id}"
    for path in ("/comings", "/passages/new", f"/declarations/{party}", of_third):
        page = visitor.open(path)
        assert page.count(f"（{of_one}）") == page.count(f"（{of_other}）") == 1, path
        assert CHEN.id_number not in page
        assert MA.phone not in page
    beside_one_only = visitor.open(f"/comings/{one.subject}/{one.id}")
    assert "尾号" not in beside_one_only, "among the others nobody shares a name"
    assert other.subject in beside_one_only
