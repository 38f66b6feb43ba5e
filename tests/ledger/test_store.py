"""The writer: one bad fact never takes others with it, and nothing stops it for good."""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from tests.town import Town
from tests.village import CHEN, LIN, MA, TAOLIN, TOWNSHIP, WU, ZHENG, wire
from tongxin.arrivals import facts as arrivals
from tongxin.base.problems import Problem
from tongxin.catalogue import Catalogue, Context
from tongxin.installation import Installation
from tongxin.ledger.facts import Derived, Outcome, Stream
from tongxin.ledger.keys import Keys
from tongxin.ledger.store import CANNOT_JUDGE, NOT_RECORDED, Store
from tongxin.ledger.tables import fact, held, rejudge
from tongxin.ledger.verifying import Count, verified


class Stumbling(Catalogue):
    """A rulebook whose rules fail on the subjects that a test names."""

    def __init__(self) -> None:
        self.over: set[str] = set()

    def derive(
        self, streams: Sequence[Stream], context: Context, around: Mapping[str, Any]
    ) -> Mapping[str, Derived]:
        if self.over & {stream.subject for stream in streams}:
            raise ZeroDivisionError("a mistake in the rules")
        return super().derive(streams, context, around)


@contextmanager
def writing_by(town: Town, rulebook: Catalogue, keys: Keys | None = None) -> Iterator[Store]:
    """The town's own writer replaced by one with these rules and keys."""
    installation = town.installation
    own = installation.store
    own.close()
    installation.store = Store(installation.database, keys or installation.keys, rulebook)
    try:
        yield installation.store
    finally:
        installation.store.close()


def outcomes(verdicts: Collection[Any]) -> list[str]:
    return [str(verdict.outcome) for verdict in verdicts]


def count(town: Town, table: sa.Table) -> int:
    with town.installation.database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_fact_that_the_rules_fail_on_is_held_and_the_others_are_recorded(town: Town) -> None:
    rulebook = Stumbling()
    with writing_by(town, rulebook):
        bad = town.arrival(MA)
        rulebook.over = {bad.subject}
        verdicts = town.record(town.arrival(CHEN), bad, town.arrival(LIN))
    assert outcomes(verdicts) == ["recorded", "held", "recorded"]
    assert verdicts[1].code == CANNOT_JUDGE.code
    assert count(town, held) == 1


def test_what_the_rules_failed_on_leaves_no_gap_in_the_chain(town: Town) -> None:
    rulebook = Stumbling()
    with writing_by(town, rulebook):
        bad = town.arrival(MA)
        rulebook.over = {bad.subject}
        town.record(town.arrival(CHEN), bad, town.arrival(LIN))
    installation = town.installation
    with installation.database.reading() as connection:
        assert not list(verified(connection, installation.keys, Catalogue(), TOWNSHIP, Count()))


def test_rules_that_fail_on_one_when_all_are_judged_again_stop_nobody_else(henan: Town) -> None:
    rulebook = Stumbling()
    first, second = henan.arrive(CHEN), henan.arrive(CHEN, id_number="")
    with writing_by(henan, rulebook) as store:
        rulebook.over = {first.subject}
        henan.at_risk("310115")
        store.settle()
        assert outcomes(henan.record(henan.arrival(LIN))) == ["recorded"]
        assert category(henan, second.subject) == "risk-area"
        assert category(henan, first.subject) != "risk-area"


def test_who_could_not_be_judged_again_is_judged_when_the_rules_are_mended(henan: Town) -> None:
    rulebook = Stumbling()
    first = henan.arrive(CHEN)
    with writing_by(henan, rulebook) as store:
        rulebook.over = {first.subject}
        henan.at_risk("310115")
        store.settle()
    assert count(henan, rejudge) == 1
    with writing_by(henan, Catalogue()) as store:
        store.record([henan.arrival(LIN)], henan.now)
        store.settle()
        assert count(henan, rejudge) == 0
        assert category(henan, first.subject) == "risk-area"


def category(town: Town, subject: str) -> str | None:
    with town.installation.database.reading() as connection:
        found = connection.execute(
            sa.text("SELECT category FROM journey WHERE subject = :s"), {"s": subject}
        ).scalar_one()
    return None if found is None else str(found)


def test_a_body_that_could_not_be_read_back_is_never_recorded(town: Town) -> None:
    with pytest.raises(Problem) as raised:
        town.arrival(CHEN, name="长" * 61)
    assert raised.value.code == "ledger.bad_body"


