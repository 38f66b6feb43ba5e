"""One valid call for each route by which an exception is proposed and approved."""

from typing import Final

from tests.web.calls import Call, Example, Examples, nothing
from tests.web.scene import Scene

UNTIL: Final = "2030-04-15T12:00"


def _exception(scene: Scene, village: str) -> Call:
    there = scene.somebody(village)
    json = {
        "episode": there.episode, "reason": "血液透析", "from_": scene.town.now.isoformat(),
        "until": f"{UNTIL}:00+08:00",
    }  # fmt: skip
    return Call({"person": there.subject}, json=json)


def _approve_exception(scene: Scene, village: str) -> Call:
    there, proposal = scene.to_except(village)
    return Call({"person": there.subject, "proposal": proposal})


def _approve_exception_form(scene: Scene, village: str) -> Call:
    there, proposal = scene.to_except(village)
    return Call({"person": there.subject, "proposal": proposal}, form={})


def _page(scene: Scene, village: str) -> Call:
    return Call({"person": scene.somebody(village).subject})


def _form(scene: Scene, village: str) -> Call:
    there = scene.somebody(village)
    form = {"episode": there.episode, "reason": "血液透析", "until": UNTIL}
    return Call({"person": there.subject}, form=form)


API: Final[Examples] = {
    ("GET", "/api/v1/exceptions"): Example(nothing),
    ("POST", "/api/v1/arrivals/{person:str}/exceptions"): Example(_exception, 201, at="village"),
    ("POST", "/api/v1/arrivals/{person:str}/exceptions/{proposal:str}/approve"): Example(
        _approve_exception, 201, at="village"
    ),
}
PAGES: Final[Examples] = {
    ("GET", "/arrivals/{person:str}/exceptions"): Example(_page, at="village"),
    ("POST", "/arrivals/{person:str}/exceptions"): Example(_form, 303, at="village"),
    ("POST", "/arrivals/{person:str}/exceptions/{proposal:str}/approve"): Example(
        _approve_exception_form, 303, at="village"
    ),
}
