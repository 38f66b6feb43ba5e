"""How facts travel, and the checks that need nothing but the fact itself: form and authorship."""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol

import msgspec
from msgspec import Raw, Struct

from tongxin.base.areas import Level, area_code
from tongxin.base.clock import instant, to_ms
from tongxin.base.ids import fact_id, kind_of, subject_id
from tongxin.base.problems import Problem, ProblemKind
from tongxin.ledger.facts import SERVER, Door, Draft, Fact, Kind, Outcome, Purpose, Verdict
from tongxin.ledger.sealing import Signer, signed_bytes, verify

LARGEST_BODY: Final = 16_384
LARGEST_BATCH: Final = 500
_QUOTED: Final = re.compile(r"'[^']*'")
# JSON may spell the character U+0000, which no text has a use for and PostgreSQL cannot keep.
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

UNKNOWN_KIND = ProblemKind(
    "ledger.unknown_kind",
    422,
    zh="没有“{kind}”这种记录。请更新程序。",
    en="There is no kind of fact “{kind}”. Please update the program.",
)
BAD_BODY = ProblemKind(
    "ledger.bad_body",
    422,
    zh="记录内容不符合“{kind}”的格式：{why}。",
    en="The body does not fit the kind “{kind}”: {why}.",
)
BODY_TOO_LARGE = ProblemKind(
    "ledger.body_too_large",
    422,
    zh="记录内容有 {size} 字节，最多 {most} 字节。照片请另外上传。",
    en="The body has {size} bytes; {most} are the most. Send photographs separately.",
)
WRONG_SUBJECT = ProblemKind(
    "ledger.wrong_subject",
    422,
    zh="“{kind}”不能记在“{about}”名下。",
    en="A fact “{kind}” cannot be about a “{about}”.",
)
WRONG_PURPOSE = ProblemKind(
    "ledger.wrong_purpose",
    422,
    zh="用途“{value}”不对：“{kind}”应为 {wanted}。",
    en="The purpose “{value}” does not fit: “{kind}” wants {wanted}.",
)
WRONG_DOOR = ProblemKind(
    "ledger.wrong_door",
    422,
    zh="“{kind}”不能由{door}提交，只能由程序或办公端产生。",
    en="A fact “{kind}” cannot come by {door}: only the program or the desk makes it.",
)
UNKNOWN_DEVICE = ProblemKind(
    "ledger.unknown_device",
    422,
    zh="这台设备没有登记在此作者名下。请在设备上重新登录。",
    en="This device is not registered to that author. Sign in again on the device.",
)
DEVICE_WITHDRAWN = ProblemKind(
    "ledger.device_withdrawn",
    422,
    zh="这台设备已注销，注销以后的记录不再接收。请在登记的设备上重新记录。",
    en="This device was withdrawn, and what it records since is not taken. Record it again on a "
    "registered device.",
)
NOT_AUTHENTIC = ProblemKind(
    "ledger.not_authentic",
    422,
    zh="签名与内容不符，记录可能被改动过。请由原设备重新提交。",
    en="The signature does not fit the content; it may have been altered. Send it again from "
    "the device that made it.",
)


class WireFact(Struct, frozen=True, forbid_unknown_fields=True):
    """A fact as a device sends it. `happened_at` is RFC 3339 with its zone; `body` is kept as the
    exact bytes in which it arrives; `signature` is base64 of the device's Ed25519 signature."""

    township: str
    id: str
    kind: str
    subject: str
    purpose: str
    area: str
    author: str
    device: str
    happened_at: str
    body: Raw
    signature: str


class WireBatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What a device sends: its own clock's reading, and facts in the order they were made."""

    sent_at: str
    facts: list[Raw]


class KnownDevice(Struct, frozen=True):
    """A registered device's Ed25519 public key, and since when it is withdrawn (milliseconds)."""

    public_key: bytes
    withdrawn_at: int | None


class Devices(Protocol):
    """Where registered devices are found."""

    def device(self, township: str, author: str, device: str) -> KnownDevice | None:
        """The device, or None where it is not that author's."""


def read_fact(
    raw: bytes, kinds: Mapping[str, Kind], devices: Devices, offset_ms: int
) -> Draft | Verdict:
    """One fact of a batch as a draft, or the verdict REFUSED with the reason."""
    name = ""
    try:
        try:
            wire = msgspec.json.decode(raw, type=WireFact)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BAD_BODY(kind="?", why=_plain(error)) from None
        name = fact_id(wire.id, "id")
        return _read(wire, kinds, devices, offset_ms)
    except Problem as problem:
        return Verdict(name, Outcome.REFUSED, code=problem.code, why=problem.text)


