"""What was seen at an entrance, and the grounds that it gives: each a sentence with its clause."""

from datetime import datetime
from typing import Final, Literal

from msgspec import Struct, structs

from tongxin.base.texts import Text
from tongxin.policy.certificates import CertificateAge
from tongxin.policy.clauses import Certificate, Cited
from tongxin.policy.codes import colours_at
from tongxin.policy.evidence import Stay
from tongxin.policy.judgement import Plan, Reason, Standing, StandingAt
from tongxin.policy.pack import Pack

# As shown. Empty: not looked at. `none`: has none or cannot show it (an old telephone, a child).
HealthCode = Literal["", "green", "yellow", "red", "none"]
Itinerary = Literal["", "clear", "areas", "none"]


class Shown(Struct, frozen=True):
    """A test certificate as it was shown; an instant that it does not tell is None."""

    sampled_at: datetime | None = None
    reported_at: datetime | None = None
    positive: bool = False


class Seen(Struct, frozen=True, kw_only=True):
    """What was seen and told of one person at the entrance of `to_area`.

    `bound_for` is the code of another township where that is the way. `lives_here` and `declared`
    None: not asked. `beside_ill`: somebody in the same vehicle is ill.
    """

    fact: str
    to_area: str
    from_area: str = ""
    stays: tuple[Stay, ...] = ()
    bound_for: str = ""
    health_code: HealthCode = ""
    itinerary: Itinerary = ""
    certificate: Shown | None = None
    celsius: float | None = None
    has_symptoms: bool = False
    beside_ill: bool = False
    lives_here: bool | None = None
    declared: bool | None = None
    emergency: bool = False


class Ground(Struct, frozen=True):
    """Why: a reason, and whether it is only what was shown or told, on which no standing rests."""

    reason: Reason
    observed: bool = False


EMERGENCY: Final = Text("急症：先放行，后补登记。", "A medical emergency: passes first.")
RESIDENT: Final = Text(
    "家在本地或可能在本地：不劝返，登记后补做检测。",
    "He lives here, or may: not turned back, but registered and tested.",
)
VISITOR: Final = Text("外来人员：登记后补做检测。", "A visitor: registered and tested.")
TURNED: Final = Text(
    "外来人员，证件不符：按本规则劝返。", "A visitor whose papers do not do: turned back."
)
ELSEWHERE: Final = Text(
    "要去别的乡镇：交给目的地乡镇。", "Bound for another township: handed over to it."
)
_FEVER = Text(
    "体温 {celsius} ℃，达到发热标准 {from_} ℃。",
    "{celsius} °C: a fever begins at {from_} °C.",
)
_SYMPTOMS = Text("有症状。", "There are symptoms.")
_POSITIVE = Text("出示的检测结果是阳性。", "The test result that was shown is positive.")
_BESIDE_ILL = Text(
    "同车有发热、有症状或阳性的人。", "Somebody in the same vehicle is ill or tested positive."
)
_ORIGIN_UNKNOWN = Text(
    "从哪里来没有说，或者认不出。", "Where he comes from was not told, or is not recognised."
)
_NO_CERTIFICATE = Text("没有出示核酸证明。", "No test certificate was shown.")
_CODE = Text(
    "出示的健康码是{colour}，按已知情况本规则没有给这个颜色：只是看到的，要问清原因。",
    "The health code that was shown is {colour}, and what is known gives none under these rules: "
    "an observation only, ask why.",
)
_COLOURS: Final = {"yellow": Text("黄码", "yellow"), "red": Text("红码", "red")}
_ITINERARY = Text(
    "行程码显示到过有标记的地方：只是看到的，要问清到过哪里。",
    "The itinerary code shows marked places: an observation only, ask where he was.",
)
_UNDECLARED = Text(
    "没有提前 {days} 天报备：提醒一句，不因此拦人。",
    "Not declared {days} days ahead: said, and no reason to stop anybody.",
)
_NOTHING = Text("没有看到要拦下的情况。", "Nothing was seen for which anybody is stopped.")

