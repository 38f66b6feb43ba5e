"""Importing for programs: bring, look at the columns, confirm, fetch what came back."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import Headers, SignedIn
from tests.intake.lists import ledger, many, row
from tests.intake.test_running import bodies, head, journeys
from tests.sheets.files import REAL, values
from tests.town import Town
from tests.village import CHEN, LI, SUN, WANG, ZHAO, Worker
from tongxin.intake import running
from tongxin.registry.identity.facts import PeopleJoined
from tongxin.sheets.header import REASONS
from tongxin.sheets.safety import LARGEST_FILE

IMPORTS = "/api/v1/imports"


class Program:
    """A program that imports with somebody's session."""

    def __init__(self, client: TestClient[Litestar], headers: Headers) -> None:
        self.client, self.headers = client, headers

    def bring(self, data: bytes, kind: str = "arrivals") -> Any:
        return self.client.post(
            IMPORTS, data={"kind": kind}, files={"file": ("list.xlsx", data)}, headers=self.headers
        )

    def brought(self, data: bytes, kind: str = "arrivals") -> str:
        """The address of a list that was taken in."""
        answer = self.bring(data, kind)
        assert answer.status_code == 201, answer.text
        assert answer.json()["stage"] == "mapping"
        return f"{IMPORTS}/{answer.json()['subject']}"

    def get(self, path: str) -> Any:
        return self.client.get(path, headers=self.headers)

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(path, json=body or {}, headers=self.headers)

    def done(self, address: str, path: str, body: Any = None) -> Any:
        """What is there once the work that a call began is over."""
        answer = self.post(f"{address}/{path}", body)
        assert answer.status_code == 200, answer.text
        running.wait(address.rpartition("/")[2])
        return self.get(address).json()


@pytest.fixture
def li(client: TestClient[Litestar], signed_in: SignedIn) -> Program:
    return Program(client, signed_in(LI))


def counts(shown: Any) -> dict[str, int]:
    return {name: n for name, n in shown["counts"].items() if n and name != "passed"}


def test_a_list_is_brought_mapped_previewed_and_recorded(li: Program, town: Town) -> None:
    address = li.brought(ledger(*many(12), row(姓名="")))
    preview = li.done(address, "mapping")
    assert preview["stage"] == "preview"
    assert counts(preview) == {"new": 12, "returned": 1}
    assert journeys(town) == []
    result = li.done(address, "confirm")
    assert result["stage"] == "finished"
    assert counts(result) == {"new": 12, "returned": 1}
    assert len(journeys(town)) == 12
    assert [each["counts"]["new"] for each in li.get(IMPORTS).json()["done"]] == [12]


def test_a_mapping_is_shown_corrected_and_remembered(li: Program) -> None:
    titles = tuple("怎么回来" if title == "返回说明" else title for title in REAL)
    address = li.brought(ledger(row(), head=titles))
    proposed = {c["letter"]: c for c in li.get(f"{address}/mapping").json()["columns"]}
    assert (proposed["B"]["key"], proposed["G"]["key"]) == ("name", "kept")
    assert CHEN.name not in str(proposed)
    li.done(address, "mapping", {"columns": {"G": "note"}})
    li.done(address, "confirm")
    again = li.brought(ledger(row(姓名="陈宁"), head=titles))
    assert li.get(f"{again}/mapping").json()["columns"][6]["key"] == "note"


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"B": "left"}, "intake.column_lacking"),
        ({"E": "name"}, "intake.column_twice"),
        ({"ZZ": "name"}, "intake.column_unknown"),
        ({"B": "standing"}, "intake.column_unknown"),
    ],
)
def test_columns_that_cannot_be_are_told(li: Program, columns: dict[str, str], code: str) -> None:
    address = li.brought(ledger(row()))
    answer = li.post(f"{address}/mapping", {"columns": columns})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_what_comes_back_is_a_workbook_with_reasons(li: Program) -> None:
    address = li.brought(ledger(row(返回时间="4.10号左右"), *many(2)))
    li.done(address, "mapping")
    li.done(address, "confirm")
    answer = li.get(f"{address}/returned")
    rows = values(answer.content)
    assert rows[1][0] == REASONS.zh
    assert "返回时间" in rows[2][0]


def test_doubtful_rows_are_decided(li: Program, town: Town) -> None:
    known = town.arrive(CHEN, id_number="")
    address = li.brought(ledger(row(身份证号="", 返回时间="2022-04-03")))
    (shown,) = li.done(address, "mapping")["rows"]
    assert shown["outcome"] == "doubtful"
    assert shown["alike"]["subject"] == known.subject
    assert CHEN.name not in str(shown)
    li.done(address, "confirm", {"same": {str(shown["number"]): True}})
    assert len(bodies(town, PeopleJoined)) == 1


def test_the_same_file_again_changes_nothing(li: Program, town: Town) -> None:
    data = ledger(*many(5))
    address = li.brought(data)
    li.done(address, "mapping")
    li.done(address, "confirm")
    before = head(town)
    address = li.brought(data)
    assert counts(li.done(address, "mapping")) == {"known": 5}
    li.done(address, "confirm")
    assert head(town) == before + 1, "only the office's note of the import"


def test_a_list_that_is_not_wanted_is_deleted(li: Program, town: Town) -> None:
    address = li.brought(ledger(row()))
    assert li.post(f"{address}/discard").status_code == 200
    assert li.get(address).status_code == 404
    assert journeys(town) == []


def test_what_somebody_else_brought_is_not_there(
    li: Program, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    address = li.brought(ledger(row()))
    wang = Program(client, signed_in(WANG))
    for path in ("", "/mapping", "/returned"):
        assert wang.get(address + path).status_code == 404
    for path in ("/mapping", "/confirm", "/discard"):
        assert wang.post(address + path).status_code == 404


@pytest.mark.parametrize(("who", "status"), [(SUN, 403), (ZHAO, 201)])
def test_who_may_not_import_is_told_so(
    client: TestClient[Litestar], signed_in: SignedIn, who: Worker, status: int
) -> None:
    assert Program(client, signed_in(who)).bring(ledger(row())).status_code == status


def test_a_file_that_is_none_is_refused(li: Program) -> None:
    assert li.bring(b"%PDF-1.4 nothing of ours").status_code == 422
    assert li.bring(b"").json()["code"] == "intake.no_file"
    assert li.bring(ledger(row()), kind="standings").json()["code"] == "intake.no_kind"
    bare = li.client.post(IMPORTS, json={"kind": "arrivals"}, headers=li.headers)
    assert bare.json()["code"] == "web.no_upload"


def test_a_file_beyond_the_limit_is_refused(li: Program) -> None:
    assert li.bring(b"a" * (LARGEST_FILE + 200_000)).status_code == 413


def test_an_upload_with_a_cookie_wants_the_sessions_own_word(
    client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    token = signed_in(LI)["Authorization"].removeprefix("Bearer ")
    client.cookies.set("tongxin_session", token)
    answer = client.post(
        IMPORTS, data={"kind": "arrivals"}, files={"file": ("a.xlsx", ledger(row()))}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "web.forged")
