"""Which pack an episode keeps. Pure.

It is the one in force when the episode's first fact was recorded, by the server's clock: whoever
says when something happened does not choose the rules by it. A device records for days without a
network, so its word counts, but no further back than that. Where the word would choose another
pack than the server's clock, whoever reads the judgement is told of both.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from tongxin.base.clock import from_ms
from tongxin.base.texts import Text
from tongxin.ledger.facts import SERVER, Entry, Header
from tongxin.policy.explain import spoken_instant
from tongxin.policy.judgement import Contradiction, Plan
from tongxin.registry.rules import PackInForce

# How long a device may have been without a network for its word to choose the pack.
OFFLINE: Final = timedelta(days=7)
_OFFLINE_MS: Final = OFFLINE // timedelta(milliseconds=1)

_DOUBT: Final = Text(
    "记录说发生在 {told}，那时适用“{then}”第 {then_version} 版；收到是 {at}，适用“{now}”第 "
    "{now_version} 版。按“{by}”第 {by_version} 版判断，请核实时间。",
    "It is said to have happened at {told}, under “{then}”, version {then_version}; it came in at "
    "{at}, under “{now}”, version {now_version}. Judged by “{by}”, version {by_version}: check "
    "the time.",
)


class Pin(Struct, frozen=True):
    """The pack `by` which an episode is judged: `at_told` by its author's word of when, or `at`
    by when it came in. `first` is the header that says both.
    """

    by: PackInForce
    at_told: PackInForce
    at: PackInForce
    first: Header

    def doubted(self, plan: Plan) -> Plan:
        """The plan, with a doubt where the word and the clock choose different packs."""
        if self.at_told == self.at:
            return plan
        doubt = Contradiction(self._text(), (self.first.id,))
        return replace(plan, contradictions=(*plan.contradictions, doubt))

    def _text(self) -> Text:
        spoken = {"told": self.first.happened_at, "at": self.first.recorded_at}
        packs = {"then": self.at_told, "now": self.at, "by": self.by}
        instants = {name: spoken_instant(from_ms(ms)) for name, ms in spoken.items()}
        titles = {name: pinned.pack.pack.title for name, pinned in packs.items()}
        versions = {f"{name}_version": p.pack.pack.version for name, p in packs.items()}
        words = instants | titles
        return Text(
            _DOUBT.zh.format(**{n: text.zh for n, text in words.items()}, **versions),
            _DOUBT.en.format(**{n: text.en for n, text in words.items()}, **versions),
        )


def pinned(packs: Sequence[PackInForce], entries: Sequence[Entry]) -> Pin:
    """The pack that the episode of these entries keeps, whatever is recorded in it later."""
    first = entries[0].header
    known = [pack for pack in packs if pack.seq < first.seq]
    at_told, at = (_newest(known, ms) for ms in (first.happened_at, first.recorded_at))
    return Pin(at_told if _counts(first) else at, at_told, at, first)


def _counts(first: Header) -> bool:
    """Whether the author's word of when it happened chooses the pack."""
    waited = first.recorded_at - first.happened_at
    return first.device != SERVER and 0 <= waited <= _OFFLINE_MS


def _newest(known: Sequence[PackInForce], ms: int) -> PackInForce:
    """The newest of these that was in force at an instant; else the newest."""
    usable = [pack for pack in known if pack.in_force_from <= ms] or known
    return max(usable, key=lambda pack: pack.seq)
