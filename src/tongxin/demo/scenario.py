"""What a demo plays: townships, accounts, areas at risk, where people come from. TOML data."""

import hashlib
import tomllib
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from tongxin.base.clock import ZONE
from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text

BAD_SCENARIO = ProblemKind(
    "demo.bad_scenario",
    400,
    zh="剧本 {file} 不对：{why}。",
    en="The scenario {file} is not right: {why}.",
)

DEFAULT: Final = "taolinpu.toml"
Weight = Annotated[int, Meta(ge=1, le=1000)]
Count = Annotated[int, Meta(ge=0, le=500)]
Many = Annotated[int, Meta(ge=0, le=100_000)]
Township = Annotated[str, Meta(pattern=r"^[1-9][0-9]{8}$")]
Code = Annotated[str, Meta(pattern=r"^[1-9][0-9]{1,11}$")]


class Village(Struct, frozen=True, forbid_unknown_fields=True):
    """A village, and how many of the arrivals go there, in proportion."""

    code: Code
    name: str
    weight: Weight = 1


class Account(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who signs in. No area: the whole township. A device signs what he records.

    `en` is his name and post for who reads English; empty, the Chinese ones stand.
    """

    username: str
    name: str
    role: str
    post: str = ""
    en: str = ""
    area: str = ""
    device: str = ""


class Life(Struct, frozen=True, forbid_unknown_fields=True):
    """Who lives in a township and who works for it, before anybody comes home.

    `members` of the Party look after the households, but for those that are `unlinked`. In as many
    villages as there are `gaps` the first grid lacks one of its team.
    """

    households: Many
    members: Many
    double_report: Count
    volunteers: Count
    county_cadres: Count
    visited_percent: Annotated[int, Meta(ge=0, le=100)] = 90
    unlinked: Count = 0
    gaps: Count = 0


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """A township of the demo: at least two accounts, and how many people come over how long.

    `life` is who lives there in the quick demo, `whole` in one of the township's real size.
    """

    code: Township
    name: str
    villages: Annotated[list[Village], Meta(min_length=1)]
    accounts: Annotated[list[Account], Meta(min_length=2)]
    arrivals: Count
    over_days: Annotated[int, Meta(ge=1, le=30)]
    life: Life | None = None
    whole: Life | None = None
    en: str = ""

    @property
    def title(self) -> Text:
        """What it is called."""
        return Text(self.name, self.en or self.name)

    def one(self, *roles: str) -> Account:
        """The first account with one of these roles, the first of all where there is none."""
        return next((a for role in roles for a in self.accounts if a.role == role), self.first)

    @property
    def first(self) -> Account:
        return self.accounts[0]


class Area(Struct, frozen=True, forbid_unknown_fields=True):
    """An area at risk since some days ago, for some days or until further notice."""

    code: Code
    name: str
    level: str
    days_ago: Annotated[int, Meta(ge=0, le=60)]
    source: str
    days: Annotated[int, Meta(ge=1, le=60)] | None = None


class RiskList(Struct, frozen=True, forbid_unknown_fields=True):
    """A national list in a file beside the scenario, told as of some hours ago. In the first
    township it is approved, or, `agreed` being false, left to wait for the second person.

    `content` is what the file holds, put in by the reader.
    """

    file: Annotated[str, Meta(pattern=r"^[a-z0-9-]+\.json$")]
    hours_ago: Annotated[int, Meta(ge=0, le=240)]
    source: str
    agreed: bool = True
    content: str = ""

    def as_of(self, now: datetime) -> str:
        """The file as it would have been served then: its hour is counted back from `now`."""
        served = msgspec.json.decode(self.content)
        hour = (now - timedelta(hours=self.hours_ago)).astimezone(ZONE)
        served["data"]["end_update_time"] = f"{hour:%Y-%m-%d %H时}"
        return msgspec.json.encode(served).decode()


class Origin(Struct, frozen=True, forbid_unknown_fields=True):
    """Where people come from, in proportion."""

    area: Code
    name: str
    weight: Weight = 1


class Names(Struct, frozen=True, forbid_unknown_fields=True):
    """What made-up people are made of."""

    surnames: Annotated[list[str], Meta(min_length=1)]
    given: Annotated[list[str], Meta(min_length=1)]
    transport: Annotated[list[str], Meta(min_length=1)]


class Happenings(Struct, frozen=True, forbid_unknown_fields=True):
    """How many of each, in the first township.

    `by_phone`: recorded and signed by a device. `not_told`: origin unknown. `answered`: asked
    about a place by name and answered. `neglected`: nothing was done after the arrival.
    `homecoming`: declarations, checkpoints, calls and a doubt are played too.
    """

    by_phone: Count = 0
    emergencies: Count = 0
    not_told: Count = 0
    fevers: Count = 0
    symptoms: Count = 0
    answered: Count = 0
    neglected: Count = 0
    homecoming: bool = False


class Scenario(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole scenario. `digest` is the SHA-256 of its bytes and those of its lists, put in by the
    reader."""

    id: str
    title: Text
    pack: str
    pack_days_ago: Annotated[int, Meta(ge=0, le=60)]
    password: Annotated[str, Meta(min_length=10)]
    townships: Annotated[list[Place], Meta(min_length=1)]
    areas: list[Area]
    origins: Annotated[list[Origin], Meta(min_length=1)]
    people: Names
    happenings: Happenings
    lists: list[RiskList] = []
    digest: str = ""


def read(path: Path | None) -> Scenario:
    """The scenario in a file, or the one that comes with the program; `demo.bad_scenario`."""
    name = path.name if path else DEFAULT
    try:
        content = path.read_bytes() if path else _shipped()
        plain = tomllib.loads(content.decode())
        scenario = msgspec.convert(plain, Scenario)
        lists = [_with_content(one, path) for one in scenario.lists]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BAD_SCENARIO(field="scenario", file=name, why=str(error).split("\n")[0]) from None
    whole = content + "".join(one.content for one in lists).encode()
    digest = hashlib.sha256(whole).hexdigest()
    return msgspec.structs.replace(scenario, lists=lists, digest=digest)


def in_whole(scenario: Scenario) -> Scenario:
    """The same scenario in the township's real size, which is another demo."""
    places = [
        msgspec.structs.replace(place, life=place.whole or place.life)
        for place in scenario.townships
    ]
    return msgspec.structs.replace(scenario, townships=places, digest=f"{scenario.digest} whole")


def _with_content(one: RiskList, path: Path | None) -> RiskList:
    raw = path.with_name(one.file).read_bytes() if path else _shipped(one.file)
    return msgspec.structs.replace(one, content=raw.decode())


def _shipped(name: str = DEFAULT) -> bytes:
    return files("tongxin.demo").joinpath("scenarios").joinpath(name).read_bytes()
