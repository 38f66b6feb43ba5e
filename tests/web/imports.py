"""One valid call for each page and address by which a list comes in."""

from typing import Any, Final

from msgspec.structs import replace

from tests.intake.lists import ledger, row, staged
from tests.village import LI, id_number
from tests.web.calls import Call, Example, Examples, Made, nothing
from tests.web.scene import Scene
from tongxin.access.roles import ROLES
from tongxin.intake.running import MAY
from tongxin.intake.staging import Staging


def _list(scene: Scene) -> bytes:
    """A list of somebody new, who is said to be from the village of whoever brings it."""
    n = scene.number()
    years, serial = divmod(n, 1_000)
    born = id_number(f"{1960 + years}0101", f"{serial:03}")
    return ledger(row(姓名=f"表{chr(0x5000 + n)}", 身份证号=born, 电话="", 家庭住址="", 网格员=""))


def _staged(planned: bool = False, json: Any = None, **form: str) -> Made:
    """A list on its way in, of whoever asks, so far as he may import at all."""

    def made(scene: Scene, _place: str) -> Call:
        by = scene.asker if MAY in ROLES[scene.asker.role].may else LI
        job = staged(scene.town, _list(scene), by=by)
        if planned:
            job.plan()
        path = {"import_id": job.import_id}
        return Call(path, form=form) if json is None else Call(path, json=json)

    return made


def _unmapped(scene: Scene, _place: str) -> Call:
    by = scene.asker if MAY in ROLES[scene.asker.role].may else LI
    job = staged(scene.town, _list(scene), by=by)
    staging = Staging(job.store, job.asking.township)
    with job.store.database.reading() as connection:
        head = staging.head(connection, job.import_id)
    staging.save(job.import_id, replace(head, mapped=None), scene.town.now)
    return Call({"import_id": job.import_id})


def _columns(scene: Scene, place: str) -> Call:
    call = _unmapped(scene, place)
    form = {"sheet": "0", "row": "2", "year": "2022", "column-1": "name", "column-7": "arrived_at"}
    return Call(call.path, form=form)


def _file(scene: Scene, _place: str) -> Call:
    return Call(form={"kind": "arrivals"}, file=("file", _list(scene)))


API: Final[Examples] = {
    ("GET", "/api/v1/imports"): Example(nothing),
    ("POST", "/api/v1/imports"): Example(_file, 201),
    ("GET", "/api/v1/imports/{import_id:str}"): Example(_staged(planned=True)),
    ("GET", "/api/v1/imports/{import_id:str}/mapping"): Example(_unmapped),
    ("POST", "/api/v1/imports/{import_id:str}/mapping"): Example(
        _staged(json={"columns": {"G": "left"}})
    ),
    ("POST", "/api/v1/imports/{import_id:str}/confirm"): Example(
        _staged(planned=True, json={"same": {"3": False}})
    ),
    ("POST", "/api/v1/imports/{import_id:str}/discard"): Example(_staged(json={})),
    ("GET", "/api/v1/imports/{import_id:str}/returned"): Example(_staged(planned=True)),
}
PAGES: Final[Examples] = {
    ("GET", "/imports"): Example(nothing),
    ("POST", "/imports"): Example(_file, 303),
    ("GET", "/imports/{import_id:str}"): Example(_staged(planned=True)),
    ("GET", "/imports/{import_id:str}/mapping"): Example(_unmapped),
    ("POST", "/imports/{import_id:str}/mapping"): Example(_columns, 303),
    ("POST", "/imports/{import_id:str}/plan"): Example(_staged(), 303),
    ("POST", "/imports/{import_id:str}/confirm"): Example(_staged(planned=True), 303),
    ("POST", "/imports/{import_id:str}/discard"): Example(_staged(), 303),
    ("GET", "/imports/{import_id:str}/returned"): Example(_staged(planned=True)),
}
