"""The only writer. Whatever waits is recorded together: one commit, one sync, many answers.

There is no timer: while one group is being committed the next gathers. An answer is given only
after the commit, so what is acknowledged is durable and visible. A fact that makes its group fail
is found by recording the group one by one, and held; it never takes the others with it.
"""

import asyncio
import logging
import queue
import threading
import traceback
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

from tongxin.base.clock import from_ms, to_ms
from tongxin.base.problems import Problem, ProblemKind
from tongxin.ledger import holding, rejudging
from tongxin.ledger.bell import Bell
from tongxin.ledger.chains import lock_heads
from tongxin.ledger.database import Database
from tongxin.ledger.facts import Draft, Outcome, Verdict
from tongxin.ledger.keys import Keys, KeysError
from tongxin.ledger.recording import Recorder
from tongxin.ledger.rulebook import Context, Rulebook
from tongxin.ledger.shaping import CONTEXT_UNSOUND, Contexts
from tongxin.ledger.tables import chain

NOT_RECORDED = ProblemKind(
    "ledger.not_recorded",
    503,
    zh="暂时没能写入（磁盘或数据库有问题），什么都没有记下。请保留并稍后重试。",
    en="Nothing was recorded: the disk or the database did not take it. Keep it and try again.",
)
CANNOT_JUDGE = ProblemKind(
    "ledger.cannot_judge",
    500,
    zh="这条记录已收存，但规则处理它时出错；请联系维护人员。",
    en="This record is kept, but the rules failed on it; please tell whoever maintains this.",
)
CLOSED = ProblemKind(
    "ledger.closed", 503, zh="服务正在停止，请稍后重试。", en="The server is stopping; try again."
)

# The machine's fault, not a fact's: the disk, the server, the keys' file.
MACHINE_FAILS: Final = (OperationalError, InterfaceError, InternalError, KeysError, OSError)
LARGEST_GROUP: Final = 512
JUDGED_AGAIN_AT_ONCE: Final = 200
_log = logging.getLogger("tongxin.ledger")

T = TypeVar("T")
Answer = Callable[[list[Verdict] | BaseException], None]


class Submission(Struct):
    """Drafts that were handed in together, and where to answer."""

    drafts: list[Draft]
    now_ms: int
    answer: Answer
    loop: asyncio.AbstractEventLoop | None


