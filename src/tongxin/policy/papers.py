"""Which papers somebody shows at the entrance: the first entry of the pack that surely fits."""

from datetime import datetime, timedelta
from typing import Final

from tongxin.base.texts import Text
from tongxin.policy.choice import Fit, fits
from tongxin.policy.evidence import Told
from tongxin.policy.explain import Line, Topic, source_of, spoken_instant
from tongxin.policy.organisation import Document, Papers
from tongxin.policy.origin import Origin
from tongxin.policy.pack import Pack

_DOCUMENTS: Final[dict[Document, Text]] = {
    "health_code": Text("健康码", "the health code"),
    "itinerary_code": Text("行程码", "the itinerary code"),
    "certificate": Text("核酸阴性证明", "a negative test certificate"),
}
_BRING = Text(
    "到村口请出示：{documents}。没有手机的带上身份证，不因为没有码拦人。",
    "At the entrance show: {documents}. Without a telephone bring the ID card: nobody is stopped "
    "for want of a code.",
)
_FROM = {
    "sample": Text("采样", "sampled"),
    "report": Text("出报告", "reported"),
}
_CERTIFICATE = Text(
    "证明从{clock}起 {hours} 小时内有效：按 {at} 到达，要在 {since} 以后{clock}。",
    "The certificate holds for {hours} hours: to arrive at {at}, be {clock} after {since}.",
)
_WITHOUT = Text(
    "没有证明也可以回家，到后补做一次检测。",
    "You may come home without one, and are tested on arrival.",
)


def papers_for(pack: Pack, origin: Origin, told: Told, home: str) -> Papers | None:
    """The entry of papers that applies to somebody bound for `home`; None without an entrance."""
    if pack.entry is None:
        return None
    for papers in pack.entry.papers:
        if any(fits(when, origin, told, home) is Fit.YES for when in papers.when):
            return papers
    raise AssertionError("a pack whose last papers do not apply to everybody was let in")


def to_bring(pack: Pack, papers: Papers, at: datetime) -> list[Line]:
    """What to bring for an arrival at `at`, and since when a certificate must be."""
    zh = "、".join(_DOCUMENTS[name].zh for name in papers.documents)
    en = ", ".join(_DOCUMENTS[name].en for name in papers.documents)
    lines = []
    if papers.documents:
        text = _BRING.filled(documents=Text(zh, en))
        lines.append(_line(pack, text, papers.clause, papers.source))
    rule = papers.certificate
    if rule is not None:
        since = at - timedelta(hours=rule.cert_validity_h)
        text = _CERTIFICATE.filled(
            clock=_FROM[rule.cert_clock],
            hours=rule.cert_validity_h,
            at=spoken_instant(at),
            since=spoken_instant(since),
        )
        lines.append(_line(pack, text, rule.clause, rule.source))
    if rule is not None and pack.entry is not None:
        residents = pack.entry.residents
        lines.append(_line(pack, _WITHOUT, residents.clause, residents.source))
    return lines


def _line(pack: Pack, text: Text, clause: Text, source: str) -> Line:
    return Line(Topic.BRING, text, (), clause, source_of(source, pack))
