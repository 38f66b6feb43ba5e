"""Whether a test certificate is still good: the pack's clock decides, and both ages are told."""

from datetime import datetime, timedelta

from msgspec import Struct

from tongxin.base.texts import Text
from tongxin.policy.clauses import Certificate
from tongxin.policy.judgement import Reason

_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_GOOD = Text(
    "规则从{clock}起算：{age}，没有超过 {hours} 小时，有效。",
    "These rules count from the {clock}: {age}, no more than {hours} hours, so it is good.",
)
_STALE = Text(
    "规则从{clock}起算：{age}，超过了 {hours} 小时，无效。",
    "These rules count from the {clock}: {age}, more than {hours} hours, so it is not good.",
)
_UNKNOWN = Text(
    "规则从{clock}起算，证明上没有，无法判断。",
    "These rules count from the {clock}, which the certificate does not tell.",
)
_AHEAD = Text(
    "证明上的{clock}晚于查验时间，须核对。",
    "The {clock} on the certificate lies after this check: look again.",
)
_CLOCKS = {
    "sample": Text("采样时间", "sampling"),
    "report": Text("报告时间", "report"),
}
_AGES = {
    "sample": Text("采样到现在 {age}。", "Sampled {age} ago. "),
    "report": Text("报告到现在 {age}。", "Reported {age} ago. "),
}


class CertificateAge(Struct, frozen=True):
    """`good` is None where it cannot be told. Ages in hours, None where the instant is not told.

    `clock` is the pack's: `sample` or `report`; `counted_from` names it. `age` is how old the
    certificate is by that clock, `until` the last instant at which it is good. `reason` says which
    clock decided and why.
    """

    good: bool | None
    clock: str
    counted_from: Text
    age: Text | None
    until: datetime | None
    hours_since_sample: float | None
    hours_since_report: float | None
    reason: Reason


def certificate_at(
    clause: Certificate, sampled_at: datetime | None, reported_at: datetime | None, at: datetime
) -> CertificateAge:
    """Judge a certificate shown at `at` by the clause that asks for it.

    At exactly `cert_validity_h` hours it is still good, one instant later it is not.
    """
    instants = {"sample": sampled_at, "report": reported_at}
    counted, limit = instants[clause.cert_clock], clause.cert_validity_h * _HOUR
    age = None if counted is None else at - counted
    good = None
    if age is None:
        text = _UNKNOWN
    elif age < timedelta(0):
        text = _AHEAD
    else:
        good = age <= limit
        text = _GOOD if good else _STALE
    said = [
        _AGES[name].filled(age=_spoken(at - moment, limit))
        for name, moment in instants.items()
        if moment is not None and moment <= at
    ]
    spoken = _spoken(age or timedelta(0), limit)
    said.append(
        text.filled(clock=_CLOCKS[clause.cert_clock], age=spoken, hours=clause.cert_validity_h)
    )
    whole = Text("".join(one.zh for one in said), "".join(one.en for one in said))
    return CertificateAge(
        good,
        clause.cert_clock,
        _CLOCKS[clause.cert_clock],
        None if age is None else _spoken(age, limit),
        None if counted is None else counted + limit,
        _hours(sampled_at, at),
        _hours(reported_at, at),
        Reason(whole, (), clause.clause, clause.source),
    )


def _hours(since: datetime | None, at: datetime) -> float | None:
    return None if since is None else (at - since) / _HOUR


def _spoken(age: timedelta, limit: timedelta) -> Text:
    """Hours and minutes; the seconds too where they decide, within a minute past the limit."""
    hours, rest = divmod(age, _HOUR)
    minutes, left = divmod(rest, _MINUTE)
    zh, en = f"{hours} 小时 {minutes:02d} 分", f"{hours} h {minutes:02d} m"
    if limit < age < limit + _MINUTE:
        seconds = max(left.seconds, 1)
        zh, en = f"{zh} {seconds:02d} 秒", f"{en} {seconds:02d} s"
    return Text(zh, en)
