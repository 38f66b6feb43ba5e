"""`tongxin serve`: the web application, and the clock beside it."""

import logging
import multiprocessing
import os
import socket
import ssl
import threading
from pathlib import Path
from typing import Final

import click
from granian import Granian
from granian.constants import Interfaces, Loops, SSLProtocols
from granian.log import LogLevels

from tongxin.base.clock import system_clock
from tongxin.base.problems import ProblemKind
from tongxin.cli.frame import Where, located, say, tell, working
from tongxin.clockwork import tick
from tongxin.installation import Installation
from tongxin.ledger.store import whereabouts
from tongxin.web.front import names_of

ONE_WORKER = ProblemKind(
    "cli.one_worker",
    400,
    zh="SQLite 只能用一个服务进程。请去掉 --workers，或改用 PostgreSQL。",
    en="SQLite takes one web process. Leave --workers out, or use PostgreSQL.",
)
HALF_TLS = ProblemKind(
    "cli.half_tls",
    400,
    zh="--tls-cert 和 --tls-key 要一起给出。",
    en="--tls-cert and --tls-key go together: give both or neither.",
)
BAD_CERTIFICATE = ProblemKind(
    "cli.bad_certificate",
    400,
    zh="证书 {cert} 与私钥 {key} 打不开或不是一对。请核对两个 PEM 文件。",
    en="The certificate {cert} and key {key} do not open or do not fit. Check both PEM files.",
)
ADDRESS_TAKEN = ProblemKind(
    "cli.address_taken",
    409,
    zh="{address} 已被占用或不可用。请换一个 --port 或 --host。",
    en="{address} is in use or cannot be used. Choose another --port or --host.",
)

_STOP_SECONDS: Final = 15
_log = logging.getLogger("tongxin.clock")


class Ticker(threading.Thread):
    """Ticks by itself, at once and then every so many seconds, until it is stopped."""

    def __init__(self, installation: Installation, every_seconds: float) -> None:
        super().__init__(name="clock", daemon=True)
        self._installation, self._every = installation, every_seconds
        self._stopping = threading.Event()

    def run(self) -> None:
        """Tick; a tick that fails is told in the log and tried again."""
        while not self._stopping.is_set():
            try:
                tick(self._installation, system_clock())
            except Exception as error:  # because the clock must outlive whatever fails in a tick
                _log.error("the clock missed a tick: %s", whereabouts(error))
            self._stopping.wait(self._every)

    def stop(self) -> None:
        """Let the tick that is under way end."""
        self._stopping.set()
        self.join()


@click.command(
    "serve", short_help=say("启动网页服务", "serve the pages and the API"),
    help=say(
        "启动网页和接口；时钟（日终账本头、逾期告警）自动走。",
        "Serve pages and API; the clock (daily heads, alarms) runs by itself.",
    ),
)  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--tls-cert", type=click.Path(path_type=Path), help=say("证书（PEM）", "PEM"))
@click.option("--tls-key", type=click.Path(path_type=Path), help=say("私钥（PEM）", "PEM"))
@click.option("--tick-every", default=60.0, show_default=True, metavar="SECONDS",
              type=click.FloatRange(1, 3600))  # fmt: skip
@located
def serve(
    where: Where,
    host: str,
    port: int,
    workers: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    tick_every: float,
) -> None:
    """Serve until SIGTERM or Ctrl-C; what was acknowledged is on disk whenever it ends."""
    _check_tls(tls_cert, tls_key)
    with working(where) as (installation, _):
        if installation.database.is_sqlite and workers > 1:
            raise ONE_WORKER(field="workers")
        _check_free(host, port)
        _hand_down(where, installation, host, tls_cert)
        ticker = Ticker(installation, tick_every)
        try:
            ticker.start()
            _run(host, port, workers, tls_cert, tls_key)
        finally:
            ticker.stop()


def _run(host: str, port: int, workers: int, cert: Path | None, key: Path | None) -> None:
    # A worker must not inherit open databases, keys and threads as a forked process does.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "tongxin.cli.worker:create", address=host, port=port, workers=workers, factory=True,
        interface=Interfaces.ASGI, loop=Loops.auto, websockets=False, ssl_cert=cert, ssl_key=key,
        ssl_protocol_min=SSLProtocols.tls12, log_level=LogLevels.warning,
        workers_kill_timeout=_STOP_SECONDS, respawn_failed_workers=True,
    )  # fmt: skip
    scheme = "https" if cert else "http"
    shown = f"[{host}]" if ":" in host else host

    def announce() -> None:
        tell("{url} 已启动，Ctrl-C 停止。", "{url} is served; Ctrl-C stops it.",
             url=f"{scheme}://{shown}:{port}")  # fmt: skip

    server.on_startup(announce)
    server.serve()
    tell("已停止。", "Stopped.")


def _hand_down(
    where: Where, installation: Installation, host: str, certificate: Path | None
) -> None:
    """What workers need, by the environment: a command line is for all users to read."""
    named = os.environ.get("TONGXIN_HOSTS", "").replace(",", " ").split()
    os.environ["TONGXIN_HOSTS"] = " ".join(sorted(names_of(host, certificate, named)))
    os.environ["TONGXIN_DATABASE_URL"] = where.database_url
    os.environ["TONGXIN_KEYS"] = str(installation.keys.path.absolute())


def _check_tls(cert: Path | None, key: Path | None) -> None:
    if (cert is None) != (key is None):
        raise HALF_TLS(field="tls-cert")
    if cert is None or key is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        raise BAD_CERTIFICATE(cert=cert, key=key) from None


def _check_free(host: str, port: int) -> None:
    """Two servers could share a port without a word: the kernel lets them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(found[0], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found[4])
    except OSError:
        raise ADDRESS_TAKEN(address=f"{host}:{port}") from None


COMMANDS = (serve,)
