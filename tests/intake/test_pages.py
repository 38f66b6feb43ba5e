"""Importing on screen: upload, columns, preview, confirmation, result, and what comes back."""

import re
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.intake.lists import ledger, many, row
from tests.intake.test_running import bodies, head, journeys
from tests.sheets.files import REAL, values
from tests.town import Town
from tests.village import CHEN, LI, LIN, QUANJI, SUN, WANG, ZHAO, Worker
from tests.web.visitor import Visitor
from tongxin.intake import running
from tongxin.registry.identity.facts import PeopleJoined
from tongxin.sheets.book import Moment
from tongxin.sheets.header import REASONS


class Desk(Visitor):
    """Somebody who imports: brings a file, maps and confirms it."""

    def bring(self, data: bytes, kind: str = "arrivals") -> str:
        """Bring a file; the address of its import."""
        word = re.search(r'name="_csrf_token" value="([^"]+)"', self.open("/imports"))
        assert word
        answer = self.client.post(
            "/imports", data={"_csrf_token": word[1], "kind": kind},
            files={"file": ("名单.xlsx", data)}, headers={"Accept": "text/html"},
            follow_redirects=False,
        )  # fmt: skip
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"]).removesuffix("/mapping")

    def proposed(self, address: str) -> dict[str, str]:
        """The form of the columns, as it is proposed."""
        page = self.open(f"{address}/mapping")
        fields = re.findall(r'<select class="input[^>]*name="(column-\d+)">(.*?)</select>', page)
        found = {
            name: re.search(r'value="([a-z_]+)" selected', options)[1]  # type: ignore[index]
            for name, options in fields
        }
        hidden = re.findall(r'type="hidden" name="(sheet|row)" value="(-?\d+)"', page)
        year = re.search(r'name="year"[^>]*value="(\d+)"', page)
        assert year
        return found | dict(hidden) | {"year": year[1], "area": ""}

    def mapped(self, address: str, **corrected: str) -> str:
        """Save the columns, as proposed but for what is corrected; the preview."""
        answer = self.send(f"{address}/mapping", **(self.proposed(address) | corrected))
        assert answer.status_code == 303, answer.text
        running.wait(address.rpartition("/")[2])
        return self.open(address)

    def confirmed(self, address: str, **decided: str) -> str:
        """Confirm; the result."""
        assert self.send(f"{address}/confirm", **decided).status_code == 303
        running.wait(address.rpartition("/")[2])
        return self.open(address)


@pytest.fixture
def li(client: TestClient[Litestar], town: Town) -> Desk:
    return signed_in(client, LI)


def signed_in(client: TestClient[Litestar], who: Worker) -> Desk:
    desk = Desk(client)
    desk.sign_in(who)
    return desk


def counts(page: str) -> dict[str, int]:
    """The tally of a page, by outcome."""
    return {name: int(n) for name, n in re.findall(r'<dd><a href="#(\w+)">(\d+)</a></dd>', page)}


def test_a_list_is_brought_mapped_previewed_and_recorded(li: Desk, town: Town) -> None:
    address = li.bring(ledger(*many(12), row(姓名="")))
    assert li.proposed(address)["column-1"] == "name"
    preview = li.mapped(address)
    assert counts(preview) == {"new": 12, "returned": 1}
    assert journeys(town) == []
    result = li.confirmed(address)
    assert "已登记 12 行" in result
    assert len(journeys(town)) == 12


def test_nobody_is_named_in_full_on_the_way(li: Desk, town: Town) -> None:
    town.arrive(CHEN, id_number="")
    address = li.bring(ledger(row(身份证号="", 返回时间="2022-04-03"), row(身份证号=4.1e17)))
    pages = [li.open(f"{address}/mapping"), li.mapped(address), li.confirmed(address)]
    for page in pages:
        assert CHEN.name not in page
        assert CHEN.phone not in page


def test_what_is_corrected_is_remembered_for_the_next_list(li: Desk) -> None:
    titles = tuple("怎么回来" if title == "返回说明" else title for title in REAL)
    address = li.bring(ledger(row(), head=titles))
    assert li.proposed(address)["column-6"] == "kept"
    li.mapped(address, **{"column-6": "note"})
    li.confirmed(address)
    again = li.bring(ledger(row(姓名="陈宁"), head=titles))
    assert li.proposed(again)["column-6"] == "note"


def test_a_column_that_must_be_there_is_asked_for(li: Desk) -> None:
    address = li.bring(ledger(row()))
    answer = li.send(f"{address}/mapping", **(li.proposed(address) | {"column-1": "left"}))
    assert answer.status_code == 422
    assert "还没有指定哪一列是“姓名”" in answer.text


