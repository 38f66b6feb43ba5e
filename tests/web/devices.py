"""One valid call for each route by which a device is registered, listed and withdrawn."""

import base64
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.village import Worker
from tests.web.calls import Call, Example, Examples, nothing
from tests.web.scene import Scene

LOST: Final = {"reason": "手机丢失"}


def _device(_scene: Scene, _place: str) -> Call:
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    return Call(json={"public_key": base64.b64encode(key).decode(), "label": "测试手机"})


def _own(scene: Scene, _place: str) -> Call:
    return Call({"device": scene.town.device(scene.asker).name}, json=LOST)


def _own_form(scene: Scene, _place: str) -> Call:
    phone = scene.town.device(scene.asker)
    return Call(form={"device": phone.name, "device_withdrawn_for": LOST["reason"]})


def _colleagues(scene: Scene, township: str) -> tuple[str, str]:
    """A fresh colleague's account, and the telephone registered to it."""
    account, twin = scene.twin(Worker("", "", "volunteer", township, township=township))
    return account, scene.town.device(twin).name


def _list(scene: Scene, township: str) -> Call:
    return Call({"account": _colleagues(scene, township)[0]})


def _withdraw(scene: Scene, township: str) -> Call:
    account, device = _colleagues(scene, township)
    return Call({"account": account, "device": device}, json=LOST)


def _withdraw_form(scene: Scene, township: str) -> Call:
    account, device = _colleagues(scene, township)
    form = {"device": device, "device_withdrawn_for": LOST["reason"]}
    return Call({"account": account}, form=form)


API: Final[Examples] = {
    ("POST", "/api/v1/devices"): Example(_device, 201, alone=True),
    ("GET", "/api/v1/devices"): Example(nothing),
    ("POST", "/api/v1/devices/{device:str}/withdraw"): Example(_own, 201),
    ("GET", "/api/v1/accounts/{account:str}/devices"): Example(_list, at="township"),
    ("POST", "/api/v1/accounts/{account:str}/devices/{device:str}/withdraw"): Example(
        _withdraw, 201, at="township"
    ),
}
PAGES: Final[Examples] = {
    ("GET", "/devices"): Example(nothing),
    ("POST", "/devices"): Example(_own_form, 303),
    ("POST", "/accounts/{account:str}/devices"): Example(_withdraw_form, 303, at="township"),
}