def _read(wire: WireFact, kinds: Mapping[str, Kind], devices: Devices, offset_ms: int) -> Draft:
    kind = kinds.get(wire.kind)
    if kind is None:
        raise UNKNOWN_KIND(field="kind", kind=wire.kind[:60])
    if Door.DEVICE not in kind.doors:
        raise WRONG_DOOR(field="kind", kind=kind.name, door=Door.DEVICE)
    happened_at = to_ms(instant(wire.happened_at, "happened_at"))
    # Their form first: a database may refuse to be asked about what could never be a name.
    area_code(wire.township, "township")
    subject_id(wire.author, "author")
    subject_id(wire.device, "device")
    known = devices.device(wire.township, wire.author, wire.device)
    if known is None:
        raise UNKNOWN_DEVICE(field="device")
    raw = bytes(wire.body)
    try:
        signature = base64.b64decode(wire.signature, validate=True)
    except (binascii.Error, ValueError):
        raise NOT_AUTHENTIC(field="signature") from None
    message = signed_bytes(
        wire.township, wire.id, wire.kind, wire.subject, wire.purpose, wire.area,
        wire.author, wire.device, happened_at, raw,
    )  # fmt: skip
    if not verify(known.public_key, signature, message):
        raise NOT_AUTHENTIC(field="signature")
    if known.withdrawn_at is not None and happened_at >= known.withdrawn_at:
        raise DEVICE_WITHDRAWN(field="device")
    if len(raw) > LARGEST_BODY:
        raise BODY_TOO_LARGE(field="body", size=len(raw), most=LARGEST_BODY)
    return checked(
        Draft(
            township=wire.township, id=wire.id, kind=kind, subject=wire.subject,
            purpose=wire.purpose, area=wire.area, author=wire.author, device=wire.device,
            happened_at=happened_at, offset_ms=offset_ms, raw=raw, signature=signature,
            body=decode_body(kind, raw), door=Door.DEVICE,
        )
    )  # fmt: skip


def decode_body(kind: Kind, raw: bytes) -> Fact:
    """The body as its kind's struct, or `ledger.bad_body` saying which field and why."""
    if _NUL.search(raw) is not None:
        raise BAD_BODY(field="body", kind=kind.name, why="a NUL character in a text")
    try:
        return msgspec.json.decode(raw, type=kind.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BAD_BODY(field="body", kind=kind.name, why=_plain(error)) from None


def checked(draft: Draft) -> Draft:
    """`draft` itself, once its area, subject and purpose fit its kind."""
    area = area_code(draft.area, "area")
    if len(area) > Level.VILLAGE or not area.startswith(draft.township):
        raise WRONG_SUBJECT(field="area", kind=draft.kind.name, about=draft.area)
    subject_id(draft.subject, "subject")
    if kind_of(draft.subject) not in draft.kind.about:
        raise WRONG_SUBJECT(field="subject", kind=draft.kind.name, about=kind_of(draft.subject))
    meant = draft.kind.subject_of
    if meant is not None and draft.subject != meant(draft.body):
        raise WRONG_SUBJECT(field="subject", kind=draft.kind.name, about=draft.subject)
    wanted = draft.kind.purpose
    if wanted is Purpose.EPISODE:
        head, _, episode = draft.purpose.partition(":")
        if head != Purpose.EPISODE:
            raise WRONG_PURPOSE(
                field="purpose", value=draft.purpose[:60], kind=draft.kind.name,
                wanted="episode:<uuid>",
            )  # fmt: skip
        fact_id(episode, "purpose")
    elif draft.purpose != wanted:
        raise WRONG_PURPOSE(
            field="purpose", value=draft.purpose[:60], kind=draft.kind.name, wanted=wanted
        )
    return draft


def authored(
    signer: Signer, kind: Kind, body: Fact, *, township: str, id: str, subject: str,
    purpose: str, area: str, author: str, happened_at: datetime, door: Door,
) -> Draft:  # fmt: skip
    """A fact that comes by a form, an import or the clock, signed by the server for its author."""
    if door not in kind.doors:
        raise WRONG_DOOR(field="kind", kind=kind.name, door=door)
    raw = msgspec.json.encode(body)
    # Decoded again: what could be recorded but not read back would lock its subject for ever.
    body = decode_body(kind, raw)
    moment = to_ms(happened_at)
    message = signed_bytes(
        township, id, kind.name, subject, purpose, area, author, SERVER, moment, raw
    )
    return checked(
        Draft(
            township=township, id=id, kind=kind, subject=subject, purpose=purpose, area=area,
            author=author, device=SERVER, happened_at=moment, offset_ms=0, raw=raw,
            signature=signer.sign(message), body=body, door=door,
        )
    )  # fmt: skip


def _plain(error: Exception) -> str:
    """A decoder's complaint without the value it choked on: messages hold no personal data."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return _QUOTED.sub("'…'", str(error).split("\n", 1)[0])[:160]