def test_rows_that_come_back_can_be_mended_and_brought_again(li: Desk, town: Town) -> None:
    address = li.bring(ledger(row(返回时间="4.10号左右"), *many(2)))
    li.mapped(address)
    assert "1" in li.confirmed(address)
    answer = li.client.get(f"{address}/returned")
    rows = values(answer.content)
    assert rows[1][0] == REASONS.zh
    assert "返回时间" in rows[2][0]
    mended = [cell if cell != "4.10号左右" else "2022-04-05" for cell in rows[2]]
    address = li.bring(ledger(mended, head=rows[1]))
    assert counts(li.mapped(address)) == {"new": 1}


def test_doubtful_rows_are_decided_before_they_go_in(li: Desk, town: Town) -> None:
    known = town.arrive(CHEN, id_number="")
    rows = [row(身份证号="", 返回时间="2022-04-03"), row(身份证号="", 返回时间="2022-04-01")]
    address = li.bring(ledger(*rows))
    assert counts(li.mapped(address)) == {"doubtful": 2}
    result = li.confirmed(address, **{"same-3": "yes"})
    (decided,) = bodies(town, PeopleJoined)
    assert known.subject in (decided.one, decided.other)
    assert len(journeys(town)) == 3
    assert 'href="/doubts"' in result
    assert "疑似重复，已分开登记" in result


def test_our_own_export_brought_back_changes_nothing(li: Desk, town: Town) -> None:
    for who in (CHEN, LIN):
        town.arrive(who, celsius=36.5)
    for reveal in ("yes", ""):
        exported = li.send("/arrivals/export", reason="镇防控例会使用", reveal=reveal).content
        before = head(town)
        address = li.bring(exported)
        assert counts(li.mapped(address)) == {"known": 2}
        assert head(town) == before


def test_what_was_filled_into_our_own_export_is_kept(li: Desk, town: Town) -> None:
    town.arrive(CHEN)
    _, _, titles, line = values(li.send("/arrivals/export", reason="村里补填疫苗").content)
    line = [*line, *[None] * (len(titles) - len(line))]
    line[titles.index("疫苗")] = "三针"
    line = [cell.at if isinstance(cell, Moment) else cell for cell in line]
    address = li.bring(ledger(line, head=titles))
    assert counts(li.mapped(address)) == {"added": 1}
    li.confirmed(address)
    exported = values(li.send("/arrivals/export", reason="镇防控例会使用").content)
    assert exported[3][titles.index("疫苗")] == "三针"


def test_what_somebody_else_brought_is_not_there(
    li: Desk, town: Town, client: TestClient[Litestar]
) -> None:
    address = li.bring(ledger(row()))
    wang = signed_in(client, WANG)
    for path in ("", "/mapping", "/returned"):
        answer = wang.client.get(address + path, headers={"Accept": "text/html"})
        assert answer.status_code == 404
    for path in ("/mapping", "/confirm", "/discard", "/plan"):
        assert wang.send(address + path).status_code == 404


def test_a_grid_leader_imports_for_his_own_village(
    town: Town, client: TestClient[Litestar]
) -> None:
    zhao = signed_in(client, ZHAO)
    address = zhao.bring(ledger(row(), row(姓名="林小满", 身份证号=LIN.id_number, 上报村="全集村")))
    assert counts(zhao.mapped(address)) == {"new": 1, "returned": 1}
    assert QUANJI not in zhao.proposed(address)["area"]


def test_who_may_not_import_is_told_so(town: Town, client: TestClient[Litestar]) -> None:
    sun = signed_in(client, SUN)
    answer = sun.client.get("/imports", headers={"Accept": "text/html"})
    assert answer.status_code == 403


def test_a_file_that_is_none_is_told_at_the_form(li: Desk) -> None:
    word = re.search(r'name="_csrf_token" value="([^"]+)"', li.open("/imports"))
    assert word
    answer: Any = li.client.post(
        "/imports", data={"_csrf_token": word[1], "kind": "arrivals"},
        files={"file": ("a.xlsx", b"%PDF-1.4 nothing of ours")}, headers={"Accept": "text/html"},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "另存为 .xlsx" in answer.text


def test_a_forged_upload_is_refused(li: Desk) -> None:
    li.open("/imports")
    answer = li.client.post(
        "/imports", data={"kind": "arrivals"}, files={"file": ("a.xlsx", ledger(row()))},
        headers={"Accept": "text/html"},
    )  # fmt: skip
    assert answer.status_code == 403


def test_what_is_not_wanted_is_deleted(li: Desk, town: Town) -> None:
    address = li.bring(ledger(row()))
    li.mapped(address)
    assert li.send(f"{address}/discard").status_code == 303
    assert li.client.get(address, headers={"Accept": "text/html"}).status_code == 404
    assert journeys(town) == []
