"""`tongxin serve`, as a process of its own: the clock, TLS, stopping, and what it refuses."""

import http.client
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.cli.conftest import environment, ran, started
from tests.conftest import Postgres
from tests.town import Clock
from tests.village import CHEN, LI, PASSWORD, TAOLIN, TOWNSHIP, WANG, arrival
from tongxin.base.clock import system_clock
from tongxin.cli.playing import free_port
from tongxin.installation import FirstAccount, Settings, create
from tongxin.ledger.database import Database
from tongxin.ledger.keys import new_key_file
from tongxin.ledger.tables import daily_head

pytestmark = pytest.mark.slow
HOST = "tongxin.township.test"


def begun(folder: Path, url: str) -> Settings:
    """A township that began two days ago and has been switched off since."""
    settings = Settings(url, new_key_file(folder / "k.key"), folder / "t.keys")
    clock = Clock(system_clock() - timedelta(days=2))
    installation = create(settings, clock)
    first = [FirstAccount(who.username, who.name, PASSWORD) for who in (LI, WANG)]
    installation.begin(TOWNSHIP, "桃林铺镇", first, clock.now)
    installation.close()
    return settings


@pytest.fixture(scope="module")
def switched_off(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The same for all tests here; each leaves it switched off again."""
    folder = tmp_path_factory.mktemp("served")
    return begun(folder, f"sqlite:///{folder / 't.db'}")


def asked(
    port: int, method: str, path: str, body: object = None, token: str = ""
) -> tuple[int, bytes]:
    """The status and content of one answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    try:
        connection.request(method, path, json.dumps(body) if body else None, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@contextmanager
def serving(
    settings: Settings, folder: Path, *words: str, port: int
) -> Iterator[subprocess.Popen[str]]:
    """The server as a process, healthy; stopped with SIGTERM if it still runs."""
    process = started(
        "serve", "--port", str(port), *words, folder=folder, variables=environment(settings)
    )
    try:
        until_listening(process, port)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def until_listening(process: subprocess.Popen[str], port: int) -> None:
    again = threading.Event()
    for _ in range(600):
        assert process.poll() is None, process.communicate()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        again.wait(0.1)
    raise AssertionError("the server does not listen")


def days_signed(url: str) -> int:
    database = Database(url)
    with database.reading() as connection:
        found = connection.scalar(sa.select(sa.func.count()).select_from(daily_head)) or 0
    database.close()
    return found


def test_it_serves_ticks_by_itself_and_stops_when_told(
    switched_off: Settings, tmp_path: Path
) -> None:
    port = free_port()
    with serving(switched_off, tmp_path, "--tick-every", "1", port=port) as process:
        status, content = asked(port, "GET", "/healthz")
        assert (status, json.loads(content)["status"]) == (200, "ok")
        sent = {"township": TOWNSHIP, "username": LI.username, "password": PASSWORD}
        status, content = asked(port, "POST", "/api/v1/login", sent)
        assert status == 200
        again = threading.Event()
        for _ in range(100):
            if days_signed(switched_off.database_url) == 2:
                break
            again.wait(0.1)
        assert days_signed(switched_off.database_url) == 2
        second = ran("serve", "--port", str(port), folder=tmp_path, **environment(switched_off))
        assert second.returncode == 2
        assert str(port) in second.stderr
        process.terminate()
        out, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (0, "")
        assert f"http://127.0.0.1:{port}" in out
    database = switched_off.database_url.removeprefix("sqlite:///")
    assert not Path(database + "-wal").exists()


def test_workers_do_not_outlive_a_server_that_was_killed(
    switched_off: Settings, tmp_path: Path
) -> None:
    port = free_port()
    with serving(switched_off, tmp_path, port=port) as process:
        assert asked(port, "GET", "/healthz")[0] == 200
        process.kill()
        process.wait()
        again = threading.Event()
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) != 0:
                    break
            again.wait(0.1)
        else:
            raise AssertionError("its worker still listens")
    with serving(switched_off, tmp_path, port=port):
        assert asked(port, "GET", "/healthz")[0] == 200


def test_a_passphrase_reaches_the_worker_but_no_command_line(tmp_path: Path) -> None:
    phrase = "correct horse battery"
    made = ran("init", "--township", TOWNSHIP, "--name", "桃林铺镇", folder=tmp_path,
               TONGXIN_PASSPHRASE=phrase)  # fmt: skip
    assert made.returncode == 0, made.stderr
    port = free_port()
    process = started(
        "serve", "--port", str(port), folder=tmp_path, variables={"TONGXIN_PASSPHRASE": phrase}
    )
    try:
        until_listening(process, port)
        assert asked(port, "GET", "/healthz")[0] == 200
        for line in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                typed = line.read_bytes()
            except OSError:  # it has ended meanwhile
                continue
            assert phrase.encode() not in typed
    finally:
        process.terminate()
        process.communicate(timeout=30)


def certificate(folder: Path) -> tuple[Path, Path, Path]:
    """A township's own authority, and a certificate of it for HOST: (authority, cert, key)."""
    now = system_clock()
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _signed("Taolinpu CA", "Taolinpu CA", authority_key, authority_key, now, is_ca=True)
    cert = _signed(HOST, "Taolinpu CA", key, authority_key, now, is_ca=False)
    paths = folder / "ca.pem", folder / "cert.pem", folder / "key.pem"
    for path, made in zip(paths, (authority, cert), strict=False):
        path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[2].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def _signed(
    name: str,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    now: datetime,
    *,
    is_ca: bool,
) -> x509.Certificate:
    named = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in (name, issuer)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(named[0])
        .issuer_name(named[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False
        )
    )
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=is_ca, crl_sign=is_ca, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = builder.add_extension(usage, critical=True)
    if not is_ca:
        names = [x509.DNSName(HOST), x509.IPAddress(ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(by, hashes.SHA256())


def test_tls_is_what_a_browser_accepts(switched_off: Settings, tmp_path: Path) -> None:
    authority, cert, key = certificate(tmp_path)
    port = free_port()
    trusting = ssl.create_default_context(cafile=authority)
    words = ("--tls-cert", str(cert), "--tls-key", str(key))
    with serving(switched_off, tmp_path, *words, port=port):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            trusting.maximum_version = version
            with (
                socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
                trusting.wrap_socket(plain, server_hostname=HOST) as secure,
            ):
                secure.sendall(
                    f"GET /healthz HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
                )
                content = b"".join(iter(lambda: secure.recv(65536), b""))
            assert content.startswith(b"HTTP/1.1 200"), version
        with (
            socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            trusting.wrap_socket(plain, server_hostname="another.test")
        with (
            socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            ssl.create_default_context().wrap_socket(plain, server_hostname=HOST)


def test_what_cannot_be_served_is_told_in_one_line(switched_off: Settings, tmp_path: Path) -> None:
    authority, cert, key = certificate(tmp_path)
    for words, says in (
        (("--workers", "2"), "SQLite 只能用一个服务进程"),
        (("--tls-cert", str(cert)), "要一起给出"),
        (("--tls-cert", str(authority), "--tls-key", str(key)), "不是一对"),
        (("--tls-cert", str(tmp_path / "none"), "--tls-key", str(key)), "打不开"),
        (("--host", "nowhere.invalid"), "不可用"),
    ):
        done = ran("serve", *words, folder=tmp_path, **environment(switched_off))
        assert (done.returncode, done.stdout) == (2, "")
        assert says in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.postgres
def test_several_workers_share_postgresql(postgres: Postgres, tmp_path: Path) -> None:
    name = postgres.new()
    settings = begun(tmp_path, postgres.address(name))
    port = free_port()
    with serving(settings, tmp_path, "--workers", "2", port=port):
        sent = {"township": TOWNSHIP, "username": LI.username, "password": PASSWORD}
        status, content = asked(port, "POST", "/api/v1/login", sent)
        assert status == 200
        token = json.loads(content)["token"]
        told = {
            "name": CHEN.name, "arrived_at": arrival(at=system_clock()).arrived_at.isoformat(),
            "from_area": CHEN.from_area,
        }  # fmt: skip
        for _ in range(6):
            status, content = asked(
                port, "POST", "/api/v1/arrivals", {"area": TAOLIN, "arrival": told}, token
            )
            assert status == 201, content
            assert json.loads(content)["outcome"] == "recorded"
        status, content = asked(port, "GET", "/api/v1/arrivals", token=token)
        assert json.loads(content)["total"] == 6
    checked = ran("verify", folder=tmp_path, **environment(settings))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    postgres.drop(name)