STEPS: Final = {
    "let_through": Text(
        "马上放行，需要时帮忙联系医院。", "Let through now; help to reach a hospital."
    ),
    "report": Text(
        "请到一旁等候，戴好口罩，报告卫生院来接；村里不作诊断。",
        "Ask to wait apart with a mask; the hospital is told and takes over. No diagnosis here.",
    ),
    "turn_back": Text(
        "说明理由和补办办法，告诉最近的采样点。",
        "Say why, what to bring, and where the nearest test is taken.",
    ),
    "tell_township": Text("把登记内容告诉目的地乡镇。", "Tell the township he is bound for."),
    "ask_origin": Text("问清从哪里来、十四天内到过哪里。", "Ask where he comes from and was."),
    "ask_places": Text("逐个点名询问到过的地方。", "Ask about the places at risk by name."),
    "ask_code": Text("问清健康码、行程码为什么这样。", "Ask why the codes are as shown."),
    "test": Text("安排一次核酸检测。", "Have one test taken."),
    "keep_certificate": Text("给核酸证明拍照留存。", "Photograph the certificate."),
    "register": Text("登记，告诉所在村网格员。", "Register; the grid worker is told."),
    "tell_measures": Text(
        "把要求、期限、保障和异议办法告诉本人。",
        "Say what is asked, until when, what is owed and how to object.",
    ),
}


def of_clause(text: Text, cited: Cited, *facts: str) -> Ground:
    """A ground that a clause of the entrance gives."""
    return Ground(Reason(text, facts, cited.clause, cited.source))


def of_illness(seen: Seen, pack: Pack) -> tuple[Ground, ...]:
    """A fever, symptoms, a positive result: what holds somebody."""
    found = []
    if seen.celsius is not None and seen.celsius >= pack.fever.celsius:
        text = _FEVER.filled(celsius=f"{seen.celsius:.1f}", from_=pack.fever.celsius)
        found.append(of_clause(text, pack.fever, seen.fact))
    if seen.has_symptoms:
        found.append(of_clause(_SYMPTOMS, pack.stops, seen.fact))
    if seen.certificate is not None and seen.certificate.positive:
        found.append(of_clause(_POSITIVE, pack.stops, seen.fact))
    return tuple(found)


def of_origin(
    seen: Seen, made: Plan, standing: StandingAt, pack: Pack, *, known: bool
) -> tuple[Ground, ...]:
    """What is asked of him by where he was, or must be asked first."""
    found = []
    if standing.word in (Standing.MONITORED, Standing.HELD, Standing.UNDETERMINED):
        found += [Ground(reason) for reason in (*standing.because, *made.reasons)]
    if not known:
        found.append(of_clause(_ORIGIN_UNKNOWN, pack.areas, seen.fact))
    if seen.beside_ill:
        found.append(of_clause(_BESIDE_ILL, pack.stops, seen.fact))
    return tuple(dict.fromkeys(found))


def of_certificate(seen: Seen, clause: Certificate, age: CertificateAge | None) -> Ground:
    """A certificate that was not shown, or is not good, or does not tell."""
    if age is None:
        reason = Reason(_NO_CERTIFICATE, (seen.fact,), clause.clause, clause.source)
    else:
        reason = structs.replace(age.reason, facts=(seen.fact,))
    return Ground(reason, observed=True)


def of_codes(seen: Seen, pack: Pack, made: Plan, now: datetime) -> tuple[Ground, ...]:
    """Codes that the rules do not explain. They are observations: they are asked about."""
    cited: Cited = pack.entry or pack.areas
    found = []
    if seen.health_code in _COLOURS and seen.health_code not in colours_at(made, now):
        found.append(_CODE.filled(colour=_COLOURS[seen.health_code]))
    if seen.itinerary == "areas":
        found.append(_ITINERARY)
    return tuple(
        Ground(Reason(text, (seen.fact,), cited.clause, cited.source), observed=True)
        for text in found
    )


def of_declaring(seen: Seen, pack: Pack) -> tuple[Ground, ...]:
    """That nobody told ahead: said, never punished."""
    rule = pack.declaration
    if rule is None or seen.declared is not False:
        return ()
    text = _UNDECLARED.filled(days=rule.days_ahead)
    return (Ground(Reason(text, (seen.fact,), rule.clause, rule.source), observed=True),)


def nothing(pack: Pack) -> Ground:
    """The ground where nothing speaks against anybody."""
    return of_clause(_NOTHING, pack.entry or pack.areas)
