"""One valid call for every route of the registry: households, residents, staff, grids, links."""

from typing import Any, Final

from tests.web.calls import Call, Example, Made, nothing
from tests.web.scene import Scene
from tongxin.base.ids import new_id

WHY: Final = {"reason": "登门核对住址"}


def _new_household(_scene: Scene, village: str) -> Call:
    member = {"name": "试户主", "relation": "head"}
    house = {"grid": f"{village}-01", "address": "试组1号", "members": [member], "id": new_id()}
    return Call(json={"households": [house]})


def _home(json: Any = None, **form: str) -> Made:
    def made(scene: Scene, village: str) -> Call:
        home = scene.home(village)
        return Call({"household": home.household}, json=json, form=form or None)

    return made


def _inhabitant(json: Any = None, **form: str) -> Made:
    def made(scene: Scene, village: str) -> Call:
        home = scene.home(village)
        return Call({"person": home.person}, json=json, form=form or None)

    return made


def _worker(json: Any = None, **form: str) -> Made:
    def made(scene: Scene, village: str) -> Call:
        return Call({"staff": scene.worker(village)}, json=json, form=form or None)

    return made


def _grid(json: Any = None, **form: str) -> Made:
    def made(scene: Scene, village: str) -> Call:
        return Call({"code": scene.grid(village)}, json=json, form=form or None)

    return made


def _post(role: str, field: str) -> Made:
    def made(scene: Scene, village: str) -> Call:
        form = {field: scene.worker(village), "role": role}
        return Call({"code": scene.grid(village)}, form=form)

    return made


def _link(field: str) -> Made:
    def made(scene: Scene, village: str) -> Call:
        home = scene.home(village)
        return Call({"household": home.household}, form={field: scene.worker(village)})

    return made


def _service(scene: Scene, village: str) -> Call:
    form = {"staff": scene.worker(village), "force": "volunteer", "village": village}
    return Call(form=form)


def _signed(scene: Scene, village: str) -> Call:
    told = {"signed": {"force": "volunteer"}, "area": village}
    return Call({"staff": scene.worker(village)}, json=told)


def _new_staff(_scene: Scene, village: str) -> Call:
    new = {"area": village, "staff": {"name": "试新人"}, "id": new_id()}
    return Call(json={"staff": [new]})


def _form_staff(_scene: Scene, village: str) -> Call:
    return Call(form={"area": village, "name": "试新人", "force": "volunteer"})


def _drawn(_scene: Scene, village: str) -> Call:
    return Call(json={"code": f"{village}-77", "name": "试网格"})


def _draw_form(_scene: Scene, village: str) -> Call:
    return Call(form={"parent": village, "grid_name": "试网格"})


def _household_form(_scene: Scene, village: str) -> Call:
    return Call(form={"grid": village, "address": "试组1号", "member_1_name": "试户主"})


def _joining(scene: Scene, village: str) -> Call:
    return Call(query={"household": scene.home(village).household})


def _join(scene: Scene, village: str) -> Call:
    return Call(form={"household": scene.home(village).household, "name": "试新人"})


def _village(_scene: Scene, village: str) -> Call:
    return Call({"village": village})


_MET: Final = {"visited": {"result": "met"}}
_AWAY: Final = {"away": {"to_name": "上海"}}
API: Final[dict[tuple[str, str], Example]] = {
    ("POST", "/api/v1/households"): Example(_new_household, 201, at="village"),
    ("GET", "/api/v1/households"): Example(nothing),
    ("GET", "/api/v1/households/{household:str}"): Example(_home(), at="village"),
    ("POST", "/api/v1/households/{household:str}/records"): Example(_home(_MET), 201, at="village"),
    ("GET", "/api/v1/households/{household:str}/members"): Example(_home(), at="village"),
    ("POST", "/api/v1/households/{household:str}/members"): Example(
        _home({"member": {"name": "试新人"}}), 201, at="village"
    ),
    ("POST", "/api/v1/households/{household:str}/reveal"): Example(
        _home(WHY), at="village", reveals=True
    ),
    ("GET", "/api/v1/residents"): Example(nothing),
    ("POST", "/api/v1/residents/find"): Example(lambda _s, _p: Call(json={"sought": "试"})),
    ("GET", "/api/v1/residents/{person:str}"): Example(_inhabitant(), at="village"),
    ("POST", "/api/v1/residents/{person:str}/records"): Example(
        _inhabitant(_AWAY), 201, at="village"
    ),
    ("POST", "/api/v1/staff"): Example(_new_staff, 201, at="village"),
    ("GET", "/api/v1/staff"): Example(nothing),
    ("GET", "/api/v1/staff/{staff:str}"): Example(_worker(), at="village"),
    ("POST", "/api/v1/staff/{staff:str}/records"): Example(_signed, 201, at="village"),
    ("POST", "/api/v1/staff/{staff:str}/reveal"): Example(_worker(WHY), at="village", reveals=True),
    ("GET", "/api/v1/service"): Example(nothing),
    ("GET", "/api/v1/grids"): Example(nothing),
    ("POST", "/api/v1/grids"): Example(_drawn, 201, at="village"),
    ("POST", "/api/v1/grids/{code:str}/close"): Example(
        _grid({"reason": "合并"}), 201, at="village"
    ),
    ("GET", "/api/v1/grids/gaps"): Example(nothing),
    ("GET", "/api/v1/grids/{code:str}/team"): Example(_grid(), at="village"),
    ("GET", "/api/v1/links"): Example(nothing),
}

