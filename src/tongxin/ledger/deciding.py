"""Deciding what becomes of facts: recorded, a duplicate, held in the inbox, or refused."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.base.clock import from_ms
from tongxin.base.problems import Problem, ProblemKind
from tongxin.ledger import holding, opening
from tongxin.ledger.chains import areas_of
from tongxin.ledger.clusters import Clusters
from tongxin.ledger.facts import SERVER, Door, Draft, Outcome, Purpose, Verdict
from tongxin.ledger.keys import Keys, Name
from tongxin.ledger.rulebook import Context, Rulebook
from tongxin.ledger.sealing import SIGNATURE_BYTES, unseal
from tongxin.ledger.tables import HEADER_COLUMNS, fact

UNKNOWN_SUBJECT = ProblemKind(
    "ledger.unknown_subject",
    422,
    zh="还不认识这个对象；等它登记后会自动补记。",
    en="This subject is not known yet; the record is kept and tried again when it appears.",
)
UNKNOWN_EPISODE = ProblemKind(
    "ledger.unknown_episode",
    422,
    zh="还没有登记这段行程的开始（例如到达）；登记后会自动补记。",
    en="Nothing has opened this episode yet, such as an arrival; the record is kept and tried "
    "again when something does.",
)
OTHER_BYTES = ProblemKind(
    "ledger.other_bytes",
    409,
    zh="同一编号已有内容不同的记录；请人工核对两份。",
    en="A record with this id and other content is already there; somebody has to compare both.",
)
FORGOTTEN_ALREADY = ProblemKind(
    "ledger.forgotten",
    410,
    zh="这段资料已依法销毁，不再接收；请从设备上删除。",
    en="These facts have been forgotten as the law asks and are taken no more; delete them from "
    "the device.",
)

SqlRow = Any  # a row of header columns and `sealed`
Episode = tuple[str, str]  # the subject and the purpose

# Built once, for every group needs it: building a statement costs more than running it.
_RECORDED: Final = sa.select(*HEADER_COLUMNS, fact.c.sealed).where(
    fact.c.township == sa.bindparam("township"),
    fact.c.id.in_(sa.bindparam("ids", expanding=True)),
)


# What opened episodes of these subjects.
_BEGUN: Final = (
    sa.select(fact.c.subject, fact.c.purpose)
    .where(
        fact.c.township == sa.bindparam("township"),
        fact.c.subject.in_(sa.bindparam("subjects", expanding=True)),
        fact.c.kind.in_(sa.bindparam("kinds", expanding=True)),
    )
    .distinct()
)


def episode_of(draft: Draft) -> str:
    """What a fact of an episode waits for that nothing has opened yet."""
    return f"{draft.subject} {draft.purpose}"


def _wants_beginning(draft: Draft) -> bool:
    """Whether it is of an episode that something else must have opened.

    What the clock says of a task it took from an episode that is there.
    """
    of_episode = draft.kind.purpose is Purpose.EPISODE
    return of_episode and not draft.kind.introduces and draft.door is not Door.CLOCK


class Deciding:
    """Decides on some drafts of one township, by its context as it is now.

    `stored` holds the area of each of their subjects that was known before, `keys` what they are
    sealed with. `notes` are what the chain is to be told of what was held.
    """

    def __init__(
        self,
        connection: Connection,
        keys: Keys,
        rulebook: Rulebook,
        township: str,
        context: Context,
        now_ms: int,
    ) -> None:
        self._connection, self._ring, self._rulebook = connection, keys, rulebook
        self._township, self._context, self._now_ms = township, context, now_ms
        self.stored: dict[str, str] = {}
        self.notes: list[Draft] = []
        self._known: dict[str, str] = {}
        self._begun: set[Episode] = set()
        # Episodes of whoever is one with a subject that have been forgotten.
        self._gone: set[Episode] = set()
        self.keys: dict[Name, bytes] = {}
        self._taken: dict[str, Draft] = {}

    def verdicts(self, drafts: Sequence[Draft]) -> list[Verdict | None]:
        """A verdict for each, or None where it is to be recorded."""
        names = {draft.subject for draft in drafts}
        beside = {name for draft in drafts for name in self._rulebook.beside(draft)}
        self._known = areas_of(self._connection, self._township, names | beside)
        self.stored = {name: area for name, area in self._known.items() if name in names}
        self._begun = self._begun_before(drafts)
        # Whatever is decided, the drafts are sealed with these.
        self._take_keys(drafts)
        earlier = self._recorded_before(drafts)
        found = [self._decide(draft, earlier) for draft in drafts]
        if self.notes:
            subjects = {note.subject for note in self.notes}
            self.stored |= areas_of(self._connection, self._township, subjects)
            self._take_keys(self.notes)
        return found

    def _take_keys(self, drafts: Sequence[Draft]) -> None:
        self.keys |= self._ring.keys_for({d.key() for d in drafts}, self._now_ms, make=True)

    def _decide(self, draft: Draft, earlier: Mapping[str, SqlRow]) -> Verdict | None:
        """None where the draft is to be recorded."""
        if (row := earlier.get(draft.id)) is not None:
            return self._again(draft, row, self._envelope(row), row.seq)
        if (twin := self._taken.get(draft.id)) is not None:
            return self._again(draft, twin, twin.envelope, None)
        if self._key(draft) is None or (draft.subject, draft.purpose) in self._gone:
            return refused(draft, FORGOTTEN_ALREADY())
        if (lacking := self._lacking(draft)) is not None:
            return self._hold(draft, *lacking)
        known = self._known.get(draft.subject)
        named = self._rulebook.beside(draft)
        beside = [self._known[name] for name in named if name in self._known]
        problem = self._rulebook.admits(self._context, draft, known, beside)
        if problem is not None:
            return self._not_admitted(draft, problem)
        self._known.setdefault(draft.subject, self._rulebook.place_told(draft))
        self._taken[draft.id] = draft
        if draft.kind.introduces:
            self._begun.add((draft.subject, draft.purpose))
        return None

    def _lacking(self, draft: Draft) -> tuple[Problem, str] | None:
        """What is not there yet of which the draft speaks, and what will bring it."""
        if draft.subject not in self._known and not draft.kind.introduces:
            return UNKNOWN_SUBJECT(field="subject"), draft.subject
        if _wants_beginning(draft) and (draft.subject, draft.purpose) not in self._begun:
            return UNKNOWN_EPISODE(field="purpose"), episode_of(draft)
        return None

    def _not_admitted(self, draft: Draft, problem: Problem) -> Verdict:
        """Held until its author may; but whoever sits at the desk is told, and nothing waits."""
        if Door.DEVICE in draft.kind.doors:
            # What is missing will appear with the author, or with whom the fact is about; a device
            # that is withdrawn does not come back, and a person decides.
            lacks = {"author": draft.author, "device": None}
            return self._hold(draft, problem, lacks.get(problem.field or "", draft.subject))
        return refused(draft, problem)

    def _again(
        self, draft: Draft, known: SqlRow | Draft, envelope: bytes | None, seq: int | None
    ) -> Verdict:
        if envelope in (None, draft.envelope) or _resent(draft, known, envelope or b""):
            return Verdict(draft.id, Outcome.DUPLICATE, seq)
        return self._hold(draft, OTHER_BYTES(field="id"), None)

    def _hold(self, draft: Draft, problem: Problem, waits_for: str | None) -> Verdict:
        sealing_key = self._key(draft)
        if sealing_key is None:
            return refused(draft, FORGOTTEN_ALREADY())
        signer = self._ring.signer(self._township, from_ms(self._now_ms))
        try:
            note = holding.hold(
                self._connection, sealing_key, signer, draft, problem, waits_for, self._now_ms
            )
        except Problem as full:
            return refused(draft, full)
        self.notes += [note] if note else []
        return Verdict(draft.id, Outcome.HELD, code=problem.code, why=problem.text)

    def _key(self, draft: Draft) -> bytes | None:
        """What the draft is sealed with; None once that was destroyed."""
        return self.keys.get(draft.key())

    def _begun_before(self, drafts: Sequence[Draft]) -> set[Episode]:
        """The episodes that something has opened, of those subjects of whom it must be known."""
        asked = {d.subject for d in drafts if d.subject in self.stored and _wants_beginning(d)}
        if not asked:
            return set()
        kinds = self._rulebook.kinds.values()
        opening_kinds = [
            kind.name for kind in kinds if kind.introduces and kind.purpose is Purpose.EPISODE
        ]
        found: set[Episode] = set()
        for chunk in opening.in_chunks(asked):
            known = {"township": self._township, "subjects": chunk, "kinds": opening_kinds}
            found |= {(row.subject, row.purpose) for row in self._connection.execute(_BEGUN, known)}
        wanting = {(d.subject, d.purpose) for d in drafts if d.subject in asked}
        return found | self._begun_beside(wanting - found, opening_kinds)

    def _begun_beside(self, wanting: set[Episode], kinds: Sequence[str]) -> set[Episode]:
        """Those that something has opened for a record which is one with theirs.

        A journey is shown with the first of its records, whichever it was opened for.
        """
        names = {subject for subject, _ in wanting}
        mates = [c for c in Clusters(self._connection, self._township).stored(names) if len(c) > 1]
        of = {name: cluster for cluster in mates for name in cluster & names}
        known = {
            "township": self._township, "kinds": kinds,
            "subjects": sorted(set().union(*of.values())),
        }  # fmt: skip
        begun = self._connection.execute(_BEGUN, known).all() if of else []
        found = set()
        for subject, purpose in wanting:
            for mate, opened in begun:
                if opened == purpose and mate in of.get(subject, ()):
                    found.add((subject, purpose))
                    if self._ring.destroyed(self._township, mate, purpose) is not None:
                        self._gone.add((subject, purpose))
        return found

    def _recorded_before(self, drafts: Sequence[Draft]) -> dict[str, SqlRow]:
        rows: dict[str, SqlRow] = {}
        for chunk in opening.in_chunks({draft.id for draft in drafts}):
            known = {"township": self._township, "ids": chunk}
            for row in self._connection.execute(_RECORDED, known):
                rows[row.id] = row
        return rows

    def _envelope(self, row: SqlRow) -> bytes | None:
        """What was recorded under this id, or None where it has been forgotten."""
        header = opening.header_of(tuple(row))
        key = self._ring.keys_for({header.key()}).get(header.key())
        return None if key is None else unseal(key, row.sealed, header.encoded())


def _resent(draft: Draft, known: SqlRow | Draft, envelope: bytes) -> bool:
    """Whether a form was sent again: the server signs it anew, as of another instant."""
    kind = known.kind.name if isinstance(known, Draft) else known.kind
    before = (known.device, kind, known.subject, known.purpose, known.area, known.author)
    now = (SERVER, draft.kind.name, draft.subject, draft.purpose, draft.area, draft.author)
    return draft.device == SERVER and before == now and envelope[SIGNATURE_BYTES:] == draft.raw


def refused(draft: Draft, problem: Problem) -> Verdict:
    """The verdict that a draft is not taken, and why."""
    return Verdict(draft.id, Outcome.REFUSED, code=problem.code, why=problem.text)
