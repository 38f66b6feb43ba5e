"""Marks that would tie a subject to somebody where their author has no say: set aside, not lost.

Whoever knows an ID number could else write it down in his own village, and be shown what that
village may see of the person, whom the person's own village would lose. So the fact is recorded,
judged and shown like any other, and a note in the same transaction says that its mark ties nobody.
Somebody with a say over both is asked. The note is a fact: a rebuild in any order sees the same.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from tongxin.base.clock import from_ms
from tongxin.base.ids import id_at
from tongxin.base.problems import ProblemKind
from tongxin.ledger.chains import areas_of
from tongxin.ledger.clusters import Clusters
from tongxin.ledger.facts import CLOCK, OFFICE, Door, Draft, Stream
from tongxin.ledger.kinds import MARK_SET_ASIDE, MarkSetAside
from tongxin.ledger.rulebook import Context, Rulebook
from tongxin.ledger.sealing import Signer
from tongxin.ledger.wire import authored

MARK_WAITS = ProblemKind(
    "ledger.mark_waits",
    202,
    zh="已记下。这个证件号在您的辖区以外也有记录，要等镇里核对是否同一人，之后才并在一起。",
    en="Recorded. This ID number is known outside of your area too; the records stay apart until "
    "the township has looked whether that is the same person.",
)

Unproven = list[tuple[str, tuple[str, ...]]]


class Vouching:
    """Finds the marks that facts of one group give their subjects and that nobody vouches for."""

    def __init__(
        self, connection: Connection, rulebook: Rulebook, context: Context, township: str
    ) -> None:
        self._connection, self._rulebook = connection, rulebook
        self._context, self._township = context, township

    def unproven(
        self, drafts: Sequence[Draft], streams: Mapping[str, Stream], stored: Mapping[str, str]
    ) -> Unproven:
        """Subjects, and those of their facts whose mark is to tie nobody, in the order told.

        `streams` are those of the drafts' subjects, with the drafts; `stored` is where those are
        that were known before. Where no mark is shared this asks for the bearers of what is new
        alone, and nothing where nothing is.
        """
        telling: dict[str, list[Draft]] = {}
        for draft in drafts:
            if self._rulebook.may_mark(draft):
                telling.setdefault(draft.subject, []).append(draft)
        gained = self._gained(telling, streams, stored)
        if not gained:
            return []
        borne = {mark for marks in gained.values() for mark in marks}
        bearers = Clusters(self._connection, self._township).bearers_of(borne)
        shared = any(bearers.values()) or len(borne) < sum(map(len, gained.values()))
        return self._judged(telling, streams, gained, bearers) if shared else []

    def _gained(
        self,
        telling: Mapping[str, list[Draft]],
        streams: Mapping[str, Stream],
        stored: Mapping[str, str],
    ) -> dict[str, list[str]]:
        """The marks that each of these bears now, and did not before."""
        clusters = Clusters(self._connection, self._township)
        before = clusters.marks_of([name for name in telling if name in stored])
        found = {}
        for name in telling:
            told = self._rulebook.ties(streams[name])
            new = (told.marks if told else frozenset()) - before.get(name, frozenset())
            if new:
                found[name] = sorted(new)
        return found

    def _judged(
        self,
        telling: Mapping[str, list[Draft]],
        streams: Mapping[str, Stream],
        gained: Mapping[str, list[str]],
        bearers: Mapping[str, set[str]],
    ) -> Unproven:
        """Who tells first keeps the mark; whoever comes after has to have a say where that is."""
        areas = areas_of(self._connection, self._township, set().union(*bearers.values()))
        found: Unproven = []
        for name, marks in gained.items():
            aside: set[str] = set()
            for mark in marks:
                tellers = self._rulebook.tellers(streams[name], mark)
                places = {areas[other] for other in bearers[mark] - {name} if other in areas}
                told = [draft for draft in telling[name] if draft.id in tellers] or telling[name]
                if all(self._rulebook.has_say(self._context, draft, places) for draft in told):
                    bearers[mark].add(name)
                else:
                    aside |= set(tellers)
            areas.setdefault(name, self._rulebook.place_told(telling[name][0]))
            if aside:
                found.append((name, tuple(sorted(aside))))
        return found


def note_of(signer: Signer, stream: Stream, facts: tuple[str, ...], now_ms: int) -> Draft:
    """The note that the marks which these facts tell tie nobody.

    Told of where the subject was last spoken of, as of then: it moves nobody.
    """
    return authored(
        signer, MARK_SET_ASIDE, MarkSetAside(facts=facts), township=stream.township,
        id=id_at(from_ms(now_ms), stream.subject, *facts), subject=stream.subject, purpose=OFFICE,
        area=stream.last_area, author=CLOCK, happened_at=from_ms(stream.last_told[0]),
        door=Door.CLOCK,
    )  # fmt: skip
