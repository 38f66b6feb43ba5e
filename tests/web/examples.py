"""One valid call for every route: what the walk sends. A new route gets its line here."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.village import LI, MORNING, PASSWORD, TOWNSHIP
from tests.web import (
    corrections,
    devices,
    exceptions,
    homecoming,
    identity,
    imports,
    registry_examples,
)
from tests.web.calls import Call, Example, Examples, Made, nothing, worker_is_inside
from tests.web.scene import Scene

__all__ = ["API", "EXAMPLES", "PAGES", "Call", "Example", "worker_is_inside"]


def _person(scene: Scene, village: str) -> Call:
    return Call({"person": scene.somebody(village).subject})


def _person_with(json: Any) -> Made:
    return lambda scene, village: Call({"person": scene.somebody(village).subject}, json=json)


def _arrival(_scene: Scene, village: str) -> Call:
    told = {"name": "试新来", "arrived_at": MORNING.isoformat(), "from_area": "310115"}
    return Call(json={"area": village, "arrival": told})


def _observation(scene: Scene, village: str) -> Call:
    there = scene.somebody(village)
    seen = {"taken_at": MORNING.isoformat(), "celsius": 36.6}
    return Call({"person": there.subject}, json={"episode": there.episode, "temperature": seen})


def _done(scene: Scene, village: str) -> Call:
    there = scene.somebody(village)
    path = {"person": there.subject, "episode": there.episode, "task": there.task}
    return Call(path, json={"note": "已送到"})


def _ask(scene: Scene, village: str) -> Call:
    there = scene.somebody(village)
    asked = {
        "episode": there.episode, "task": "asked-more", "title": "再送一次",
        "due_at": MORNING.isoformat(),
    }  # fmt: skip
    return Call({"person": there.subject}, json=asked)


def _held(scene: Scene, village: str) -> Call:
    return Call({"digest": scene.held(village)})


def _resolve(scene: Scene, village: str) -> Call:
    json = {"accept": False, "reason": "与本人核对，前一份为准"}
    return Call({"digest": scene.held(village)}, json=json)


def _approve_forgetting(scene: Scene, village: str) -> Call:
    there, proposal = scene.to_forget(village)
    return Call({"person": there.subject}, json={"proposal": proposal})


def _proposal(scene: Scene, township: str) -> Call:
    return Call({"subject": scene.proposal(township)})


def _area(scene: Scene, _township: str) -> Call:
    return Call(
        json={
            "code": "320505", "name": "苏州市虎丘区", "level": "medium",
            "from_": scene.town.now.isoformat(), "source": "通报",
        }
    )  # fmt: skip


def _listed(scene: Scene, township: str) -> Call:
    return Call({"subject": scene.risk_list(township)})


def _uploaded(scene: Scene, _township: str) -> Call:
    return Call(form={"list_source": "国务院客户端"}, file=("file", scene.file().encode()))


def _risk_list(scene: Scene, _township: str) -> Call:
    return Call(json={"text": scene.file(), "source": "国务院客户端"})


def _move(scene: Scene, _place: str) -> Call:
    old, new = scene.packs(scene.asker.township)
    return Call(json={"from_pack": old, "to_pack": new, "reason": "省里通知"})


def _move_form(scene: Scene, _place: str) -> Call:
    old, new = scene.packs(scene.asker.township)
    return Call(form={"from_pack": old, "to_pack": new, "move_reason": "省里通知"})


def _pack(scene: Scene, _township: str) -> Call:
    begins = scene.town.now.isoformat()
    return Call(json={"shipped": "watch", "in_force_from": begins, "reason": "疫情防控需要"})


def _letters(_scene: Scene, _place: str) -> Call:
    return Call(query={"q": "hc"})


def _place(_scene: Scene, township: str) -> Call:
    return Call(json={"code": f"{township}216", "name": "杜寨村"})


def _new_account(scene: Scene, township: str) -> Call:
    name = scene.account(township)[-12:]
    return Call(
        json={
            "username": name, "name": "试开户", "password": PASSWORD, "role": "volunteer",
            "area": township,
        }
    )  # fmt: skip


def _about_account(json: Callable[[str], Any]) -> Made:
    return lambda scene, township: Call({"account": scene.account(township)}, json=json(township))


def _role(township: str) -> Any:
    return {"role": "volunteer", "area": township, "reason": "岗位调整"}


def _batch(scene: Scene, _place: str) -> Call:
    return Call(json={"sent_at": scene.town.now.isoformat(), "facts": []})


def _sign_in(_scene: Scene, _place: str) -> Call:
    return Call(json={"township": TOWNSHIP, "username": "li", "password": PASSWORD})


def _password(_scene: Scene, _place: str) -> Call:
    return Call(json={"old": PASSWORD, "new": "another-grove-2022"})


WHY: Final = {"reason": "电话核实住址"}
API: Final[Examples] = corrections.API | {
    ("POST", "/api/v1/login"): Example(_sign_in, becomes=LI),
    ("POST", "/api/v1/logout"): Example(nothing, 204, alone=True),
    ("POST", "/api/v1/password"): Example(_password, 201, alone=True),
    ("GET", "/healthz"): Example(nothing),
    ("GET", "/metrics"): Example(nothing, 403),  # the walk's requests do not come from this machine
    ("POST", "/api/v1/facts"): Example(_batch),
    ("GET", "/api/v1/changes"): Example(nothing),
    ("GET", "/api/v1/held"): Example(nothing),
    ("GET", "/api/v1/held/{digest:str}"): Example(_held, at="village"),
    ("POST", "/api/v1/held/{digest:str}/resolve"): Example(_resolve, 201, at="village"),
    ("GET", "/api/v1/record"): Example(nothing),
    ("GET", "/api/v1/certificates"): Example(nothing),
    ("POST", "/api/v1/people/{person:str}/forget"): Example(
        _person_with({"reason": "本人书面申请"}), 201, at="village"
    ),
    ("POST", "/api/v1/people/{person:str}/forget/approve"): Example(
        _approve_forgetting, 201, at="village"
    ),
    ("GET", "/api/v1/roles"): Example(nothing),
    ("GET", "/api/v1/accounts"): Example(nothing),
    ("POST", "/api/v1/accounts"): Example(_new_account, 201, at="township"),
    ("POST", "/api/v1/accounts/{account:str}/roles"): Example(
        _about_account(_role), 201, at="township"
    ),
    ("POST", "/api/v1/accounts/{account:str}/roles/withdraw"): Example(
        _about_account(_role), 201, at="township"
    ),
    ("POST", "/api/v1/accounts/{account:str}/close"): Example(
        _about_account(lambda _: {"reason": "离职"}), 201, at="township"
    ),
    ("GET", "/api/v1/looks"): Example(nothing),
    ("GET", "/api/v1/places"): Example(nothing),
    ("GET", "/api/v1/divisions"): Example(_letters),
    ("POST", "/api/v1/places"): Example(_place, 201, at="township"),
    ("GET", "/api/v1/proposals"): Example(nothing),
    ("POST", "/api/v1/packs"): Example(_pack, 201),
    ("POST", "/api/v1/moves"): Example(_move, 201),
    ("GET", "/api/v1/packs/shipped"): Example(nothing),
    ("POST", "/api/v1/areas"): Example(_area, 201),
    ("GET", "/api/v1/risklists"): Example(nothing),
    ("POST", "/api/v1/risklists"): Example(_risk_list, 201),
    ("GET", "/api/v1/risklists/{subject:str}"): Example(_listed, at="township"),
    ("POST", "/api/v1/proposals/{subject:str}/approve"): Example(_proposal, 201, at="township"),
    ("GET", "/api/v1/tasks"): Example(nothing),
    ("POST", "/api/v1/tasks/{person:str}/{episode:str}/{task:str}/done"): Example(
        _done, 201, at="village"
    ),
    ("POST", "/api/v1/tasks/{person:str}"): Example(_ask, 201, at="village"),
    ("GET", "/api/v1/arrivals"): Example(nothing),
    ("POST", "/api/v1/arrivals"): Example(_arrival, 201, at="village"),
    ("POST", "/api/v1/arrivals/find"): Example(lambda _scene, _place: Call(json={"sought": "cs"})),
    ("GET", "/api/v1/arrivals/{person:str}"): Example(_person, at="village"),
    ("POST", "/api/v1/arrivals/{person:str}/reveal"): Example(
        _person_with(WHY), 201, at="village", reveals=True
    ),
    ("GET", "/api/v1/arrivals/{person:str}/explanation"): Example(_person, at="village"),
    ("POST", "/api/v1/arrivals/{person:str}/observations"): Example(
        _observation, 201, at="village"
    ),
    ("GET", "/api/v1/figures"): Example(nothing),
    ("GET", "/api/v1/figures/{figure:str}"): Example(
        lambda _scene, _place: Call({"figure": "arrivals.recorded"})
    ),
    ("GET", "/schema"): Example(nothing),
    ("GET", "/schema/{path:str}"): Example(lambda _scene, _place: Call({"path": "openapi.json"})),
    ("GET", "/schema/openapi.json"): Example(nothing),
    ("GET", "/static/{file_path:path}"): Example(
        lambda _scene, _place: Call({"file_path": "/tongxin.css"})
    ),
    ("HEAD", "/static/{file_path:path}"): Example(
        lambda _scene, _place: Call({"file_path": "/tongxin.css"})
    ),
}


def _form_sign_in(_scene: Scene, _place: str) -> Call:
    return Call(form={"township": TOWNSHIP, "name": "li", "password": PASSWORD, "next": "/"})


def _form(**form: str) -> Made:
    return lambda _scene, _place: Call(form=form)


def _about_person(**form: str) -> Made:
    def made(scene: Scene, village: str) -> Call:
        there = scene.somebody(village)
        return Call({"person": there.subject}, form={"episode": there.episode, **form})

    return made


def _task(scene: Scene, village: str) -> Call:
    there = scene.somebody(village)
    return Call({"person": there.subject, "episode": there.episode, "task": there.task})


def _arrival_form(_scene: Scene, village: str) -> Call:
    return Call(form={"name": "试新来", "village": village, "origin": "31"})


def _decision(scene: Scene, village: str) -> Call:
    form = {"decision": "dismiss", "reason": "与本人核对，前一份为准"}
    return Call({"digest": scene.held(village)}, form=form)


def _dismissal(scene: Scene, village: str) -> Call:
    return Call(form={"held": scene.held(village), "reason": "与本人核对，前一份为准"})


def _proposal_form(scene: Scene, township: str) -> Call:
    return Call({"subject": scene.proposal(township)}, form={"sure": "yes"})


def _pack_page(scene: Scene, township: str) -> Call:
    return Call({"subject": scene.pack(township)})


def _area_form(scene: Scene, _township: str) -> Call:
    return Call(
        form={
            "code": "320505", "name": "苏州市虎丘区", "level": "medium",
            "from_": scene.town.now.isoformat(), "source": "通报",
        }
    )  # fmt: skip


def _account_form(scene: Scene, township: str) -> Call:
    name = scene.account(township)[-12:]
    return Call(
        form={
            "username": name, "name": "试开户", "password": PASSWORD, "role": "volunteer",
            "area": township,
        }
    )  # fmt: skip


def _account_with(form: Callable[[str], Mapping[str, str]]) -> Made:
    return lambda scene, township: Call({"account": scene.account(township)}, form=form(township))


def _withdrawal(township: str) -> Mapping[str, str]:
    return {"held_role": "volunteer", "held_area": township, "withdrawn_for": "岗位调整"}


def _account_page(scene: Scene, township: str) -> Call:
    return Call({"account": scene.account(township)})


PAGES: Final[Examples] = (
    imports.PAGES
    | corrections.PAGES
    | {
        ("GET", "/login"): Example(nothing),
        ("POST", "/login"): Example(_form_sign_in, 303, becomes=LI),
        ("POST", "/logout"): Example(nothing, 303, alone=True),
        ("GET", "/language/{language:str}"): Example(
            lambda _scene, _place: Call({"language": "en"}), 303
        ),
        ("POST", "/night"): Example(_form(scheme="night", next="/"), 303),
        ("GET", "/"): Example(nothing),
        ("GET", "/help"): Example(nothing),
        ("GET", "/objections"): Example(nothing),
        ("GET", "/ledger"): Example(nothing),
        ("GET", "/inbox"): Example(nothing),
        ("GET", "/inbox/{digest:str}"): Example(_held, at="village"),
        ("POST", "/inbox"): Example(_dismissal, 303, at="village"),
        ("POST", "/inbox/{digest:str}"): Example(_decision, 303, at="village"),
        ("GET", "/proposals/{subject:str}"): Example(
            lambda scene, township: Call({"subject": scene.proposal(township)}), at="township"
        ),
        ("POST", "/proposals/{subject:str}/approve"): Example(_proposal_form, 303, at="township"),
        ("GET", "/rules"): Example(nothing),
        ("POST", "/rules"): Example(_form(shipped="watch", reason="疫情防控需要"), 303),
        ("POST", "/rules/move"): Example(_move_form, 303),
        ("GET", "/rules/shipped/{name:str}"): Example(
            lambda _scene, _place: Call({"name": "watch"})
        ),
        ("GET", "/rules/{subject:str}"): Example(_pack_page, at="township"),
        ("GET", "/areas"): Example(nothing),
        ("GET", "/changed"): Example(nothing),
        ("POST", "/areas"): Example(_area_form, 303),
        ("POST", "/areas/lists"): Example(_uploaded, 303),
        ("GET", "/accounts"): Example(nothing),
        ("POST", "/accounts"): Example(_account_form, 303, at="township"),
        ("GET", "/accounts/{account:str}"): Example(_account_page, at="township"),
        ("POST", "/accounts/{account:str}/roles"): Example(
            _account_with(lambda township: {"role": "volunteer", "area": township}),
            303,
            at="township",
        ),
        ("POST", "/accounts/{account:str}/withdraw"): Example(
            _account_with(_withdrawal), 303, at="township"
        ),
        ("POST", "/accounts/{account:str}/close"): Example(
            _account_with(lambda _: {"closed_for": "离职"}), 303, at="township"
        ),
        ("GET", "/password"): Example(nothing),
        ("POST", "/password"): Example(_form(old=PASSWORD, new="another-grove"), 303, alone=True),
        ("GET", "/looks"): Example(nothing),
        ("GET", "/tasks"): Example(nothing),
        ("POST", "/tasks/{person:str}/{episode:str}/{task:str}/done"): Example(
            _task, 303, at="village"
        ),
        ("GET", "/arrivals/new"): Example(nothing),
        ("POST", "/arrivals/new"): Example(_arrival_form, 303, at="village"),
        ("GET", "/arrivals"): Example(nothing),
        ("POST", "/arrivals/find"): Example(_form(words="试")),
        ("GET", "/arrivals/export"): Example(nothing),
        ("POST", "/arrivals/export"): Example(_form(reason="镇里汇总上报")),
        ("GET", "/arrivals/{person:str}"): Example(_person, at="village"),
        ("POST", "/arrivals/{person:str}/reveal"): Example(
            _about_person(reason="电话核实住址"), at="village", reveals=True
        ),
        ("POST", "/arrivals/{person:str}/temperature"): Example(
            _about_person(celsius="36.6"), 303, at="village"
        ),
        ("POST", "/arrivals/{person:str}/swab"): Example(
            _about_person(result="negative"), 303, at="village"
        ),
        ("POST", "/arrivals/{person:str}/symptom"): Example(_about_person(), 303, at="village"),
        ("POST", "/arrivals/{person:str}/recovery"): Example(_about_person(), 303, at="village"),
        ("POST", "/arrivals/{person:str}/answer"): Example(
            _about_person(asked="310115#浦东", none="yes"), 303, at="village"
        ),
        ("GET", "/figures"): Example(nothing),
        ("GET", "/figures/{figure:str}"): Example(
            lambda _scene, _place: Call({"figure": "arrivals.recorded"})
        ),
    }
)

API.update(devices.API | exceptions.API | identity.API | imports.API | registry_examples.API)
PAGES.update(devices.PAGES | exceptions.PAGES | identity.PAGES | registry_examples.PAGES)
for route, example in homecoming.EXAMPLES.items():
    (API if route[1].startswith("/api/") else PAGES)[route] = example
EXAMPLES: Final = API | PAGES
