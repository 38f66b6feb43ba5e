"""`tongxin demo` and `bench`, and the names that are reserved."""

import contextlib
import importlib
import os
import signal
import socket
import subprocess
import sys
import time
import unicodedata
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
from msgspec import Struct

from tongxin.base.clock import system_clock
from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text
from tongxin.cli.frame import answer, as_json, endings, language, say, tell
from tongxin.demo.building import House
from tongxin.demo.scenario import Scenario, in_whole, read

NOT_YET = ProblemKind(
    "cli.not_yet",
    400,
    zh="tongxin {command} 还没有做好，名称先保留。请在网页上登记。",
    en="tongxin {command} is not there yet; the name is reserved. Record on the pages instead.",
)
NO_SERVER = ProblemKind(
    "cli.no_server",
    500,
    zh="演示的服务没有启动。上一行若没有说明原因，就是 {seconds} 秒内没有起来：机器太忙，请再试。",
    en="The demo's server did not start. If no line above says why, it was not there within "
    "{seconds} seconds: the machine is busy, try again.",
)
_START_SECONDS: Final = 60
_STOP_SECONDS: Final = 30
_BETWEEN_TRIES_S: Final = 0.1
_ANYTHING = {"ignore_unknown_options": True, "allow_extra_args": True}


class Login(Struct, frozen=True):
    """One account of the demo."""

    township: str
    name: str
    username: str
    password: str
    who: str
    role: str
    area: str


@click.command(
    "demo", short_help=say("演示：编造的人，真实的流程", "a made-up township, played and served"),
    help=say(
        "建一个演示（桃林铺镇，编造的人；第二个乡镇用来检验隔离），通过接口演一遍，再提供网页。"
        "数据在 .demo/ 里；建好的演示下次直接打开。",
        "Build a demo (Taolinpu with made-up people, and a second township to be kept out of), "
        "play it through the API, and serve it. It lives in .demo/; the next run opens it again.",
    ),
)  # fmt: skip
@click.option("--no-serve", is_flag=True, help=say("建好就退出", "build it and exit"))
@click.option("--database", metavar="URL", help=say("默认在 .demo/ 里", "default: in .demo/"))
@click.option("--scenario", type=click.Path(path_type=Path), help=say("剧本（TOML）", "TOML"))
@click.option(
    "--seed", default=1, show_default=True, help=say("随机种子", "for the made-up people")
)
@click.option(
    "--whole",
    is_flag=True,
    help=say("全镇规模：9169 户（约一分钟）", "in the township's real size: 9,169 households"),
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@as_json
def demo(
    no_serve: bool,
    database: str | None,
    scenario: Path | None,
    seed: int,
    whole: bool,
    port: int,
    as_json: bool,
) -> None:
    """Build the demo where it is not there yet, and serve it."""
    played = in_whole(read(scenario)) if whole else read(scenario)
    house = House(database)
    with endings():
        if not house.holds(played, seed):
            _build(house, played, seed)
        elif not as_json:
            tell("演示已经建好，直接打开。", "The demo is built already.")
        if no_serve:
            _show(played, None, as_json=as_json)
            return
        with served(house, port) as child:
            _show(played, f"http://127.0.0.1:{port}", as_json=as_json)
            code = _wait_for_the_end(child)
    if code:
        raise click.exceptions.Exit(code)


def _build(house: House, played: Scenario, seed: int) -> None:
    """Build from nothing; progress goes to stderr, so that stdout is for programs."""
    began = time.perf_counter()
    house.clear()

    @contextlib.contextmanager
    def serving() -> Iterator[int]:
        port = free_port()
        with served(house, port):
            yield port

    def progress(text: Text) -> None:
        click.echo(f"  {time.perf_counter() - began:5.1f} s  {text.spoken(language())}", err=True)

    house.build(played, seed, system_clock, serving, progress)
    progress(Text("建好了", "built"))


@contextlib.contextmanager
def served(house: House, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server of its own process on this house, until the block ends."""
    environment = {
        **os.environ, "TONGXIN_DATABASE_URL": house.settings.database_url,
        "TONGXIN_KEYS": str(house.keys_path), "TONGXIN_KEY_FILE": str(house.key_file),
        "TONGXIN_LANGUAGE": language().value,
    }  # fmt: skip
    child = subprocess.Popen(  # noqa: S603 our own program, no shell
        [sys.executable, "-m", "tongxin.cli", "serve", "--port", str(port)],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_until_healthy(child, port)
        yield child
    finally:
        _stop(child)


def _wait_until_healthy(child: subprocess.Popen[bytes], port: int) -> None:
    until = time.perf_counter() + _START_SECONDS
    while time.perf_counter() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except OSError:  # urllib's own errors are OSErrors
            try:
                child.wait(_BETWEEN_TRIES_S)
            except subprocess.TimeoutExpired:
                continue
            break
        return
    raise NO_SERVER(seconds=_START_SECONDS)


def _wait_for_the_end(child: subprocess.Popen[bytes]) -> int:
    """The server's exit code; Ctrl-C is how a demo is meant to end."""
    try:
        return child.wait()
    except KeyboardInterrupt:
        return 0


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Let it end by itself; Ctrl-C at a terminal has reached it already."""
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def logins(played: Scenario) -> list[Login]:
    """Everybody who can sign in."""
    return [
        Login(
            place.code, place.name, each.username, played.password,
            say(f"{each.name}（{each.post}）", each.en or f"{each.name} ({each.post})"),
            each.role, each.area or place.code,
        )
        for place in played.townships
        for each in place.accounts
    ]  # fmt: skip


def _show(played: Scenario, url: str | None, *, as_json: bool) -> None:
    found = logins(played)
    if as_json:
        answer({"scenario": played.id, "url": url, "logins": found})
        return
    click.echo(played.title.spoken(language()))
    rows = [[say("乡镇代码", "township"), say("用户名", "user"), say("密码", "password"),
             say("角色", "role"), say("范围", "area"), say("姓名", "name")]]  # fmt: skip
    rows += [[x.township, x.username, x.password, x.role, x.area, x.who] for x in found]
    widths = [max(width_of(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        padded = (
            cell + " " * (width - width_of(cell)) for cell, width in zip(row, widths, strict=True)
        )
        click.echo("  " + "  ".join(padded).rstrip())
    if url:
        tell("打开 {url} 登录；Ctrl-C 停止。", "Open {url} and sign in; Ctrl-C stops it.", url=url)


def width_of(cell: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in cell)


@click.command(
    "bench", short_help=say("测量性能预算", "measure the budgets"),
    help=say("在本机测量性能预算，与裸上限并列。",
             "Measure the budgets on this machine, each beside its bare ceiling."),
    context_settings={**_ANYTHING, "help_option_names": []},
)  # fmt: skip
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(arguments: tuple[str, ...]) -> None:
    """Hand over to the bench, which is imported only now: it starts servers and databases."""
    importlib.import_module("tongxin.bench").main(list(arguments))


def _reserved(name: str, zh: str, en: str) -> click.Command:
    def not_yet(arguments: tuple[str, ...]) -> None:
        raise NOT_YET(command=name)

    return click.Command(
        name, callback=not_yet, help=say(zh, en), short_help=say(zh, en),
        context_settings=_ANYTHING,
        params=[click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED)],
    )  # fmt: skip


COMMANDS = (
    demo,
    bench,
    _reserved("brief", "（保留）每日简报", "(reserved) the daily brief"),
)
