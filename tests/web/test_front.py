"""By which names the server answers, who reads its figures of running, how fast facts may come."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from litestar import Litestar
from litestar.testing import TestClient

from tests.apart import finished
from tests.conftest import SignedIn
from tests.town import Clock, Town
from tests.village import MORNING, QIAN, SUN, TAOLIN, TOWNSHIP, WU, arrival, batch, wire
from tests.web.names import SPOKEN_TO
from tongxin.arrivals.facts import ARRIVAL_RECORDED
from tongxin.base.ids import new_id
from tongxin.installation import Installation
from tongxin.ledger.holding import MOST_OPEN
from tongxin.web.app import make
from tongxin.web.front import LOOPBACK, Pace, Settings, names_of, plain, settings_from

Client = TestClient[Litestar]


@contextmanager
def served(installation: Installation, settings: Settings, base: str) -> Iterator[Client]:
    with TestClient(make(installation, settings), base_url=base) as client:
        yield client


@pytest.mark.parametrize(
    ("hosts", "said", "known"),
    [
        (LOOPBACK, "localhost:8000", True),
        (LOOPBACK, "127.0.0.1:8000", True),
        (LOOPBACK, "[::1]:8000", True),
        (LOOPBACK, "LOCALHOST.", True),
        (LOOPBACK, "evil.example", False),
        (LOOPBACK, "localhost.evil.example", False),
        (LOOPBACK, "192.168.1.9", False),
        (LOOPBACK | {"0.0.0.0"}, "192.168.1.9:8443", True),
        (LOOPBACK | {"::"}, "[fd00::9]:8443", True),
        (LOOPBACK | {"0.0.0.0"}, "evil.example", False),
        (LOOPBACK | {"desk.example"}, "desk.example:8443", True),
        (LOOPBACK | {"*.desk.example"}, "north.desk.example", True),
        (LOOPBACK | {"*.desk.example"}, "desk.example.evil", False),
        (frozenset({"*"}), "anything.example", True),
    ],
)
def test_a_name_that_nobody_configured_is_answered_with_nothing(
    installation: Installation, hosts: frozenset[str], said: str, known: bool
) -> None:
    with served(installation, Settings(hosts=hosts), "http://127.0.0.1") as client:
        for path in ("/login", "/api/v1/arrivals", "/static/mark.svg", "/healthz", "/schema"):
            answer = client.get(path, headers={"Host": said, "Accept": "application/json"})
            assert (answer.status_code != 421) == known, path
    if not known:
        told = client.get("/login", headers={"Host": said})
        assert (told.status_code, "TONGXIN_HOSTS" in told.text) == (421, True)


def test_hosts_come_from_the_environment() -> None:
    settings = settings_from({"TONGXIN_HOSTS": "Desk.example:8443, 10.0.0.5"})
    assert settings.hosts == LOOPBACK | {"desk.example", "10.0.0.5"}
    assert settings_from({}) == Settings()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("A.b:80", "a.b"),
        ("[::1]:80", "::1"),
        ("::1", "::1"),
        ("a.b.", "a.b"),
        ("", ""),
        ("x:y", "x:y"),
    ],
)
def test_a_host_as_it_is_compared(said: str, name: str) -> None:
    assert plain(said) == name


class From:
    """Requests that come from an address, as the socket tells it."""

    def __init__(self, app: Any, address: str) -> None:
        self.app, self.address = app, address

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app({**scope, "client": (self.address, 50_000)}, receive, send)


@pytest.mark.parametrize(
    ("token", "address", "headers", "wanted"),
    [
        ("", "127.0.0.1", {}, 200),
        ("", "::1", {}, 200),
        ("", "192.168.1.9", {}, 403),
        ("", "127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 403),
        ("", "127.0.0.1", {"Forwarded": "for=203.0.113.9"}, 403),
        ("watch-word", "127.0.0.1", {}, 403),
        ("watch-word", "192.168.1.9", {"Authorization": "Bearer watch-word"}, 200),
        ("watch-word", "192.168.1.9", {"Authorization": "Bearer other"}, 403),
    ],
)
def test_figures_of_running_are_for_this_machine_or_for_a_token(
    installation: Installation, token: str, address: str, headers: dict[str, str], wanted: int
) -> None:
    app = make(installation, Settings(metrics_token=token))
    assert finished(asked(From(app, address), "/metrics", headers)) == wanted


async def asked(app: Any, path: str, headers: dict[str, str]) -> int:
    """The status of a GET, by the protocol itself: a test client says where it comes from."""
    told = {"host": "localhost", **headers}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"",
        "scheme": "http", "server": ("localhost", 80), "client": ("", 0), "state": {},
        "headers": [(name.lower().encode(), value.encode()) for name, value in told.items()],
    }  # fmt: skip
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]


def test_a_pace_lets_through_what_was_saved_and_then_so_many_a_minute() -> None:
    pace = Pace(per_minute=60)
    assert pace.wait("sun", 120, 0) == 0
    assert pace.wait("sun", 1, 0) == 1_000
    assert pace.wait("qian", 1, 0) == 0, "one account's haste is not another's"
    assert pace.wait("sun", 1, 1_000) == 0
    assert pace.wait("sun", 1, 500) > 0, "a clock set back gives nothing"
    assert pace.wait("sun", 500, 10_000_000) == 0, "no batch waits for ever"


def arrivals(town: Town, count: int, area: str = TAOLIN) -> bytes:
    phone = town.device(WU)
    return batch(
        [
            wire(
                phone, ARRIVAL_RECORDED, arrival(), subject=f"person-{fact}",
                purpose=f"episode:{fact}", id=fact, area=area,
            )
            for fact in (new_id() for _ in range(count))
        ],
        town.now,
    )  # fmt: skip


def test_an_account_that_sends_too_fast_is_told_when_to_come_again(
    town: Town, clock: Clock
) -> None:
    settings = Settings(hosts=SPOKEN_TO.hosts, facts_per_minute=6)
    with served(town.installation, settings, "http://127.0.0.1") as client:
        told = {"township": TOWNSHIP, "username": WU.username, "password": "peach-grove-2022"}
        token = client.post("/api/v1/login", json=told).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        body = arrivals(town, 12)
        first = client.post("/api/v1/facts", content=body, headers=headers)
        assert {v["outcome"] for v in first.json()["verdicts"]} == {"recorded"}
        again = client.post("/api/v1/facts", content=body, headers=headers)
        assert (again.status_code, again.json()["code"]) == (429, "web.too_fast")
        assert "120" in again.json()["title"]
        clock.advance(seconds=120)
        last = client.post("/api/v1/facts", content=body, headers=headers)
        assert {v["outcome"] for v in last.json()["verdicts"]} == {"duplicate"}


def test_a_volunteer_fills_the_inbox_up_to_a_bound_and_nothing_is_lost_on_his_device(
    town: Town, client: Client, signed_in: SignedIn
) -> None:
    phone = town.device(QIAN)
    facts = [
        wire(
            phone, ARRIVAL_RECORDED, arrival(), subject=f"person-{fact}",
            purpose=f"episode:{fact}", id=fact,
        )
        for fact in (new_id() for _ in range(MOST_OPEN + 3))
    ]  # fmt: skip
    sent = client.post(
        "/api/v1/facts", content=batch(facts, town.now), headers=signed_in(QIAN)
    ).json()["verdicts"]
    assert [v["outcome"] for v in sent] == ["held"] * MOST_OPEN + ["refused"] * 3
    assert {v["code"] for v in sent[MOST_OPEN:]} == {"ledger.inbox_full"}
    again = client.post(
        "/api/v1/facts", content=batch(facts[:2], town.now), headers=signed_in(QIAN)
    ).json()["verdicts"]
    assert [v["outcome"] for v in again] == ["held"] * 2, "what is held is not refused"
    other = town.arrival(by=SUN, area="411526108202")
    assert town.record(other)[0].outcome == "held", "others' facts still find room"


def test_the_inbox_is_read_page_by_page(town: Town, client: Client, signed_in: SignedIn) -> None:
    drafts = [town.arrival(by=QIAN, at=town.now - timedelta(minutes=n)) for n in range(60)]
    town.record(*drafts)
    headers = signed_in(SUN)
    pages = [
        client.get("/api/v1/held", params={"most": 25, "after": after}, headers=headers).json()
        for after in (0, 25, 50)
    ]
    assert [(page["total"], len(page["held"])) for page in pages] == [(60, 25), (60, 25), (60, 10)]
    assert len({each["held"] for page in pages for each in page["held"]}) == 60
    html = {**headers, "Accept": "text/html"}
    assert "第 2 页，共 2 页" in client.get("/inbox?page=2", headers=html).text


def certificate(path: Path, *names: x509.GeneralName) -> Path:
    """A certificate of its own, for these names."""
    key = Ed25519PrivateKey.generate()
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tongxin")])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(MORNING)
        .not_valid_after(MORNING + timedelta(days=1))
    )
    if names:
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
    path.write_bytes(made.sign(key, None).public_bytes(Encoding.PEM))
    return path


def test_a_server_is_spoken_to_by_what_its_certificate_says(tmp_path: Path) -> None:
    shown = certificate(
        tmp_path / "cert.pem", x509.DNSName("Desk.example"), x509.DNSName("*.desk.example"),
        x509.IPAddress(ip_address("192.168.1.20")),
    )  # fmt: skip
    found = names_of("0.0.0.0", shown, ["other.example:8443"])
    assert found == {
        "0.0.0.0", "desk.example", "*.desk.example", "192.168.1.20", "other.example"
    }  # fmt: skip
    bare = certificate(tmp_path / "bare.pem")
    assert names_of("127.0.0.1", bare, []) == {"127.0.0.1"}
