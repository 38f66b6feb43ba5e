"""One valid call for each route by which a fact is taken back."""

from typing import Final

from tests.web.calls import Call, Example, Examples, nothing, worker_is_inside
from tests.web.scene import HEADS, Scene
from tongxin.access.roles import ROLES

WRONG: Final = {"reason": "看错了体温计"}


def _own_fact(scene: Scene, village: str) -> tuple[str, str]:
    """The person and the id of a fact that whoever asks has recorded, as far as he may there."""
    asker = scene.asker
    may = worker_is_inside(asker, village) and "facts.take_back" in ROLES[asker.role].may
    there, noted = scene.noted(village, asker if may else HEADS[village[:9]][0])
    return there.subject, noted


def _take_back(scene: Scene, village: str) -> Call:
    person, fact = _own_fact(scene, village)
    return Call({"person": person, "fact": fact}, json=WRONG)


def _propose_back(scene: Scene, village: str) -> Call:
    there, noted = scene.noted(village, HEADS[village[:9]][1])
    return Call({"person": there.subject, "fact": noted}, json=WRONG)


def _approve_back(scene: Scene, village: str) -> Call:
    there, _, proposal = scene.to_take_back(village)
    return Call({"person": there.subject, "proposal": proposal})


def _fact_page(scene: Scene, village: str) -> Call:
    there, noted = scene.noted(village, HEADS[village[:9]][0])
    return Call({"person": there.subject, "fact": noted})


def _take_back_form(scene: Scene, village: str) -> Call:
    person, fact = _own_fact(scene, village)
    return Call({"person": person, "fact": fact}, form=WRONG)


def _propose_back_form(scene: Scene, village: str) -> Call:
    there, noted = scene.noted(village, HEADS[village[:9]][1])
    return Call({"person": there.subject, "fact": noted}, form=WRONG)


def _approve_back_form(scene: Scene, village: str) -> Call:
    there, noted, proposal = scene.to_take_back(village)
    return Call({"person": there.subject, "fact": noted}, form={"proposal": proposal})


API: Final[Examples] = {
    ("POST", "/api/v1/people/{person:str}/facts/{fact:str}/take-back"): Example(
        _take_back, 201, at="village"
    ),
    ("POST", "/api/v1/people/{person:str}/facts/{fact:str}/propose-taking-back"): Example(
        _propose_back, 201, at="village"
    ),
    ("POST", "/api/v1/people/{person:str}/take-backs/{proposal:str}/approve"): Example(
        _approve_back, 201, at="village"
    ),
    ("GET", "/api/v1/take-backs"): Example(nothing),
}
PAGES: Final[Examples] = {
    ("GET", "/arrivals/{person:str}/facts/{fact:str}"): Example(_fact_page, at="village"),
    ("POST", "/arrivals/{person:str}/facts/{fact:str}/take-back"): Example(
        _take_back_form, 303, at="village"
    ),
    ("POST", "/arrivals/{person:str}/facts/{fact:str}/propose"): Example(
        _propose_back_form, 303, at="village"
    ),
    ("POST", "/arrivals/{person:str}/facts/{fact:str}/approve"): Example(
        _approve_back_form, 303, at="village"
    ),
}
