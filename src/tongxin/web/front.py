"""Before the gate: by which names the server is spoken to, who watches it, how fast facts may come.

A browser that was led to this machine by another name (DNS rebinding) would let that other name's
pages read what it shows; so a name that nobody configured is answered with nothing.
"""

import ipaddress
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.x509.oid import ExtensionOID
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from msgspec import Struct

from tongxin.base.problems import ProblemKind

UNKNOWN_HOST = ProblemKind(
    "web.unknown_host",
    421,
    zh="这台服务器没有登记这个地址名称。请用管理员给的地址；管理员可用 TONGXIN_HOSTS 登记。",
    en="This server is not known by that name. Use the address that you were given; whoever runs "
    "it can add names with TONGXIN_HOSTS.",
)
NO_WATCHER = ProblemKind(
    "web.no_watcher",
    403,
    zh="运行指标只给本机，或带 TONGXIN_METRICS_TOKEN 的请求。",
    en="Figures of running are for this machine itself, or for who sends TONGXIN_METRICS_TOKEN.",
)
TOO_FAST = ProblemKind(
    "web.too_fast",
    429,
    zh="此账号提交得太快，这一批没有收。请保留，等 {seconds} 秒再发。",
    en="This account sends too fast, and this batch was not taken. Keep it and send it again in "
    "{seconds} seconds.",
)

# What a route says that counts the facts of a request itself; the gate counts one for any other.
PACES_ITSELF: Final = "paces_itself"
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
ANY: Final = "*"
FACTS_PER_MINUTE: Final = 3_000
# Who was silent may send so many minutes' worth at once: a day without a network.
_SAVED_MINUTES: Final = 2
_MINUTE_MS: Final = 60_000
_REMEMBERED: Final = 1_000
# Said by a proxy: then the other end of the socket is the proxy, not who asks.
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


class Settings(Struct, frozen=True):
    """What whoever runs the server may set. `hosts`: names and addresses, or "*" for any."""

    hosts: frozenset[str] = LOOPBACK
    metrics_token: str = ""
    facts_per_minute: int = FACTS_PER_MINUTE


def settings_from(environment: Mapping[str, str]) -> Settings:
    """As the environment says."""
    named = environment.get("TONGXIN_HOSTS", "").replace(",", " ").split()
    return Settings(
        LOOPBACK | {plain(name) for name in named},
        environment.get("TONGXIN_METRICS_TOKEN", ""),
        int(environment.get("TONGXIN_FACTS_PER_MINUTE") or FACTS_PER_MINUTE),
    )


def names_of(host: str, certificate: Path | None, named: Iterable[str]) -> frozenset[str]:
    """By what a server is spoken to that listens on `host` and shows this certificate."""
    found = {plain(name) for name in named} | {plain(host)}
    if certificate is not None:
        found |= _certified(certificate)
    return frozenset(found)


def _certified(certificate: Path) -> set[str]:
    """The names and addresses in a certificate."""
    shown = x509.load_pem_x509_certificate(certificate.read_bytes())
    try:
        names = shown.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        return set()
    if not isinstance(names, x509.SubjectAlternativeName):
        raise AssertionError("another extension than the one asked for")
    return {
        *(plain(name) for name in names.get_values_for_type(x509.DNSName)),
        *(str(address) for address in names.get_values_for_type(x509.IPAddress)),
    }


def plain(host: str) -> str:
    """A host as it is compared: small letters, without port, brackets and a last dot."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, _, port = host.rpartition(":")
    return (name if name and ":" not in name and port.isdigit() else host).rstrip(".")


class Front:
    """What stands before the gate of one process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # A server that listens everywhere is spoken to by any address of its machine. An address
        # is no name: nobody else can lead a browser here by it.
        self._any_address = bool({"0.0.0.0", "::"} & settings.hosts)  # noqa: S104 only compared
        self._known: set[str] = set()
        self._pace = Pace(settings.facts_per_minute)

    def check_host(self, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        """Let through who speaks to this server by one of its names; else `web.unknown_host`."""
        if not self.is_known(connection.headers.get("host", "")):
            raise UNKNOWN_HOST(field="host")

    def is_known(self, host: str) -> bool:
        """Whether a header `Host` names this server."""
        if host in self._known:
            return True
        known = self._is_ours(plain(host))
        if known and len(self._known) < _REMEMBERED:
            self._known.add(host)
        return known

    def _is_ours(self, name: str) -> bool:
        hosts = self.settings.hosts
        if name in hosts or ANY in hosts:
            return True
        if _is_address(name):
            return self._any_address
        return f"*.{name.partition('.')[2]}" in hosts

    def take(self, account: str, facts: int, now_ms: int) -> None:
        """Let an account record so many facts now; else `web.too_fast`, and nothing is taken."""
        wait_ms = self._pace.wait(account, facts, now_ms)
        if wait_ms:
            raise TOO_FAST(field="facts", seconds=-(-wait_ms // 1000))


class Pace:
    """So many facts a minute for each account, with what it saved while it was silent."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._most = per_minute * _SAVED_MINUTES
        self._left: dict[str, tuple[float, int]] = {}

    def wait(self, account: str, facts: int, now_ms: int) -> int:
        """Milliseconds until that many may come; 0: they may come now, and are counted."""
        left, since = self._left.get(account, (self._most, now_ms))
        passed = max(now_ms - since, 0)
        left = min(self._most, left + passed * self._per_minute / _MINUTE_MS)
        lacking = min(facts, self._most) - left
        if lacking > 0:
            self._left[account] = left, now_ms
            return max(int(lacking * _MINUTE_MS / self._per_minute), 1)
        self._left[account] = left - facts, now_ms
        return 0


async def watchers_only(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """Who may read the figures of running: with a token where one is set, else this machine."""
    front: Front = connection.app.state.front
    token = front.settings.metrics_token
    sent = connection.headers.get("Authorization", "").removeprefix("Bearer ")
    if token:
        allowed = secrets.compare_digest(sent.encode(), token.encode())
    else:
        client = connection.client.host if connection.client else ""
        through = any(name in connection.headers for name in _FORWARDED)
        allowed = _is_loopback(client) and not through
    if not allowed:
        raise NO_WATCHER()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    return _is_address(address) and ipaddress.ip_address(address).is_loopback
