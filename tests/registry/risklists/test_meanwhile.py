"""While a list that came into force has many judged again, others are answered."""

import threading
from typing import Any

import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import event

from tests.conftest import SignedIn
from tests.registry.risklists.lists import PUDONG, entry, served
from tests.storms.served import until
from tests.town import Town
from tests.village import CHEN, LI, LIN, MORNING
from tongxin.ledger.facts import Outcome
from tongxin.ledger.store import JUDGED_AGAIN_AT_ONCE
from tongxin.ledger.tables import rejudge

CHUNKS = 5


def left(town: Town) -> int:
    with town.installation.database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(rejudge)) or 0


def test_a_record_and_a_page_come_between_two_chunks(
    henan: Town, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    for _ in range(CHUNKS):
        henan.record(*(henan.arrival(CHEN, id_number="") for _ in range(JUDGED_AGAIN_AT_ONCE)))
    headers, store = signed_in(LI), henan.installation.store
    began, answered = threading.Event(), list[tuple[Outcome, int, int]]()

    def meanwhile() -> None:
        (verdict,) = henan.record(henan.arrival(LIN))
        page = client.get("/api/v1/arrivals", headers=headers)
        answered.append((verdict.outcome, page.status_code, left(henan)))

    beside = threading.Thread(target=meanwhile)

    def strikes(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.startswith("DELETE FROM rejudge") and not began.is_set():
            began.set()
            beside.start()
            until(lambda: not store._waiting.empty(), "somebody waits for the writer")

    event.listen(henan.installation.database.engine, "after_cursor_execute", strikes)
    henan.approve(henan.listed(served([entry(PUDONG)], at=MORNING)))
    store.settle()
    beside.join()
    ((outcome, status, waiting),) = answered
    assert (outcome, status) == (Outcome.RECORDED, 200)
    assert waiting >= JUDGED_AGAIN_AT_ONCE, "they had not all been judged yet"
    assert left(henan) == 0
