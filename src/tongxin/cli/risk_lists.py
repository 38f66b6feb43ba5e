"""`tongxin import riskareas`: a national list is proposed and shows whom it changes; with
`--confirm`, somebody else brings it into force."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.base.clock import system_clock
from tongxin.base.ids import new_id
from tongxin.base.problems import ProblemKind
from tongxin.catalogue import KINDS
from tongxin.cli.frame import (
    Where,
    answer,
    as_json,
    asked_secret,
    language,
    located,
    one_township,
    say,
    tell,
    working,
)
from tongxin.desk import Who, drafted, taken
from tongxin.installation import Installation
from tongxin.ledger import opening
from tongxin.ledger.facts import OFFICE, Fact, Kind
from tongxin.ledger.kinds import APPROVED, Approved
from tongxin.policy.explain import WORDS, spoken_instant
from tongxin.policy.judgement import Standing
from tongxin.registry import facts
from tongxin.registry.risklists import proposing, queries
from tongxin.registry.risklists.differing import Turn
from tongxin.web import preview, sessions

FILE_OR_DIGEST = ProblemKind(
    "cli.file_or_digest",
    400,
    zh="请给出名单文件，或用 --confirm 给出要批准的名单的指纹，两者只取其一。",
    en="Give the file of the list, or --confirm with the fingerprint of the one to approve: one of "
    "the two.",
)
NO_SUCH_LIST = ProblemKind(
    "cli.no_such_list",
    404,
    zh="没有指纹以 {digest} 开头的名单，或不止一份。指纹至少写 8 位。",
    en="There is no list whose fingerprint begins with {digest}, or more than one. Type 8 "
    "characters of it at least.",
)
IN_FORCE = ProblemKind(
    "cli.list_in_force", 409, zh="这份名单已经生效。", en="This list is in force already."
)
WHICH_TOWNSHIP = ProblemKind(
    "cli.one_of_several",
    400,
    zh="这里有几个乡镇，请用 --township 指明一个。",
    en="There are several townships here: choose one with --township.",
)
_SHORTEST = 8


class Told(Struct, frozen=True):
    """What a list is and changes. `state`: tried, proposed or in_force."""

    state: str
    sha256: str
    published_at: datetime
    subject: str
    areas: dict[str, int]
    preview: preview.Preview


@click.command(
    "riskareas", short_help=say("国家风险地区名单", "the national list of areas at risk"),
    help=say(
        "提议一份国家风险地区名单（接口原样的 JSON），打印会影响谁、怎么变；由另一人用 --confirm "
        "批准后才生效。询问账号的密码。",
        "Propose a national list of areas at risk (JSON as served) and print whom it changes, and "
        "how. It counts once somebody else confirms it. Asks for the account's password.",
    ),
)  # fmt: skip
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--account", metavar="USER", required=True, help=say("以谁的名义", "in whose name"))
@click.option("--confirm", metavar="DIGEST", help=say("批准这份名单", "approve this list"))
@click.option(
    "--source", default="国务院客户端", show_default=True,
    help=say("名单的出处", "where the list is from"),
)  # fmt: skip
@click.option(
    "--dry-run", is_flag=True, help=say("只看影响，不提议", "tell what it changes; propose nothing")
)
@one_township
@as_json
@located
def riskareas(
    where: Where, file: Path | None, account: str, confirm: str | None, source: str, dry_run: bool,
    township: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Propose a list, or approve one."""
    if (file is None) == (confirm is None):
        raise FILE_OR_DIGEST(field="file")
    with working(where, township) as (installation, known):
        if len(known) > 1:
            raise WHICH_TOWNSHIP(field="township")
        with _signed_in(installation, known[0], account) as who:
            errand = Errand(installation, who)
            if file is not None:
                told = errand.propose(file.read_bytes(), source, dry_run=dry_run)
            else:
                told = errand.approve(confirm or "")
    if as_json:
        answer(told)
    else:
        _show(told)


@contextmanager
def _signed_in(installation: Installation, township: str, username: str) -> Iterator[Who]:
    """Somebody whose password was typed, for as long as the block lasts."""
    store, now = installation.store, system_clock()
    what = say("{name} 的密码", "Password of {name}", name=username)
    session = sessions.sign_in(store, township, username, asked_secret(what), now)
    who = sessions.who(store, sessions.hash_of(session.token), now)
    if who is None:
        raise AssertionError("a session that has just begun is not there")
    try:
        yield who
    finally:
        sessions.sign_out(store, who)


