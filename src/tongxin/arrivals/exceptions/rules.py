"""Which exceptions hold, and from when until when. Pure."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from tongxin.arrivals.exceptions.facts import ExceptionProposed
from tongxin.base.clock import from_ms
from tongxin.ledger.facts import Entry
from tongxin.ledger.kinds import Approved
from tongxin.policy.evidence import Waiver


class Wish(Struct, frozen=True):
    """An exception that somebody proposed, and the second person's yes, if it was said."""

    entry: Entry
    body: ExceptionProposed
    approved: Entry | None

    @property
    def waiver(self) -> Waiver | None:
        """The exception as the engine is told of it: never earlier than it was approved."""
        if self.approved is None:
            return None
        since = max(self.body.from_, from_ms(self.approved.header.recorded_at))
        if since >= self.body.until:
            return None
        return Waiver(self.entry.id, self.body.reason, since, self.body.until)


def wishes(entries: Iterable[Entry]) -> list[Wish]:
    """All that were proposed about somebody, oldest first; `entries` are all his facts."""
    entries = list(entries)
    yes: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda e: (e.header.recorded_at, e.id)):
        if isinstance(entry.body, Approved):
            yes.setdefault(entry.body.proposal, []).append(entry)
    found = [
        Wish(entry, body, _second(entry, yes.get(entry.id, ())))
        for entry in entries
        if isinstance(body := entry.body, ExceptionProposed)
    ]
    return sorted(found, key=lambda wish: (wish.entry.header.recorded_at, wish.entry.id))


def waivers(entries: Iterable[Entry], episode: str) -> list[Waiver]:
    """The exceptions that hold in one episode, by all facts about its person."""
    mine = [w for w in wishes(entries) if w.entry.header.purpose.endswith(f":{episode}")]
    return [waiver for wish in mine if (waiver := wish.waiver) is not None]


def _second(proposed: Entry, yes: Sequence[Entry]) -> Entry | None:
    """The first approval by somebody else."""
    others = (each for each in yes if each.header.author != proposed.header.author)
    return next(others, None)
