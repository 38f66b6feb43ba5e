"""Going through a list: planning it for the preview, recording it, and going on after a stop.

What is to become of a part is sealed before it is recorded. After a stop the last part is recorded
once more, which changes nothing for what was in already; so nothing is lost and nothing counts
twice. Between the slices of a part others have their turn with the writer.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from msgspec.structs import replace

from tongxin.base.areas import AreaCode, village_of
from tongxin.base.clock import to_ms
from tongxin.base.problems import Problem
from tongxin.base.texts import Text
from tongxin.desk import taken
from tongxin.intake import facts
from tongxin.intake.kinds import NOT_TAKEN, Planned, SheetKind, Told
from tongxin.intake.staging import LINES, Counts, Head, Part, Staging
from tongxin.intake.survey import Asking, Survey, part_of, together
from tongxin.ledger.facts import OFFICE, Door, Draft, Fact, Kind, Verdict
from tongxin.ledger.facts import Outcome as Became
from tongxin.ledger.opening import in_chunks
from tongxin.ledger.store import CLOSED, Store, whereabouts
from tongxin.ledger.wire import authored
from tongxin.sheets.faults import Fault
from tongxin.sheets.header import bare
from tongxin.sheets.returning import Returned
from tongxin.sheets.rows import Mapped

DONE: Final = "done"
REFUSED: Final = "refused"
MAY: Final = "intake.import"
# A group of so many facts keeps the writer for a fraction of a second.
_AT_ONCE: Final = 300
_STALLED_MS: Final = 30_000
_IN: Final = frozenset({Became.RECORDED, Became.DUPLICATE})
_log = logging.getLogger("tongxin.intake")
Tell = Callable[[int, int], None]


class Job:
    """One list on its way in. `tell` hears how many of how many parts are done."""

    def __init__(
        self,
        store: Store,
        kind: SheetKind,
        import_id: str,
        asking: Asking,
        tell: Tell | None = None,
    ) -> None:
        self.store, self.kind, self.import_id, self.asking = store, kind, import_id, asking
        self.staging = Staging(store, asking.township)
        self._tell = tell
        self._began = time.perf_counter()

    @property
    def now(self) -> datetime:
        """The instant of asking, and as much later as this has taken."""
        return self.asking.now + timedelta(seconds=time.perf_counter() - self._began)

    def plan(self) -> None:
        """What each row is to become, for the preview; nothing where it was mapped anew since."""
        head, numbers = self._begin()
        survey = Survey(self.store, self.kind, head, self.asking, final=False)
        for n in numbers:
            with self.store.database.reading() as connection:
                frame = self.staging.frame(connection, self.import_id, n)
                planned, passed = survey.planned(connection, frame)
                if self.staging.head(connection, self.import_id).revision != head.revision:
                    return
            part = part_of(planned, passed)
            self.staging.put(self.import_id, head.planned, n, part, self.now)
            self._said(n, numbers)

    def record(self) -> Counts:
        """Record all rows that are not in yet; how many became what, in this and earlier runs."""
        head, numbers = self._begin()
        survey = Survey(self.store, self.kind, head, self.asking, final=True)
        with self.store.database.reading() as connection:
            before = self.staging.numbers(connection, self.import_id, DONE)
        # Two lists that name the same people take turns in a process: the second finds them known.
        with _TURNS[self.asking.township], ThreadPoolExecutor(1, "intake") as beside:
            going: Future[None] | None = None
            for n in numbers:
                with self.store.database.reading() as connection:
                    frame = self.staging.frame(connection, self.import_id, n)
                    planned, passed = survey.planned(connection, frame)
                # While one part is recorded, the next is planned: the planner remembers the rest.
                if going is not None:
                    going.result()
                    self._said(n - 1, numbers)
                if n in before[:-1]:
                    continue  # planned once more for what the planner must remember of it
                if n not in before:
                    part = part_of(planned, passed)
                    self.staging.put(self.import_id, DONE, n, part, self.now)
                going = beside.submit(self._record, n, planned)
            if going is not None:
                going.result()
        return self._finish(head)

    def _begin(self) -> tuple[Head, list[int]]:
        with self.store.database.reading() as connection:
            head = self.staging.head(connection, self.import_id, self.asking.account)
            return head, self.staging.numbers(connection, self.import_id, LINES)

    def _said(self, n: int, numbers: Sequence[int]) -> None:
        if self._tell is not None:
            self._tell(n + 1, len(numbers))

    def _record(self, n: int, planned: Sequence[Planned]) -> None:
        told = [(each, fact) for each in planned for fact in each.facts]
        refused: dict[int, Planned] = {}
        for some in in_chunks(told, _AT_ONCE):
            verdicts = self.store.record(self._drafts([fact for _, fact in some]), self.now)
            for (each, _), verdict in zip(some, verdicts, strict=True):
                if verdict.outcome not in _IN:
                    each.row.faults.append(_why(verdict))
                    refused[each.row.number] = each
        if refused:
            back = list(refused.values())
            part = Part(_moved(back), [], [_back(each) for each in back])
            self.staging.put(self.import_id, REFUSED, n, part, self.now)

    def _drafts(self, told: Sequence[Told]) -> list[Draft]:
        signer, now = self.store.keys.signer(self.asking.township, self.now), self.now
        return [
            authored(
                signer, fact.kind, fact.body, township=self.asking.township, id=fact.id,
                subject=fact.subject, purpose=fact.purpose, area=village_of(AreaCode(fact.area)),
                author=self.asking.account, happened_at=now, door=Door.FORM,
            )
            for fact in told
        ]  # fmt: skip

    def _finish(self, head: Head) -> Counts:
        """Record that the list is in; keep what came back, and let go of the rest."""
        with self.store.database.reading() as connection:
            done = self.staging.parts(connection, self.import_id, DONE)
            whole = together(chain(done, self.staging.parts(connection, self.import_id, REFUSED)))
        taken(self.store.record([self._note(head, whole.counts)], self.now)[0])
        for section in (LINES, head.planned):
            self.staging.drop(self.import_id, section)
        if whole.counts.returned or whole.counts.doubtful or whole.counts.differs:
            self.staging.save(self.import_id, replace(head, finished=True), self.now)
        else:
            self.staging.forget(self.import_id, self.now)
        return whole.counts

    def _note(self, head: Head, counts: Counts) -> Draft:
        township, remit = self.asking.township, self.asking.remit
        areas = remit.areas(MAY)
        area = township if remit.allows(MAY, township) or not areas else areas[0]
        body = facts.FileImported(
            list_kind=self.kind.id, area=area, digest=head.book.digest, new=counts.new,
            added=counts.added, known=counts.known, doubtful=counts.doubtful,
            returned=counts.returned, mapping=mapping_of(head.mapped),
        )  # fmt: skip
        return self._office(facts.FILE_IMPORTED, body, area)

    def _office(self, kind: Kind, body: Fact, area: str) -> Draft:
        return authored(
            self.store.keys.signer(self.asking.township, self.now), kind, body,
            township=self.asking.township, id=self.import_id.partition("-")[2],
            subject=self.import_id, purpose=OFFICE, area=village_of(AreaCode(area)),
            author=self.asking.account, happened_at=self.now, door=Door.FORM,
        )  # fmt: skip


def mapping_of(mapped: Mapped | None) -> dict[str, str]:
    """What each header, bare of remarks, is taken for: what is remembered for the next list."""
    if mapped is None:
        return {}
    named = zip(mapped.titles, mapped.keys, strict=True)
    return {name: key for title, key in named if (name := bare(title))}


def _why(verdict: Verdict) -> Fault:
    why = verdict.why or Text("", "")
    told = NOT_TAKEN.text
    return Fault(NOT_TAKEN.code, Text(told.zh.format(why=why.zh), told.en.format(why=why.en)))


def _back(planned: Planned) -> Returned:
    return Returned(planned.row.line, planned.row.faults)


def _moved(refused: Sequence[Planned]) -> Counts:
    """What is to be added to the counts for rows that were not taken after all."""
    counts = Counts()
    for each in refused:
        name = str(each.outcome)
        setattr(counts, name, getattr(counts, name) - 1)
        counts.returned += 1
    return counts


_TURNS: Final[defaultdict[str, threading.Lock]] = defaultdict(threading.Lock)


# Which lists are being gone through in this process.
_RUNNING: Final[dict[str, threading.Thread]] = {}


def begin(job: Job, work: Callable[[], object]) -> None:
    """Go through a list on a thread of its own; what stops it leaves it to be gone on with."""

    def run() -> None:
        try:
            work()
        except Problem as problem:
            if problem.code != CLOSED.code:
                _log.error("an import stopped: %s", problem.code)
        except Exception as error:  # because a thread that fails must say so in the log
            _log.error("an import stopped: %s", whereabouts(error))
        finally:
            _RUNNING.pop(job.import_id, None)

    thread = threading.Thread(target=run, name="intake", daemon=True)
    if _RUNNING.setdefault(job.import_id, thread) is thread:
        thread.start()


def wait(import_id: str, seconds: float | None = None) -> None:
    """Wait until a list was gone through, or so many seconds."""
    thread = _RUNNING.get(import_id)
    if thread is not None:
        thread.join(seconds)


def is_running(import_id: str, last_at: int, now: datetime) -> bool:
    """Whether it is being gone through here, or was a moment ago in another process."""
    return import_id in _RUNNING or abs(to_ms(now) - last_at) < _STALLED_MS
