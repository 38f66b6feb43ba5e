"""Whether a test certificate is still good: the pack's clock decides, and both ages are told."""

from datetime import datetime, timedelta

from msgspec import Struct

from tongxin.base.texts import Text
from tongxin.policy.clauses import Certificate
from tongxin.policy.judgement import Reason

_HOUR = timedelta(hours=1)
_GOOD = Text(
    "按{clock}起算已 {age} 小时，未超过 {hours} 小时，有效。",
    "{age} hours old since the {clock}, no more than {hours}: good.",
)
_STALE = Text(
    "按{clock}起算已 {age} 小时，超过 {hours} 小时，无效。",
    "{age} hours old since the {clock}, more than {hours}: not good.",
)
_UNKNOWN = Text(
    "证明上没有{clock}，无法按规定起算。",
    "The certificate does not tell the {clock}, from which the rule counts.",
)
_AHEAD = Text(
    "证明上的{clock}晚于查验时间，须核对。",
    "The {clock} on the certificate lies after this check: look again.",
)
_CLOCKS = {
    "sample": Text("采样时间", "time of sampling"),
    "report": Text("报告时间", "time of the report"),
}


class CertificateAge(Struct, frozen=True):
    """`good` is None where it cannot be told. Ages in hours, None where the instant is not told.

    `clock` is the pack's: `sample` or `report`. `reason` says which one decided and why.
    """

    good: bool | None
    clock: str
    hours_since_sample: float | None
    hours_since_report: float | None
    reason: Reason


def certificate_at(
    clause: Certificate, sampled_at: datetime | None, reported_at: datetime | None, at: datetime
) -> CertificateAge:
    """Judge a certificate shown at `at` by the clause that asks for it.

    At exactly `cert_validity_h` hours it is still good, one instant later it is not.
    """
    counted = sampled_at if clause.cert_clock == "sample" else reported_at
    age = None if counted is None else at - counted
    good = None
    if age is None:
        text = _UNKNOWN
    elif age < timedelta(0):
        text = _AHEAD
    else:
        good = age <= clause.cert_validity_h * _HOUR
        text = _GOOD if good else _STALE
    shown, clock = _hours(counted, at), _CLOCKS[clause.cert_clock]
    values = {"age": f"{shown or 0:.1f}", "hours": clause.cert_validity_h}
    said = Text(text.zh.format(clock=clock.zh, **values), text.en.format(clock=clock.en, **values))
    return CertificateAge(
        good,
        clause.cert_clock,
        _hours(sampled_at, at),
        _hours(reported_at, at),
        Reason(said, (), clause.clause, clause.source),
    )


def _hours(since: datetime | None, at: datetime) -> float | None:
    return None if since is None else (at - since) / _HOUR
