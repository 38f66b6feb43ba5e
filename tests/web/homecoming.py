"""One valid call for every route by which people are expected, pass a post, are found or called."""

from datetime import timedelta
from typing import Any, Final

from tests.village import MORNING
from tests.web.calls import Call, Example, Examples, Made, nothing
from tests.web.scene import Scene, Someone

_LATER: Final = (MORNING + timedelta(days=4)).isoformat()
_HOUR: Final = MORNING.isoformat()


def _declare(_scene: Scene, village: str) -> Call:
    person = {"name": "试要来", "planned_at": _LATER, "from_area": "310115"}
    return Call(json={"area": village, "people": [person]})


def _declared(scene: Scene, village: str) -> Call:
    return Call({"party": scene.expected(village).party})


def _declare_form(_scene: Scene, village: str) -> Call:
    typed = {
        "village": village,
        "planned_at": "2022-04-11T02:30",
        "people": "1",
        "name_1": "试要来",
    }
    return Call(form=typed)


def _pass(_scene: Scene, village: str) -> Call:
    seen = {"name": "试过卡", "passed_at": _HOUR, "health_code": "green", "celsius": 36.4}
    return Call(json={"area": village, "passages": [{"passage": seen}]})


def _find(_scene: Scene, village: str) -> Call:
    seen = {"name": "试在家", "visited_at": _HOUR, "result": "met"}
    return Call(json={"area": village, "finding": seen})


def _call(_scene: Scene, village: str) -> Call:
    return Call(json={"area": village, "call": {"name": "试在外", "called_at": _HOUR}})


def _call_resident(scene: Scene, village: str) -> Call:
    return Call({"person": scene.away(village)}, json={"outcome": "stays"})


def _look_at_away(scene: Scene, village: str) -> Call:
    return Call(form={"person": scene.away(village), "reason": "联系本人"})


def _decide_json(scene: Scene, village: str) -> Call:
    one, other = scene.expected(village), scene.at_post(village)
    told = {"one": one.subject, "other": other.subject, "is_same": True, "reason": "核对过证件"}
    return Call(json=told)


def _decide_form(scene: Scene, village: str) -> Call:
    one, other = scene.expected(village), scene.at_post(village)
    typed = {"one": one.subject, "other": other.subject, "decision": "two", "reason": "核对过"}
    return Call(form=typed)


def _about(which: str, json: Any = None, form: Any = None, *, whole: bool = False) -> Made:
    """A call about somebody fresh: `expected`, `at_post` or `somebody` of the scene.

    `whole`: the address names the episode too; else the body does.
    """

    def made(scene: Scene, village: str) -> Call:
        there: Someone = getattr(scene, which)(village)
        path = {"person": there.subject}
        if whole:
            path["episode"] = there.episode
        told = None if json is None else {"episode": there.episode, **json}
        return Call(path, json=told, form=form)

    return made


def _post_json(_scene: Scene, township: str) -> Call:
    return Call(json={"opened": {"name": "试卡点", "villages": [f"{township}201"]}})


def _post_form(_scene: Scene, township: str) -> Call:
    return Call(form={"name": "试卡点", "villages": f"{township}201"})


def _post(json: Any = None, form: Any = None) -> Made:
    return lambda scene, township: Call(
        {"checkpoint": scene.checkpoint(township)}, json=json, form=form
    )


_COMING: Final = "/comings/{person:str}/{episode:str}"