PAGES: Final[dict[tuple[str, str], Example]] = {
    ("GET", "/registry"): Example(nothing),
    ("GET", "/registry/{village:str}"): Example(_village, at="village"),
    ("GET", "/doors"): Example(nothing),
    ("GET", "/households"): Example(nothing),
    ("POST", "/households/find"): Example(lambda _s, _p: Call(form={"words": "试"})),
    ("GET", "/households/new"): Example(nothing),
    ("POST", "/households/new"): Example(_household_form, 303, at="village"),
    ("GET", "/households/{household:str}"): Example(_home(), at="village"),
    ("POST", "/households/{household:str}/visit"): Example(_home(result="met"), 303, at="village"),
    ("POST", "/households/{household:str}/recheck"): Example(
        _home(point_members="right"), 303, at="village"
    ),
    ("POST", "/households/{household:str}/correct"): Example(
        _home(address="试组2号"), 303, at="village"
    ),
    ("POST", "/households/{household:str}/link"): Example(_link("staff"), 303, at="village"),
    ("POST", "/households/{household:str}/unlink"): Example(_link("staff"), 303, at="village"),
    ("POST", "/households/{household:str}/dissolve"): Example(
        lambda scene, village: Call(
            {"household": scene.empty_home(village)}, form={"dissolved_for": "moved"}
        ),
        303,
        at="village",
    ),
    ("POST", "/households/{household:str}/reveal"): Example(
        _home(reason="登门核对住址"), at="village", reveals=True
    ),
    ("GET", "/residents"): Example(nothing),
    ("POST", "/residents/find"): Example(lambda _s, _p: Call(form={"words": "试"})),
    ("GET", "/residents/new"): Example(_joining, at="village"),
    ("POST", "/residents/new"): Example(_join, 303, at="village"),
    ("GET", "/residents/{person:str}"): Example(_inhabitant(), at="village"),
    ("POST", "/residents/{person:str}/away"): Example(
        _inhabitant(to_name="上海"), 303, at="village"
    ),
    ("POST", "/residents/{person:str}/back"): Example(_inhabitant(), 303, at="village"),
    ("POST", "/residents/{person:str}/needs"): Example(
        _inhabitant(needs="disabled"), 303, at="village"
    ),
    ("POST", "/residents/{person:str}/left"): Example(
        _inhabitant(left_for="moved"), 303, at="village"
    ),
    ("POST", "/residents/{person:str}/correct"): Example(
        _inhabitant(phone="19900009999"), 303, at="village"
    ),
    ("POST", "/grids"): Example(_draw_form, 303, at="village"),
    ("GET", "/grids/{code:str}"): Example(_grid(), at="village"),
    ("POST", "/grids/{code:str}/fill"): Example(_post("leader", "staff"), 303, at="village"),
    ("POST", "/grids/{code:str}/vacate"): Example(_post("leader", "holder"), 303, at="village"),
    ("POST", "/grids/{code:str}/close"): Example(_grid(closed_for="合并"), 303, at="village"),
    ("GET", "/links"): Example(nothing),
    ("GET", "/staff"): Example(nothing),
    ("GET", "/staff/new"): Example(nothing),
    ("POST", "/staff/new"): Example(_form_staff, 303, at="village"),
    ("GET", "/service"): Example(nothing),
    ("POST", "/service"): Example(_service, 303, at="village"),
    ("GET", "/staff/{staff:str}"): Example(_worker(), at="village"),
    ("POST", "/staff/{staff:str}/reveal"): Example(
        _worker(reason="登门核对住址"), at="village", reveals=True
    ),
    ("POST", "/staff/{staff:str}/correct"): Example(_worker(post="试职务"), 303, at="village"),
    ("POST", "/staff/{staff:str}/left"): Example(_worker(left_for="ended"), 303, at="village"),
}
