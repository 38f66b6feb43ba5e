"""One valid call for each route by which records are found to be one person, or two."""

from typing import Final

from tests.web.calls import Call, Example, Examples, Made, nothing
from tests.web.scene import Scene

BY: Final = "证件照片核对过"


def _two(scene: Scene, village: str) -> Call:
    one, other = scene.somebody(village), scene.somebody(village)
    return Call({"person": one.subject}, json={"other": other.subject, "reason": BY})


def _twins(*, form: bool = False) -> Made:
    """Somebody written down twice with one ID number, of whom the second is to be parted."""

    def made(scene: Scene, village: str) -> Call:
        one, other = scene.twins(village)
        if form:
            return Call({"person": one.subject}, form={"record": other.subject, "reason": BY})
        return Call({"person": one.subject}, json={"other": other.subject, "reason": BY})

    return made


def _records(scene: Scene, village: str) -> Call:
    return Call({"person": scene.twins(village)[0].subject})


API: Final[Examples] = {
    ("GET", "/api/v1/people/{person:str}/records"): Example(_records, at="village"),
    ("POST", "/api/v1/people/{person:str}/join"): Example(_two, 201, at="village"),
    ("POST", "/api/v1/people/{person:str}/keep-apart"): Example(_two, 201, at="village"),
    ("POST", "/api/v1/people/{person:str}/part"): Example(_twins(), 201, at="village"),
    ("GET", "/api/v1/people/contradictions"): Example(nothing),
    ("GET", "/api/v1/people/same-number"): Example(nothing),
}
PAGES: Final[Examples] = {
    ("POST", "/arrivals/{person:str}/part"): Example(_twins(form=True), 303, at="village"),
}