EXAMPLES: Final[Examples] = {
    ("POST", "/api/v1/declarations"): Example(_declare, 201, at="village"),
    ("POST", "/api/v1/declarations/{person:str}"): Example(
        _about("expected", {"called_off": {}}), 201, at="village"
    ),
    ("GET", "/api/v1/declarations/{party:str}"): Example(_declared, at="village"),
    ("GET", "/api/v1/comings"): Example(nothing),
    ("POST", "/api/v1/passages"): Example(_pass, 201, at="village"),
    ("GET", "/api/v1/passages/{person:str}/{episode:str}"): Example(
        _about("at_post", whole=True), at="village"
    ),
    ("POST", "/api/v1/passages/{person:str}/handed-over"): Example(
        _about("at_post", {"receiver": "clinic"}), 201, at="village"
    ),
    ("POST", "/api/v1/passages/{person:str}/went-back"): Example(
        _about("at_post", {}), 201, at="village"
    ),
    ("POST", "/api/v1/findings"): Example(_find, 201, at="village"),
    ("GET", "/api/v1/checkpoints"): Example(nothing),
    ("POST", "/api/v1/checkpoints"): Example(_post_json, 201, at="township"),
    ("POST", "/api/v1/checkpoints/{checkpoint:str}/close"): Example(
        _post(json={"reason": "改道"}), 201, at="township"
    ),
    ("GET", "/api/v1/doubts"): Example(nothing),
    ("POST", "/api/v1/doubts"): Example(_decide_json, 201, at="village"),
    ("GET", "/doubts"): Example(nothing),
    ("POST", "/doubts"): Example(_decide_form, 303, at="village"),
    ("POST", "/api/v1/calls"): Example(_call, 201, at="village"),
    ("POST", "/api/v1/calls/residents/{person:str}"): Example(_call_resident, 201, at="village"),
    ("GET", "/api/v1/calls"): Example(nothing),
    ("GET", "/calls"): Example(nothing),
    ("GET", "/calls/new"): Example(nothing),
    ("POST", "/calls/new"): Example(
        lambda _scene, village: Call(
            form={"name": "试在外", "village": village, "outcome": "noted"}
        ),
        303,
        at="village",
    ),
    ("POST", "/calls/reveal"): Example(_look_at_away, at="village", reveals=True),
    ("GET", "/declarations/new"): Example(nothing),
    ("POST", "/declarations/new"): Example(_declare_form, 303, at="village"),
    ("GET", "/declarations/{party:str}"): Example(_declared, at="village"),
    ("GET", "/comings"): Example(nothing),
    ("POST", "/comings/find"): Example(
        lambda _scene, _place: Call(form={"name": "试", "view": "expected"})
    ),
    ("GET", _COMING): Example(_about("expected", whole=True), at="village"),
    ("POST", f"{_COMING}/reveal"): Example(
        _about("expected", form={"reason": "联系本人"}, whole=True), at="village", reveals=True
    ),
    ("POST", f"{_COMING}/plan"): Example(
        _about("expected", form={"planned_at": "2022-04-12T02:30"}, whole=True), 303, at="village"
    ),
    ("POST", f"{_COMING}/off"): Example(_about("expected", form={}, whole=True), 303, at="village"),
    ("POST", f"{_COMING}/finding"): Example(
        _about("expected", form={"result": "met"}, whole=True), 303, at="village"
    ),
    ("POST", f"{_COMING}/handed"): Example(
        _about("at_post", form={"receiver": "clinic"}, whole=True), 303, at="village"
    ),
    ("POST", f"{_COMING}/back"): Example(_about("at_post", form={}, whole=True), 303, at="village"),
    ("GET", "/passages/new"): Example(nothing),
    ("POST", "/passages/new"): Example(
        lambda _scene, village: Call(form={"name": "试过卡", "village": village}), 303, at="village"
    ),
    ("GET", "/passages/{person:str}/{episode:str}"): Example(
        _about("at_post", whole=True), at="village"
    ),
    ("GET", "/checkpoints"): Example(nothing),
    ("GET", "/checkpoints/{checkpoint:str}"): Example(_post(), at="township"),
    ("POST", "/checkpoints"): Example(_post_form, 303, at="township"),
    ("POST", "/checkpoints/{checkpoint:str}/close"): Example(
        _post(form={"reason": "改道"}), 303, at="township"
    ),
}
