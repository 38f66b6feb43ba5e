"""What a page is handed: who asks, with which remit, in which language, at which instant.

Pillars' pages and API import this and never the web: the web makes a `Desk` and hands it in.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Template
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.base.areas import AreaCode, village_of
from tongxin.base.ids import new_id
from tongxin.base.problems import ProblemKind
from tongxin.base.remit import Remit
from tongxin.base.texts import Language, Text
from tongxin.ledger import opening
from tongxin.ledger.clusters import cluster_of
from tongxin.ledger.facts import Door, Draft, Fact, Kind, Outcome, Stream, Verdict
from tongxin.ledger.keys import Keys
from tongxin.ledger.store import Store
from tongxin.ledger.wire import authored

OUTSIDE_REMIT = ProblemKind(
    "desk.outside_remit",
    403,
    zh="您的岗位在 {area} 没有此项权限。请联系镇指挥部。",
    en="Your post may not do this in {area}. Ask the command post.",
)
NOT_TAKEN = ProblemKind(
    "desk.not_taken",
    409,
    zh="没有记下：{why}",
    en="This was not recorded: {why}",
)

# What a route says instead of a capability when any signed-in account may use it.
SIGNED_IN = "signed-in"


class Who(Struct, frozen=True):
    """Whoever asks: an account of one township, by a session."""

    township: str
    township_name: str
    account: str
    name: str
    roles: tuple[tuple[str, str], ...]
    remit: Remit
    csrf: str
    token_hash: str


class Called(Struct, frozen=True):
    """What somebody goes by in a list: masked name, and the door to knock at."""

    name: str
    address: str
    area: str


class Contributed(Struct, frozen=True):
    """A column that a pillar above adds to a list of one below, as the returnee ledger.

    `values` finds what stands in it, by episode; the remit comes first.
    """

    title: Text
    width: float
    values: Callable[[Remit, Connection, str, Sequence[str]], Mapping[str, Any]]


class Outside(Protocol):
    """What a desk is told from above: how all pillars judge, who people are, a page's frame."""

    def judged(self, desk: "Desk", records: Sequence[Stream]) -> Mapping[str, Any]:
        """A person's journeys as the rules of all pillars judge them now."""

    def called(self, desk: "Desk", people: Collection[str]) -> Mapping[str, Called]:
        """What people in the asker's remit go by."""

    def columns(self, of: str) -> Sequence[Contributed]:
        """The columns that pillars above add to a list, in their order."""

    def sheets(self) -> Mapping[str, Any]:
        """The kinds of list that pillars take in, by their ids: `intake.kinds.SheetKind`."""

    def framed(self, desk: "Desk", template: str, context: dict[str, Any], status: int) -> Template:
        """A page in its frame: navigation, language, what was just done."""


