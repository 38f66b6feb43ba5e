"""Whatever the order and the grouping: the same clusters and rows, as looking at all says."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.twins import (
    clusters,
    reference,
    says,
    web,
)
from tests.test_properties import QUICK, Rows, problems, rows_of, town_of
from tests.town import Town
from tests.village import (
    CHEN,
    LIN,
    MA,
    MORNING,
    TAOLIN,
    TOWNSHIP,
    WU,
    Returnee,
)
from tongxin.base.ids import id_at
from tongxin.installation import Settings
from tongxin.ledger import ties
from tongxin.ledger.clusters import Clusters
from tongxin.ledger.facts import Draft
from tongxin.ledger.kinds import TAKEN_BACK, TakenBack
from tongxin.ledger.tables import member
from tongxin.ledger.ties import Ties, components, tie
from tongxin.registry.identity.facts import (
    PeopleJoined,
    PeopleParted,
)

# Whatever the order: the same clusters, the same rows, and as the reference says.

PEOPLE: tuple[Returnee, ...] = (CHEN, CHEN, CHEN, MA, MA, LIN)
DECIDED = ((0, 3, True), (0, 3, False), (1, 2, False), (3, 5, True), (0, 1, False), (4, 5, False))
LENGTH = len(PEOPLE) + len(DECIDED) + 1


def story(town: Town) -> list[Draft]:
    """Three records of 陈静, two of 马超, one of 林小满; decisions, right and wrong; one slip."""
    at = MORNING + timedelta(hours=1)
    came = [
        town.arrival(who, at=at + timedelta(minutes=n), id=id_at(at, f"came {n}"), area=TAOLIN)
        for n, who in enumerate(PEOPLE)
    ]
    said = [
        says(
            town, came[one], came[other], joined=joined, at=at + timedelta(hours=1, minutes=n),
            id=id_at(at, f"said {n}"),
        )
        for n, (one, other, joined) in enumerate(DECIDED)
    ]  # fmt: skip
    back = town.draft(
        TAKEN_BACK, TakenBack(fact=came[2].id, reason="不是本人的号码"), by=WU,
        subject=came[2].subject, purpose=came[2].purpose, at=at + timedelta(hours=3),
        id=id_at(at, "back"), area=TAOLIN,
    )  # fmt: skip
    return [*came, *said, back]


def decided(draft: Draft) -> set[str] | None:
    """Of whom a fact decides something."""
    body = draft.body
    return {body.one, body.other} if isinstance(body, PeopleJoined | PeopleParted) else None


def tell(town: Town, order: list[int], cuts: set[int]) -> None:
    """Hand these in so. Decisions are made of people who are known: those wait for both."""
    facts, known = story(town), set[str]()
    waiting: list[int] = []
    batch: list[Draft] = []
    for place, number in enumerate(order):
        waiting.append(number)
        for each in sorted(waiting, key=lambda n: decided(facts[n]) is not None):
            if (decided(facts[each]) or set()) <= known:
                waiting.remove(each)
                batch.append(facts[each])
                known |= {facts[each].subject} if facts[each].kind.introduces else set()
        if place in cuts or place == len(order) - 1:
            town.record(*batch)
            batch = []
    town.installation.store.settle()


@pytest.fixture
def straight(copies: Callable[[], Settings]) -> Iterator[tuple[Rows, set[frozenset[str]]]]:
    with town_of(copies) as town:
        tell(town, list(range(LENGTH)), set(range(LENGTH)))
        assert clusters(town) == reference(town)
        yield rows_of(town), clusters(town)


@QUICK
@given(
    order=st.permutations(range(LENGTH)),
    again=st.lists(st.integers(0, LENGTH - 1), max_size=5),
    cuts=st.sets(st.integers(0, LENGTH + 5), max_size=8),
)
def test_facts_joins_and_partings_in_any_order_leave_the_same_rows(
    copies: Callable[[], Settings],
    straight: tuple[Rows, set[frozenset[str]]],
    order: list[int],
    again: list[int],
    cuts: set[int],
) -> None:
    rows, wanted = straight
    with town_of(copies) as town:
        tell(town, [*order, *again], cuts)
        assert clusters(town) == reference(town) == wanted
        found = rows_of(town)
        for name, expected in rows.items():
            assert found[name] == expected, name
        assert problems(town) == []
        town.installation.rebuild(TOWNSHIP)
        assert rows_of(town) == found


# The walk along tables, where some ties are new, against the reference, many times.

NAMES = tuple(f"person-{n}" for n in range(7))
PAIRS = st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True)
TIES = st.builds(
    Ties,
    st.frozensets(st.sampled_from(["id:x", "id:y", "id:z"]), max_size=2),
    st.dictionaries(PAIRS.map(frozenset), st.booleans(), max_size=2).map(
        lambda told: frozenset(tie(min(pair), max(pair), one) for pair, one in told.items())
    ),
)


@QUICK
@given(
    before=st.dictionaries(st.sampled_from(NAMES), TIES),
    now=st.dictionaries(st.sampled_from(NAMES), TIES, min_size=1),
    crowd=st.integers(1, 4),
)
def test_the_walk_finds_all_whose_cluster_changes(
    town: Town, before: dict[str, Ties], now: dict[str, Ties], crowd: int
) -> None:
    kept, ties.MOST_ALIKE = ties.MOST_ALIKE, crowd  # type: ignore[misc]  # set back below
    try:
        with town.installation.database.writer.connect() as connection:
            transaction = connection.begin()
            put(connection, before, every(before))
            found = Clusters(connection, TOWNSHIP).changed(now, before.keys())
            # Of whom nothing was recorded nothing can be judged; a cluster is who is known of it.
            told = frozenset({*before, *now})
            was = {frozenset(cluster & before.keys()) for cluster in every(before)}
            will = {cluster & told for cluster in every(before | now)}
            reached = {cluster & told for cluster in found} - {frozenset()}
            assert reached <= will, "what is found is whole"
            assert now.keys() <= frozenset().union(*reached)
            assert will - was - {frozenset()} <= reached, "all that is new is found"
            transaction.rollback()
    finally:
        ties.MOST_ALIKE = kept  # type: ignore[misc]  # as above


def every(told: dict[str, Ties]) -> set[frozenset[str]]:
    """All clusters among records that say this, named ones included."""
    names = set(told) | {n for each in told.values() for n in each.named()}
    marks = {name: set(told[name].marks) if name in told else set() for name in names}
    return set(components(web(marks, *(s for each in told.values() for s in each.said))))


def put(connection: sa.Connection, told: dict[str, Ties], all_: set[frozenset[str]]) -> None:
    """These ties, and the clusters that follow, as the tables hold them."""
    for name, each in told.items():
        for table, rows in ties.rows(each).items():
            for row in rows:
                connection.execute(
                    sa.text(
                        f"INSERT INTO {table} (township, subject, {', '.join(row)}) VALUES "
                        f"(:township, :subject, {', '.join(':' + column for column in row)})"
                    ),
                    {"township": TOWNSHIP, "subject": name, **row},
                )
    for cluster in all_:
        known = sorted(cluster & told.keys())
        for name in known if len(known) > 1 else ():
            connection.execute(
                sa.insert(member).values(township=TOWNSHIP, subject=name, lead=known[0])
            )