class Store:
    """Records facts from any thread or event loop; one thread of its own writes."""

    def __init__(self, database: Database, keys: Keys, rulebook: Rulebook) -> None:
        database.durability()
        self.database, self.keys, self.rulebook = database, keys, rulebook
        # Rung when something was recorded by which others are judged or admitted, in any process.
        self.bell = Bell.beside(keys.path)
        self._contexts = Contexts(keys, self.bell)
        self._recorder = Recorder(keys, rulebook, Contexts(keys, self.bell))
        self._waiting: queue.SimpleQueue[Submission | Callable[[], None] | None]
        self._waiting = queue.SimpleQueue()
        self._to_judge: set[str] = set()
        self._look = False  # whether somebody else may have left something on the list
        self._take_up_all()
        self._failing: set[tuple[str, str]] = set()
        self._idle = threading.Condition()
        self._door = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._write, name="ledger-writer", daemon=True)
        self._thread.start()

    def record(self, drafts: Sequence[Draft], now: datetime) -> list[Verdict]:
        """Record from a plain thread; returns once what is RECORDED is durable."""
        future: Future[list[Verdict]] = Future()

        def answer(result: list[Verdict] | BaseException) -> None:
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)

        self._submit(drafts, now, answer, None)
        return future.result()

    async def recorded(self, drafts: Sequence[Draft], now: datetime) -> list[Verdict]:
        """Record from an event loop. A caller that goes away does not undo anything."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[Verdict]] = loop.create_future()

        def answer(result: list[Verdict] | BaseException) -> None:
            if future.done():  # the client has gone; the record stays
                return
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)

        self._submit(drafts, now, answer, loop)
        return await future

    def context(self, connection: Connection, township: str) -> Context:
        """What a township's facts are judged and admitted by, read again only when it changed."""
        counted = connection.scalar(sa.select(chain.c.context).where(chain.c.township == township))
        if counted is None:  # nobody's ledger: nothing to remember, or made-up codes would pile up
            return self.rulebook.context(township, ())
        return self._contexts.at(connection, self.rulebook, township, counted)

    def within(self, work: Callable[[Connection, Recorder], T]) -> T:
        """Run `work` on the writer's thread, in a transaction of its own; what it returns.

        For what must read and record at one moment, such as forgetting.
        """
        future: Future[T] = Future()

        def run() -> None:
            try:
                with self.database.writing() as connection:
                    result = work(connection, self._recorder)
                self._take_up()
            except BaseException as error:  # because whoever asked must be told, whatever it was
                self._recorder.contexts.clear()
                future.set_exception(error)
            else:
                self._shaped()
                future.set_result(result)

        self._hand_in(run)
        return future.result()

    def later(self, work: Callable[[Connection], None]) -> None:
        """Let the writer do `work` when its turn comes; nobody waits for it.

        For what may be lost without harm, such as when a session was last seen.
        """

        def run() -> None:
            try:
                with self.database.writing() as connection:
                    work(connection)
            except Exception as error:  # because the writer must outlive whatever it is handed
                _log.warning("an errand was not done: %s", whereabouts(error))

        with self._door:
            if not self._closed:
                self._waiting.put(run)

    def go_on(self) -> None:
        """Go on judging again where a failing machine cut it off; other processes see to theirs."""
        if self._look:
            self.later(lambda _: None)

    def settle(self) -> None:
        """Wait until nothing is left to be judged again, or that has stopped."""
        with self._idle:
            self._idle.wait_for(lambda: not self._to_judge or self._closed)

    def close(self) -> None:
        """Finish what was handed in, then stop writing."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        self._thread.join()
        self.bell.close()

    def _submit(
        self,
        drafts: Sequence[Draft],
        now: datetime,
        answer: Answer,
        loop: asyncio.AbstractEventLoop | None,
    ) -> None:
        self._hand_in(Submission(list(drafts), to_ms(now), answer, loop))

    def _hand_in(self, item: Submission | Callable[[], None]) -> None:
        """Nothing is handed in after the end was, or it would wait for an answer for ever."""
        with self._door:
            if self._closed:
                raise CLOSED()
            self._waiting.put(item)

    # The writer's own thread.

    def _write(self) -> None:
        going = True
        while going:
            group, errand, going = self._next_group()
            if group:
                self._answer(group, self._answers(group))
            if errand is not None:
                errand()
            if self._look:
                self._look_again()
            if self._to_judge:
                self._judge_again()
        with self._idle:
            self._idle.notify_all()

    def _next_group(self) -> tuple[list[Submission], Callable[[], None] | None, bool]:
        """All that waits, up to a bound or an errand; blocks only when nothing else is to do."""
        group: list[Submission] = []
        size = 0
        while size < LARGEST_GROUP:
            try:
                item = self._waiting.get(block=not group and not self._to_judge)
            except queue.Empty:
                break
            if item is None:
                return group, None, False
            if not isinstance(item, Submission):
                return group, item, True
            group.append(item)
            size += len(item.drafts)
        return group, None, True

    def _answers(self, group: list[Submission]) -> list[list[Verdict] | BaseException]:
        drafts = [draft for submission in group for draft in submission.drafts]
        now_ms = max(submission.now_ms for submission in group)
        try:
            verdicts = self._verdicts(drafts, now_ms)
        except Exception as error:  # because the writer must outlive a failing disk or database
            self._recorder.contexts.clear()
            _log.error("a group was not recorded: %s", whereabouts(error))
            return [NOT_RECORDED() for _ in group]
        answers: list[list[Verdict] | BaseException] = []
        start = 0
        for submission in group:
            answers.append(verdicts[start : start + len(submission.drafts)])
            start += len(submission.drafts)
        return answers

    def _verdicts(self, drafts: Sequence[Draft], now_ms: int) -> list[Verdict]:
        try:
            return self._commit(drafts, now_ms)
        except MACHINE_FAILS:
            raise
        except Exception as error:  # because one bad fact must never take others with it
            if isinstance(error, Problem) and error.code == CONTEXT_UNSOUND.code:
                raise  # no fact's fault
            self._recorder.contexts.clear()
            _log.error("a group failed, so it is recorded one by one: %s", whereabouts(error))
            return [self._alone(draft, now_ms) for draft in drafts]

    def _commit(self, drafts: Sequence[Draft], now_ms: int) -> list[Verdict]:
        self._recorder.shaped = False
        with self.database.writing() as connection:
            verdicts = self._recorder.record(connection, drafts, now_ms)
        if self._recorder.shaped:
            self._shaped()
            self._look = True
        self._take_up()
        return verdicts

    def _shaped(self) -> None:
        """What was committed may shape the context: tell every process, and note how much it is."""
        self.bell.ring()
        try:
            self._recorder.contexts.note()
        except (*MACHINE_FAILS, Problem) as error:
            # It is recorded all the same; what was not noted is noted with the next such fact.
            _log.error("the count of facts was not noted: %s", whereabouts(error))

    def _alone(self, draft: Draft, now_ms: int) -> Verdict:
        """One fact by itself: recorded, or held where the rules fail on it, or not taken."""
        try:
            return self._commit([draft], now_ms)[0]
        except Exception as error:  # because what the rules cannot judge is kept all the same
            self._recorder.contexts.clear()
            _log.error("a %s failed: %s", draft.kind.name, whereabouts(error))
            failed_by_machine = isinstance(error, MACHINE_FAILS)
        try:
            if not failed_by_machine:
                return self._hold(draft, now_ms)
        except Exception as error:  # because the others of its group still want their answer
            _log.error("a %s could not be held: %s", draft.kind.name, whereabouts(error))
        problem = NOT_RECORDED()
        return Verdict(draft.id, Outcome.REFUSED, code=problem.code, why=problem.text)

    def _hold(self, draft: Draft, now_ms: int) -> Verdict:
        problem = CANNOT_JUDGE()
        sealing_key = self.keys.keys_for({draft.key()}, now_ms, make=True)[draft.key()]
        with self.database.writing() as connection:
            lock_heads(connection, {draft.township})
            signer = self.keys.signer(draft.township, from_ms(now_ms))
            note = holding.hold(connection, sealing_key, signer, draft, problem, None, now_ms)
            if note is not None:
                self._recorder.record(connection, [note], now_ms)
        return Verdict(draft.id, Outcome.HELD, code=problem.code, why=problem.text)

    def _judge_again(self) -> None:
        """One chunk of what a changed context touched; then others have their turn."""
        township = min(self._to_judge)
        left = False
        try:
            judged = self._judge_chunk(township, JUDGED_AGAIN_AT_ONCE)
            left = judged == JUDGED_AGAIN_AT_ONCE or township in self._recorder.listed
            self._take_up()
        except Exception as error:  # because what the rules fail on must not stop the writer
            self._look = True  # what is left stands in the table, for the next group or tick
            self._recorder.contexts.clear()
            _log.error("judging again stopped in %s: %s", township, whereabouts(error))
        if not left:
            with self._idle:
                self._to_judge.discard(township)
                self._idle.notify_all()

    def _take_up(self) -> None:
        """Take up the townships in which somebody was listed, now that it is committed."""
        self._to_judge |= self._recorder.listed
        self._recorder.listed.clear()

    def _look_again(self) -> None:
        """Take up all that is on the list; where it cannot be read, look with the next group."""
        try:
            self._take_up_all()
            self._look = False
        except MACHINE_FAILS as error:
            _log.error("who is to be judged again could not be read: %s", whereabouts(error))

    def _take_up_all(self) -> None:
        """Take up whatever is on the list: also what a stop, a failure or a process left there."""
        with self.database.reading() as connection:
            self._to_judge |= rejudging.townships(connection)

    def _judge_chunk(self, township: str, most: int) -> int:
        """Judge a chunk; where the rules fail, one by one, leaving those that they fail on."""
        with self.database.writing() as connection:
            lock_heads(connection, {township})  # so that no other process judges the same ones
            names = rejudging.some(connection, township, most, self._failing)
            if not names:
                return 0
            try:
                with connection.begin_nested():
                    self._recorder.judge_again(connection, township, names)
            except MACHINE_FAILS:
                raise
            except Exception as error:  # because one subject must not keep others from judgement
                _log.error("judging one by one in %s: %s", township, whereabouts(error))
                self._judge_singly(connection, township, names)
        return len(names)

    def _judge_singly(self, connection: Connection, township: str, names: Sequence[str]) -> None:
        for name in names:
            try:
                with connection.begin_nested():
                    self._recorder.judge_again(connection, township, [name])
            except MACHINE_FAILS:
                raise
            except Exception as error:  # because the others can still be judged
                self._failing.add((township, name))
                _log.error("the rules fail on a subject: %s", whereabouts(error))

    def _answer(
        self, group: list[Submission], answers: Sequence[list[Verdict] | BaseException]
    ) -> None:
        """One wake-up for each event loop, however many wait on it."""
        by_loop: dict[asyncio.AbstractEventLoop, list[Any]] = defaultdict(list)
        for submission, answer in zip(group, answers, strict=True):
            if submission.loop is None:
                submission.answer(answer)
            else:
                by_loop[submission.loop].append((submission.answer, answer))
        for loop, pairs in by_loop.items():
            try:
                loop.call_soon_threadsafe(_answer_all, pairs)
            except RuntimeError:  # the loop has closed: nobody is left to be told
                _log.info("%d answers had nobody left to hear them", len(pairs))


def whereabouts(error: BaseException) -> str:
    """Which error, and where in the code, but never its message: messages can hold values."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno}"


def _answer_all(pairs: Sequence[tuple[Answer, Any]]) -> None:
    for answer, result in pairs:
        answer(result)
