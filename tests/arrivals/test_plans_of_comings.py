"""Lists of comings and doubts are read by indexes, partial ones too."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from tests.arrivals.homecoming import at_post, told
from tests.town import Town
from tests.village import CHEN, LI, MA, TOWNSHIP
from tongxin.arrivals.comings import queries as comings
from tongxin.arrivals.doubts import queries as doubts
from tongxin.base.clock import to_ms
from tongxin.base.ids import new_id


@pytest.fixture
def backend() -> str:
    """PostgreSQL scans what is this small, whatever the indexes."""
    return "sqlite"


@pytest.fixture
def plans(henan: Town) -> list[str]:
    """How SQLite reads `coming` in each statement of the lists and the doubts."""
    told(henan, CHEN, party=new_id())
    at_post(henan, MA, celsius=38.2)
    remit, now = henan.believed(LI).remit, to_ms(henan.now)
    said: list[tuple[str, Any]] = []
    with henan.installation.database.reading() as connection:
        sa.event.listen(
            connection, "before_cursor_execute",
            lambda _c, _cursor, statement, given, *_: said.append((statement, given)),
        )  # fmt: skip
        comings.counts(remit, connection, TOWNSHIP, now)
        comings.together(remit, connection, TOWNSHIP, new_id())
        doubts.doubts(remit, connection, TOWNSHIP, 0)
        asked = [(text, given) for text, given in said if "coming" in text]
        found = []
        for text, given in asked:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given)
            found += [str(row[3]) for row in rows if re.search(r"\bcoming\b", str(row[3]))]
    return found


def test_no_list_scans_the_comings(plans: list[str]) -> None:
    assert plans
    assert [plan for plan in plans if plan.startswith("SCAN")] == []
    whole = [plan for plan in plans if plan.endswith("(township=?)")]
    assert [plan for plan in whole if "coming_held" not in plan] == [], "it holds the held only"


@pytest.mark.parametrize(
    "index", ["coming_held", "coming_by_party", "coming_by_phone", "coming_by_sound"]
)
def test_each_partial_index_is_taken(plans: list[str], index: str) -> None:
    assert any(index in plan for plan in plans), plans
