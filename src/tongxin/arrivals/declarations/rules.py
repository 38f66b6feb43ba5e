"""What somebody who comes home is told to bring. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from tongxin.arrivals.comings.rules import counting
from tongxin.arrivals.rules import statements
from tongxin.base.texts import Text
from tongxin.ledger.facts import Entry
from tongxin.policy.choice import Fit, fits
from tongxin.policy.clauses import Certificate
from tongxin.policy.evidence import told
from tongxin.policy.origin import origin_of
from tongxin.policy.pack import Pack
from tongxin.policy.situation import Situation

_NAMES = {
    "health_code": Text("健康码", "health code"),
    "itinerary_code": Text("行程码", "itinerary code"),
    "certificate": Text("核酸阴性证明", "negative test certificate"),
}
_CLOCKS = {
    "sample": Text("从采样起算", "from the sample"),
    "report": Text("从报告起算", "from the report"),
}


class Bring(Struct, frozen=True):
    """The papers to bring, in words, and the clause that asks for them (None: nothing is asked)."""

    papers: tuple[Text, ...]
    clause: Text | None


def bring(entries: Sequence[Entry], pack: Pack, situation: Situation, home: str) -> Bring:
    """Which papers the pack asks for of somebody who comes from there; the first that fit."""
    said = told(s for entry in counting(entries) for s in statements(entry))
    begun = said.arrivals or said.expectations
    if pack.entry is None or not begun:
        return Bring((), None)
    origin = origin_of(said, pack, situation, begun[0].at)
    for papers in pack.entry.papers:
        if any(fits(when, origin, said, home) is Fit.YES for when in papers.when):
            words = tuple(_words(one, papers.certificate) for one in papers.documents)
            return Bring(words, papers.clause)
    return Bring((), None)


def _words(document: str, certificate: Certificate | None) -> Text:
    name = _NAMES[document]
    if document != "certificate" or certificate is None:
        return name
    clock, hours = _CLOCKS[certificate.cert_clock], certificate.cert_validity_h
    return Text(
        f"{hours} 小时内{name.zh}（{clock.zh}）", f"{name.en} of {hours} hours ({clock.en})"
    )
