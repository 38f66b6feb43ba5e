"""A list that says otherwise than is registered: told beside the cell, and nothing corrected."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.intake.lists import ledger, row, taken_in
from tests.intake.test_pages import Desk, signed_in
from tests.intake.test_registry_lists import FANG, WEI, all_of, doors, family
from tests.intake.test_running import bodies, head, journeys
from tests.sheets.files import values, xlsx
from tests.town import Town
from tests.village import LI, id_number
from tongxin.arrivals.facts import LedgerTold
from tongxin.intake.staging import Counts
from tongxin.registry.residents.tables import resident
from tongxin.registry.staff.tables import staff

OTHER_PHONE = "19900009999"


@pytest.fixture
def li(client: TestClient[Litestar], town: Town) -> Desk:
    return signed_in(client, LI)


def counted(counts: Counts) -> tuple[int, int, int, int]:
    return counts.new, counts.added, counts.known, counts.differs


def family_with(**changed: Any) -> bytes:
    """The family's list, with other cells in the wife's row."""
    rows = family()
    places = {"name": 2, "id_number": 3, "relation": 4, "phone": 5, "at_home": 10}
    for key, value in changed.items():
        rows[1][places[key]] = value
    return doors(*rows)


def test_the_words_for_a_known_returnee_are_kept_and_change_nothing(town: Town) -> None:
    taken_in(town, ledger(row()))
    changed = ledger(row(电话=OTHER_PHONE, 家庭住址="桃林村西头"))
    assert counted(taken_in(town, changed)) == (0, 1, 0, 1)
    (found,) = journeys(town)
    assert found.phone == "19900000001"
    (_, told) = sorted(bodies(town, LedgerTold), key=lambda body: len(body.others))
    assert told.others["电话"] == OTHER_PHONE
    assert told.others["家庭住址"] == "桃林村西头"


def test_the_same_differing_list_again_changes_nothing(town: Town) -> None:
    taken_in(town, ledger(row()))
    changed = ledger(row(电话=OTHER_PHONE))
    taken_in(town, changed)
    before = head(town)
    assert counted(taken_in(town, changed)) == (0, 0, 1, 1)
    assert head(town) == before + 1, "only the office's note of the import"


def test_the_list_that_was_recorded_first_does_not_differ_from_itself(town: Town) -> None:
    first = ledger(row())
    taken_in(town, first)
    taken_in(town, ledger(row(电话=OTHER_PHONE)))
    assert counted(taken_in(town, first)) == (0, 0, 1, 0)


def test_what_a_second_row_says_otherwise_is_kept_too(town: Town) -> None:
    counts = taken_in(town, ledger(row(), row(序号=2, 电话=OTHER_PHONE)))
    assert counted(counts) == (1, 1, 0, 1)
    assert [b.others for b in bodies(town, LedgerTold) if b.others] == [{"电话": OTHER_PHONE}]


def test_an_id_number_under_another_name_is_remarked(town: Town) -> None:
    taken_in(town, ledger(row()))
    counts = taken_in(town, ledger(row(姓名="陈婧", 返回时间="2022-04-02")))
    assert counted(counts) == (1, 0, 0, 1)


def test_a_resident_is_not_corrected(town: Town) -> None:
    taken_in(town, family_with(phone="19900000102"), kind="households")
    before = all_of(town, resident)
    counts = taken_in(town, family_with(phone=OTHER_PHONE, at_home="是"), kind="households")
    assert counted(counts) == (0, 0, 3, 1)
    assert all_of(town, resident) == before


def test_what_the_register_lacked_is_added(town: Town) -> None:
    taken_in(town, family_with(id_number="", phone=""), kind="households")
    town.clock.advance(days=1)
    full = family_with(id_number=FANG, phone="19900000102")
    assert counted(taken_in(town, full, kind="households")) == (0, 1, 2, 0)
    fang = {one.name: one for one in all_of(town, resident)}["方秀英"]
    assert (fang.id_number, fang.phone, fang.relation) == (FANG, "19900000102", "spouse")
    assert fang.away_at is not None
    assert counted(taken_in(town, full, kind="households")) == (0, 0, 3, 0)


def test_an_id_number_of_a_namesake_in_the_household_is_somebody_else(town: Town) -> None:
    taken_in(town, doors(*family()), kind="households")
    other = family_with(id_number=id_number("19550505", "123"))
    assert counted(taken_in(town, other, kind="households")) == (1, 0, 2, 0)
    assert WEI in {one.id_number for one in all_of(town, resident)}


def test_staff_get_what_was_lacking_and_keep_what_differs(town: Town) -> None:
    number = id_number("19800808", "108")
    titles = ("姓名", "身份证号", "电话", "单位", "职务", "村")

    def told(phone: str, unit: str, post: str) -> bytes:
        return xlsx([list(titles), ["高洁", number, phone, unit, post, "桃林村"]])

    taken_in(town, told("19900000201", "县教育局", ""), kind="staff")
    town.clock.advance(days=1)
    counts = taken_in(town, told(OTHER_PHONE, "县教育局", "主任"), kind="staff")
    assert counted(counts) == (0, 1, 0, 1)
    (one,) = [each for each in all_of(town, staff) if each.name == "高洁"]
    assert (one.phone, one.unit, one.post) == ("19900000201", "县教育局", "主任")


def test_rows_that_differ_are_shown_and_can_be_fetched(li: Desk, town: Town) -> None:
    taken_in(town, family_with(phone="19900000102"), kind="households")
    address = li.bring(family_with(phone=OTHER_PHONE), kind="households")
    preview = li.mapped(address)
    assert "和已登记的不同" in preview
    assert "199****0102" in preview
    result = li.confirmed(address)
    fang = {one.name: one for one in all_of(town, resident)}["方秀英"]
    assert f'href="/residents/{fang.subject}"' in result
    assert OTHER_PHONE not in preview + result
    above, titles, line = values(li.client.get(f"{address}/returned").content)
    assert "另有 1 行" in above[0]
    assert line[titles.index("姓名")] == "方秀英"
    assert line[0].startswith("联系电话：和已登记的“199****0102”不同")


def test_a_remark_names_its_column_and_the_row_stands_among_its_own(li: Desk, town: Town) -> None:
    taken_in(town, ledger(row()))
    address = li.bring(ledger(row(电话=OTHER_PHONE)))
    preview = li.mapped(address)
    assert "电话：和已登记的“199****0001”不同" in preview
    added = preview[preview.index('id="added"') :]
    assert "陈*" in added
    assert "这里还没有记录" not in added