class Errand:
    """One list, on behalf of one person."""

    def __init__(self, installation: Installation, who: Who) -> None:
        self.installation, self.who = installation, who

    def propose(self, raw: bytes, source: str, *, dry_run: bool) -> Told:
        """Propose what is in a file, once only; or tell what it would change."""
        body = proposing.carried(raw, source, system_clock())
        proposal, subject = proposing.named(body)
        with self.installation.database.reading() as connection:
            row = queries.list_row(self.who.remit, connection, self.who.township, subject)
        if row is None and not dry_run:
            self._record(facts.RISK_LIST_PROPOSED, body, subject, proposal)
        state = "tried" if row is None and dry_run else "proposed"
        if row is not None and row["in_force_seq"] is not None:
            state = "in_force"
        return self._told(state, subject, proposal, body)

    def approve(self, digest: str) -> Told:
        """Bring somebody else's list into force and wait until all are judged again."""
        store, township = self.installation.store, self.who.township
        with self.installation.database.reading() as connection:
            rows = queries.list_rows(self.who.remit, connection, township)
            fits = [row for row in rows if row["sha256"].startswith(digest)]
            if len(digest) < _SHORTEST or len(fits) != 1:
                raise NO_SUCH_LIST(field="confirm", digest=digest[:64])
            (row,) = fits
            body = self._body(connection, row["subject"])
        if row["in_force_seq"] is not None:
            raise IN_FORCE(field="confirm")
        self._record(APPROVED, Approved(proposal=row["proposal"]), row["subject"], new_id())
        store.settle()
        return self._told("in_force", row["subject"], row["proposal"], body)

    def _record(self, kind: Kind, body: Fact, subject: str, id: str) -> None:
        store, now, area = self.installation.store, system_clock(), self.who.township
        draft = drafted(
            self.who, store, now, kind, body, subject=subject, purpose=OFFICE, area=area, id=id
        )
        taken(store.record([draft], now)[0])

    def _body(self, connection: Connection, subject: str) -> facts.RiskListProposed:
        keys, township = self.installation.keys, self.who.township
        stream = opening.streams(connection, keys, KINDS, township, [subject])[subject]
        return next(e.body for e in stream.entries if isinstance(e.body, facts.RiskListProposed))

    def _told(self, state: str, subject: str, proposal: str, body: facts.RiskListProposed) -> Told:
        store, township, now = self.installation.store, self.who.township, system_clock()
        with self.installation.database.reading() as connection:
            context = self.installation.context(connection, township)
            compared = preview.of_list(context, proposal, body, now)
            shown = preview.compare(store, connection, self.who.remit, township, compared, now)
            while shown.next:
                more = preview.compare(
                    store, connection, self.who.remit, township, compared, now, shown.next
                )
                shown = preview.together(shown, more)
        turns = proposing.turned(context.lists, proposal, body)
        return Told(state, body.sha256, body.published_at, subject, turns, shown)


def _show(told: Told) -> None:
    at = spoken_instant(told.published_at).spoken(language())
    tell("{at} 的名单，指纹 {d}", "List of {at}, fingerprint {d}", at=at, d=told.sha256[:16])
    tell("  地方：新增 {added}，升级 {raised}，降级 {lowered}，解除 {lifted}",
         "  places: {added} added, {raised} raised, {lowered} lowered, {lifted} lifted",
         **{turn.value: told.areas.get(turn.value, 0) for turn in Turn})  # fmt: skip
    found = told.preview
    tell("  触及 {n} 人，{c} 人次的状态改变，新增任务 {f} 项",
         "  touches {n} people, changes {c} standings, {f} tasks more",
         n=found.touched, c=found.changed, f=found.fresh_tasks)  # fmt: skip
    for each in found.changes:
        click.echo(f"    {each.name}  {each.area}  {_stand(each.before)} → {_stand(each.after)}"
                   f"  /arrivals/{each.person}")  # fmt: skip
    if told.state == "tried":
        tell("只是试算，没有提议。", "A trial only: nothing was proposed.")
    elif told.state == "proposed":
        tell("已提议，还没有生效。由另一人批准：tongxin import riskareas --confirm {d} --account …",
             "Proposed, not in force yet. Somebody else approves: "
             "tongxin import riskareas --confirm {d} --account …", d=told.sha256[:16])  # fmt: skip
    else:
        tell("已生效，触及的人都已重新判断。", "In force; all whom it touches are judged again.")


def _stand(stand: preview.Stand) -> str:
    word = WORDS[Standing(stand.standing)].spoken(language())
    return f"{word}（{stand.label.zh}）" if language() == "zh" else f"{word} ({stand.label.en})"