class Desk:
    """One request's moment: who, when, the tables as they are now, and the way to record.

    `held` is left when the request has been answered, and gives the connection back.
    """

    def __init__(
        self,
        who: Who,
        now: datetime,
        language: Language,
        store: Store,
        held: ExitStack,
        outside: Outside,
    ) -> None:
        self.who, self.now, self.language = who, now, language
        self.store = store
        self._held, self._outside = held, outside

    @property
    def township(self) -> str:
        return self.who.township

    @property
    def remit(self) -> Remit:
        return self.who.remit

    @property
    def keys(self) -> Keys:
        return self.store.keys

    @cached_property
    def connection(self) -> Connection:
        """The tables as they are when they are first looked at.

        Opened by the handler, on its own thread: a request that still waits for a thread would
        keep a connection from those who have one, and to wait for it would stop them all.
        """
        return self._held.enter_context(self.store.database.reading())

    def look_again(self) -> None:
        """See what has been recorded since: the next reading sees a new moment."""
        self.connection.rollback()

    def say(self, text: Text) -> str:
        """A text in the language of whoever asks."""
        return text.spoken(self.language)

    def stream(self, subject: str) -> Stream | None:
        """All that can still be read of one subject, or None where nothing is known.

        Whether the asker may see it is for the query that found the subject to have said.
        """
        found = opening.streams(
            self.connection, self.keys, self.store.rulebook.kinds, self.township, [subject]
        )
        return found.get(subject)

    def context(self) -> Any:
        """What the township's facts are judged by: accounts, packs in force, areas at risk."""
        return self.store.context(self.connection, self.township)

    def records(self, subject: str) -> list[Stream]:
        """All records that are one with this one, the lead first; none where nothing is known.

        Whether the asker may see them is for the query that found the subject to have said.
        """
        kinds = self.store.rulebook.kinds
        return cluster_of(self.connection, self.keys, kinds, self.township, subject)

    def judged(self, records: Sequence[Stream]) -> Mapping[str, Any]:
        """A person's journeys as the rules of all pillars judge them now: `registry.Judged`."""
        return self._outside.judged(self, records)

    def called(self, people: Collection[str]) -> Mapping[str, Called]:
        """What these people go by, where they are in the asker's remit."""
        return self._outside.called(self, people)

    def columns(self, of: str) -> Sequence[Contributed]:
        """The columns that pillars above add to a list, such as `ledger`."""
        return self._outside.columns(of)

    def sheets(self) -> Mapping[str, Any]:
        """The kinds of list that pillars take in, by their ids: `intake.kinds.SheetKind`."""
        return self._outside.sheets()

    def page(self, template: str, status: int = 200, **context: Any) -> Template:
        """A page in its frame; in its template, `desk` is this desk."""
        return self._outside.framed(self, template, context, status)

    def record(
        self,
        kind: Kind,
        body: Fact,
        *,
        subject: str,
        purpose: str,
        area: str,
        happened_at: datetime | None = None,
        id: str | None = None,
    ) -> Verdict:
        """Record one fact that came by a form or the API, signed by the server for its author.

        Returns once it is durable and visible; `desk.outside_remit` where the author may not.
        """
        draft = drafted(
            self.who, self.store, self.now, kind, body, subject=subject, purpose=purpose,
            area=area, happened_at=happened_at, id=id,
        )  # fmt: skip
        return taken(self.store.record([draft], self.now)[0])

    def draft(
        self,
        kind: Kind,
        body: Fact,
        *,
        subject: str,
        purpose: str,
        area: str,
        happened_at: datetime | None = None,
        id: str | None = None,
    ) -> Draft:
        """One of several facts that are recorded together by `record_all`."""
        return drafted(
            self.who, self.store, self.now, kind, body, subject=subject, purpose=purpose,
            area=area, happened_at=happened_at, id=id,
        )  # fmt: skip

    def record_all(self, drafts: Sequence[Draft]) -> list[Verdict]:
        """Record what was told together, in one commit; the first that is not taken is told."""
        return [taken(verdict) for verdict in self.store.record(drafts, self.now)]


def drafted(
    who: Who,
    store: Store,
    now: datetime,
    kind: Kind,
    body: Fact,
    *,
    subject: str,
    purpose: str,
    area: str,
    happened_at: datetime | None = None,
    id: str | None = None,
) -> Draft:
    """A draft by `who`, once his remit allows it; its area is told no finer than the village."""
    needs = None if kind.own and subject == who.account else kind.may
    if needs is not None and not who.remit.allows(needs, area):
        raise OUTSIDE_REMIT(area=area)
    return authored(
        store.keys.signer(who.township, now), kind, body, township=who.township,
        id=id or new_id(), subject=subject, purpose=purpose, area=village_of(AreaCode(area)),
        author=who.account, happened_at=happened_at or now, door=Door.FORM,
    )  # fmt: skip


def taken(verdict: Verdict) -> Verdict:
    """The verdict, where the fact was recorded or was known already; else a problem."""
    if verdict.outcome in (Outcome.RECORDED, Outcome.DUPLICATE):
        return verdict
    why = verdict.why or Text("", "")
    problem = NOT_TAKEN(why="")
    problem.text = Text(problem.text.zh + why.zh, problem.text.en + why.en)
    raise problem


class Bulk(Struct, frozen=True):
    """What came through a bulk door: drafts for the writer, and the answer their verdicts make."""

    drafts: list[Draft]
    answer: Callable[[list[Verdict]], Any]


# How a handler asks for what the web hands in.
AtDesk = NamedDependency[SkipValidation[Desk]]
Asker = NamedDependency[SkipValidation[Who]]
Office = NamedDependency[SkipValidation[Store]]
Now = NamedDependency[SkipValidation[datetime]]
