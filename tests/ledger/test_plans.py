"""Plans of the hot queries on 100,000 rows in 28 townships: by index, never by a scan.

Neither may a query make do with the township at the front of an index: in a county of 28
townships that is a scan of one of them.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.ledger.county import EACH, FAMILIES, NOW, TOWNSHIPS, fill
from tongxin.arrivals.queries import Wanted, how_many, journeys, journeys_of, touched_by
from tongxin.base.remit import Remit, remit_of
from tongxin.briefing.queries import totals
from tongxin.catalogue import KINDS
from tongxin.ledger import holding, opening
from tongxin.ledger.chains import areas_of
from tongxin.ledger.clusters import Clusters
from tongxin.ledger.database import Database
from tongxin.ledger.migrations import migrate
from tongxin.ledger.tables import fact, subject
from tongxin.registry.identity.queries import said_among, whole
from tongxin.registry.queries import corrections, corrections_waiting
from tongxin.registry.residents.rules import sought
from tongxin.work.queries import counts, open_tasks, tasks_of, unalarmed

pytestmark = pytest.mark.slow

HERE = TOWNSHIPS[7]
VILLAGE = f"{HERE}203"
SOMEBODY = f"person-{HERE}-1700"
ROLES = ["arrivals.read", "work.read", "figures.read", "held.read"]
TOWN = remit_of(ROLES, [HERE])
ONE_VILLAGE = remit_of(ROLES, [VILLAGE])
PART_OF_VILLAGE = remit_of(ROLES, [f"{VILLAGE}-01"])


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def county(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """28 townships with 100,000 people between them, each with a journey, a stay, a task."""
    folder: Path = tmp_path_factory.mktemp("county")
    server: Any = None
    url = f"sqlite:///{folder / 'county.db'}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        name = server.new()
        url = server.address(name)
    database = Database(url)
    migrate(database)
    fill(database)
    database.refresh_statistics()
    yield database
    database.close()
    if server is not None:
        server.drop(name)


Query = Callable[[sa.Connection], Any]


def moved_since(connection: sa.Connection) -> Any:
    return connection.execute(
        sa.select(subject.c.subject)
        .where(subject.c.township == HERE, subject.c.change > EACH - 50)
        .order_by(subject.c.change)
        .limit(200)
    ).all()


def by_id(connection: sa.Connection) -> Any:
    ids = [f"{HERE}-{n}" for n in range(40)]
    return connection.execute(
        sa.select(fact).where(fact.c.township == HERE, fact.c.id.in_(ids))
    ).all()


class Nobody:
    """Keys that know no key: a plan needs none."""

    def keys_for(self, names: Any, *_: Any, **__: Any) -> dict[Any, bytes]:
        return {}


def of_subject(connection: sa.Connection) -> Any:
    return connection.execute(
        sa.select(fact.c.sealed)
        .where(fact.c.township == HERE, fact.c.subject.in_([SOMEBODY, "person-2"]))
        .order_by(fact.c.subject, fact.c.seq)
    ).all()


NOBODY: Any = Nobody()
NEWEST = Wanted()
OF_VILLAGE = Wanted(area=VILLAGE)

FORTY = [f"person-{HERE}-{n}" for n in range(1700, 1740)]
MANY_AREAS = {f"{code}": NOW for code in range(310000, 310450)}

# Each hot query, and the columns after `township` that its index must be narrowed by.
HOT: dict[str, tuple[Query, str]] = {
    "facts of a subject": (of_subject, "subject"),
    "a fact by its id": (by_id, "id"),
    "where subjects are": (lambda c: areas_of(c, HERE, [SOMEBODY]), "subject"),
    "subjects changed since": (moved_since, "change"),
    "journeys of a village, newest first": (
        lambda c: journeys(ONE_VILLAGE, c, HERE, OF_VILLAGE, 50, 0),
        "village",
    ),
    "journeys of one person": (lambda c: journeys_of(TOWN, c, HERE, SOMEBODY), "subject"),
    "how many journeys in a village": (
        lambda c: how_many(ONE_VILLAGE, c, HERE, OF_VILLAGE),
        "village",
    ),
    "open tasks of a village by due": (
        lambda c: open_tasks(ONE_VILLAGE, c, HERE, NOW + 10_000_000, 50),
        "village",
    ),
    "open tasks of a part of a village, counted": (
        lambda c: counts(PART_OF_VILLAGE, c, HERE, NOW + 10_000_000),
        "village",
    ),
    "tasks of one person": (lambda c: tasks_of(TOWN, c, HERE, SOMEBODY), "subject"),
    "tasks without an alarm": (lambda c: unalarmed(c, HERE, NOW + 100_000, 50), "due_at"),
    "people touched by an area at risk": (
        lambda c: [c.execute(part).all() for part in touched_by(HERE, {"310115": NOW})],
        "code",
    ),
    "people touched by a list of areas": (
        lambda c: [c.execute(part).all() for part in touched_by(HERE, MANY_AREAS)],
        "code",
    ),
    "held and waiting for somebody": (
        lambda c: holding.waiting(c, NOBODY, KINDS, HERE, ["person-x-5"]),
        "waits_for",
    ),
    "held in a village": (lambda c: holding.inbox(ONE_VILLAGE, c, HERE, 50, 0), "area"),
    "marks of people": (lambda c: Clusters(c, HERE).marks_of(FORTY), "subject"),
    "who bears a mark": (
        lambda c: Clusters(c, HERE).bearers_of([f"id:{name}" for name in FORTY]),
        "mark",
    ),
    # Of forty, PostgreSQL rather reads the few ties that there are.
    "marks and words of people": (lambda c: Clusters(c, HERE).ties_of(FORTY[:5]), "subject"),
    "what was said of people": (lambda c: list(Clusters(c, HERE).said_of(FORTY)), "(one|other)"),
    "who was one with whom": (lambda c: Clusters(c, HERE).stored(FORTY), "(subject|lead)"),
    "what was said among records": (lambda c: said_among(c, HERE, FORTY), "(one|other)"),
    "the journey of an older link": (
        lambda c: whole(c, HERE, f"person-{HERE}-1701", "2"),
        "subject",
    ),
}


def plan_of(database: Database, query: Query) -> list[str]:
    """The plans of the statements that a query runs."""
    statements: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            statements.append((statement, parameters))

    with database.reading() as connection:
        sa.event.listen(database.engine, "before_cursor_execute", note)
        try:
            query(connection)
        finally:
            sa.event.remove(database.engine, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        lines: list[str] = []
        for statement, parameters in statements:
            rows = connection.exec_driver_sql(explain + statement, parameters)
            lines += [str(row[-1]) for row in rows]
    assert lines, "the query ran no statement"
    return lines


def faults(lines: list[str], column: str, is_sqlite: bool) -> list[str]:
    """Lines that scan, or that narrow an index by nothing but the township."""
    if not is_sqlite:
        wrong = [line for line in lines if "Seq Scan" in line]
        conditions = [line for line in lines if "Index Cond" in line]
        return wrong + [c for c in conditions if not re.search(rf"\b{column}\b", c)]
    wrong = [line for line in lines if line.startswith("SCAN") and "CONSTANT" not in line]
    searches = [line for line in lines if line.startswith("SEARCH")]
    return wrong + [s for s in searches if not re.search(rf"\b{column}\b", s)]


@pytest.mark.parametrize("name", HOT)
def test_a_hot_query_goes_by_its_index(county: Database, name: str) -> None:
    query, column = HOT[name]
    lines = plan_of(county, query)
    assert not faults(lines, column, county.is_sqlite), "\n".join(lines)


def found(typed: str, remit: Remit = TOWN, **narrowed: str) -> Query:
    """A search of the returnee ledger, as the page and the API ask for it."""
    wanted = Wanted(sought=sought(typed), **narrowed)
    return lambda c: journeys(remit, c, HERE, wanted, 201, 0)


# Searches of the returnee ledger, and the indexes that they go by.
SEARCHES: dict[str, tuple[Query, set[str]]] = {
    "a family": (found(FAMILIES[7]), {"journey_by_name"}),
    "a whole name": (found(f"{FAMILIES[7]}{chr(0x4E00 + 47)}"), {"journey_by_name"}),
    "letters": (found("cj"), {"journey_by_letters"}),
    "last digits": (found("1234"), {"journey_by_id_tail", "journey_by_phone_tail"}),
    "more digits": (found("001234"), {"journey_by_id_tail", "journey_by_phone_tail"}),
    "a family of a village": (found(FAMILIES[7], area=VILLAGE), {"journey_by_name"}),
    "a family in a remit": (found(FAMILIES[7], ONE_VILLAGE), {"journey_by_name"}),
    "letters of a category": (found("cj", category="risk-area"), {"journey_by_letters"}),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_the_ledger_is_searched_by_what_is_sought(county: Database, name: str) -> None:
    """Whoever is sought is read with those alike; never the township, never a village."""
    query, indexes = SEARCHES[name]
    text = "\n".join(plan_of(county, query))
    assert all(index in text for index in indexes), text
    other = ("journey_by_village", "journey_newest", "journey_by_category", "Seq Scan on journey")
    assert not [each for each in other if each in text], text
    assert not re.search(r"SCAN journey|SEARCH journey USING \S+ \S+ \(township=\?\)", text), text


def test_figures_are_summed_from_totals_not_from_people(county: Database) -> None:
    """What is read is a row for each village and day, however many people there are."""
    text = "\n".join(plan_of(county, lambda c: totals(TOWN, c, HERE)))
    assert "figure_total" in text and "figure_part" not in text, text
    assert "Seq Scan" not in text and not text.startswith("SCAN"), text


# Lists of a whole township and of a village: the index that holds their whole order.
IN_ORDER: dict[str, tuple[Query, str]] = {
    "newest": (lambda c: journeys(TOWN, c, HERE, NEWEST, 50, 0), "journey_newest"),
    "oldest": (lambda c: journeys(TOWN, c, HERE, Wanted(sort="oldest"), 50, 0), "journey_newest"),
    "by village": (
        lambda c: journeys(TOWN, c, HERE, Wanted(sort="village"), 50, 0),
        "journey_by_village",
    ),
    "of a village": (lambda c: journeys(TOWN, c, HERE, OF_VILLAGE, 50, 0), "journey_by_village"),
    "to a village leader": (
        lambda c: journeys(ONE_VILLAGE, c, HERE, Wanted(sort="oldest"), 50, 0),
        "journey_by_village",
    ),
    "of a category": (
        lambda c: journeys(TOWN, c, HERE, Wanted(category="risk-area"), 50, 0),
        "journey_by_category",
    ),
    "tasks": (lambda c: open_tasks(TOWN, c, HERE, NOW + 10_000_000, 50), "task_by_due"),
    "tasks of a village": (
        lambda c: open_tasks(ONE_VILLAGE, c, HERE, NOW + 10_000_000, 50),
        "task_by_village",
    ),
}


@pytest.mark.parametrize("name", IN_ORDER)
def test_a_list_is_read_in_the_order_of_its_index(county: Database, name: str) -> None:
    """Fifty rows are read, not a township or a village and then sorted."""
    query, index = IN_ORDER[name]
    text = "\n".join(plan_of(county, query))
    assert index in text, text
    assert "TEMP B-TREE" not in text and not re.search(r"(?<!Incremental )Sort ", text), text


def test_counts_are_summed_from_totals_and_what_turned_since(county: Database) -> None:
    text = "\n".join(plan_of(county, lambda c: counts(TOWN, c, HERE, NOW + 10_000_000)))
    assert "task_total" in text and "Seq Scan" not in text, text
    turned = {f"task_by_{way}" for way in ("opening", "due", "lapse")}
    assert all(index in text for index in turned), text


@pytest.mark.parametrize("wanted", [Wanted(), OF_VILLAGE, Wanted(category="low")])
def test_journeys_are_counted_by_totals(county: Database, wanted: Wanted) -> None:
    text = "\n".join(plan_of(county, lambda c: how_many(TOWN, c, HERE, wanted)))
    assert "journey_total" in text and "Seq Scan" not in text and "SCAN" not in text, text


@pytest.mark.parametrize(
    ("asked", "may", "index"),
    [
        (corrections, "ledger.read", "correction_newest"),
        (corrections_waiting, "approve", "correction_waiting"),
    ],
)
def test_records_taken_back_are_read_in_order(
    county: Database, asked: Callable[..., Any], may: str, index: str
) -> None:
    """Newest first, or those few alone that wait, which have an index of their own."""
    text = "\n".join(plan_of(county, lambda c: asked(remit_of([may], [HERE]), may, c, HERE, 50)))
    assert index in text, text
    assert "Seq Scan" not in text and "SCAN" not in text.replace("Index Scan", ""), text


def test_verify_walks_the_chain_by_its_key(county: Database) -> None:
    lines = plan_of(
        county,
        lambda c: c.execute(
            sa.select(fact).where(fact.c.township == HERE, fact.c.seq > 100)
            .order_by(fact.c.seq).limit(1000)
        ).all(),
    )  # fmt: skip
    assert not faults(lines, "seq", county.is_sqlite), "\n".join(lines)


def test_opening_streams_asks_as_the_plan_does(county: Database) -> None:
    query: Query = lambda c: opening.streams(c, NOBODY, KINDS, HERE, ["person-none"])  # noqa: E731
    lines = plan_of(county, query)
    assert not faults(lines, "subject", county.is_sqlite), "\n".join(lines)