def test_a_nul_in_a_name_is_refused_on_both_databases(town: Town) -> None:
    phone = town.device(WU)
    good, bad = (town.arrival(CHEN) for _ in "12")
    body = b'{"name":"\\u0000","arrived_at":"2022-04-07T06:00:00+08:00"}'
    sent = [
        wire(phone, arrivals.ARRIVAL_RECORDED, b, subject=d.subject, purpose=d.purpose)
        for d, b in ((good, good.raw), (bad, body))
    ]
    verdicts = town.sent(sent)
    assert outcomes(verdicts) == ["recorded", "refused"]
    assert verdicts[1].code == "ledger.bad_body"


def test_a_nul_in_a_header_is_refused_and_takes_nothing_with_it(town: Town) -> None:
    phone = town.device(WU)
    good = town.arrival(CHEN)
    sent = [
        wire(
            phone, arrivals.ARRIVAL_RECORDED, good.raw, subject=good.subject,
            purpose=good.purpose, forged=forged,
        )
        for forged in ({"author": "account-\0"}, {"device": "\0"}, {"township": "\0"}, {})
    ]  # fmt: skip
    assert outcomes(town.sent(sent)) == ["refused", "refused", "refused", "recorded"]


class FailingKeys:
    """Keys whose file cannot be written for as long as a test says so."""

    def __init__(self, keys: Keys) -> None:
        self._keys, self.failing = keys, False

    def keys_for(
        self, names: Collection[tuple[str, str, str]], now_ms: int = 0, *, make: bool = False
    ) -> Mapping[tuple[str, str, str], bytes]:
        if self.failing and make:
            raise OSError("no space left on the disk")
        return self._keys.keys_for(names, now_ms, make=make)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._keys, name)


def test_keys_that_cannot_be_written_refuse_and_the_writer_goes_on(town: Town) -> None:
    keys: Any = FailingKeys(town.installation.keys)
    with writing_by(town, Catalogue(), keys):
        keys.failing = True
        assert answer_or_problem(lambda: town.record(town.arrival(CHEN))) == NOT_RECORDED.code
        keys.failing = False
        assert outcomes(town.record(town.arrival(CHEN))) == ["recorded"]


def answer_or_problem(act: Callable[[], Any]) -> str:
    """The code of the answer: of the verdict, or of the problem that was raised."""
    found: list[str] = []

    def run() -> None:
        try:
            found.append(str(act()[0].code))
        except Problem as problem:
            found.append(problem.code)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(timeout=20)
    assert found, "the writer no longer answers"
    return found[0]


def test_an_id_known_from_elsewhere_about_somebody_forgotten_is_refused(town: Town) -> None:
    forgotten, other = town.arrive(CHEN), town.arrive(LIN)
    town.installation.forgetting.forget(
        TOWNSHIP, forgotten.subject, [forgotten.purpose], "期满", town.now
    )
    again = town.draft(
        arrivals.SYMPTOM_SEEN, arrivals.SymptomSeen(seen_at=town.now), by=ZHENG,
        subject=forgotten.subject, purpose=forgotten.purpose, id=other.id,
    )  # fmt: skip
    assert answer_or_problem(lambda: town.record(again)) == "ledger.forgotten"
    assert outcomes(town.record(town.arrival(MA))) == ["recorded"]


def test_many_threads_are_all_answered_and_the_chain_has_no_gap(town: Town) -> None:
    drafts = [town.arrival(CHEN) for _ in range(40)]
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda d=d: answers.extend(town.record(d))) for d in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {str(a.outcome) for a in answers} == {"recorded"}
    with town.installation.database.reading() as connection:
        seqs = list(
            connection.scalars(
                sa.select(fact.c.seq).where(fact.c.township == TOWNSHIP).order_by(fact.c.seq)
            )
        )
    assert seqs == list(range(1, len(seqs) + 1))
    assert sorted(a.seq for a in answers) == seqs[-40:]


def test_a_closed_writer_says_so(installation: Installation, town: Town) -> None:
    draft = town.arrival(CHEN)
    installation.store.close()
    with pytest.raises(Problem) as raised:
        town.record(draft)
    assert raised.value.code == "ledger.closed"


def test_an_answer_is_visible_to_whoever_got_it(town: Town) -> None:
    came = town.arrive(CHEN)
    with town.installation.database.reading() as connection:
        seen = connection.execute(
            sa.text("SELECT area FROM journey WHERE subject = :s"), {"s": came.subject}
        ).scalar_one()
    assert seen == TAOLIN


def test_the_writer_says_how_it_syncs(installation: Installation, backend: str) -> None:
    wanted = {"sqlite": "synchronous=FULL", "postgresql": "synchronous_commit=on"}
    assert installation.database.durability() == wanted[backend]


def test_an_errand_that_fails_stops_nothing(town: Town) -> None:
    def fail(_: sa.Connection) -> None:
        raise OSError("anything")

    town.installation.store.later(fail)
    assert outcomes(town.record(town.arrival(CHEN))) == [Outcome.RECORDED]
