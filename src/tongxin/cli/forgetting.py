"""`tongxin forget`: on its day, or before it with one person's reason and another's approval."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import click
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.arrivals.retention import forget_at
from tongxin.base.clock import system_clock
from tongxin.base.ids import new_id, subject_id
from tongxin.base.problems import ProblemKind
from tongxin.catalogue import KINDS, plans
from tongxin.cli.frame import (
    Where,
    answer,
    as_json,
    asked_secret,
    home_of,
    located,
    one_township,
    say,
    tell,
    working,
)
from tongxin.cli.keeping import tell_log_kept
from tongxin.desk import Who, drafted, taken
from tongxin.installation import Installation
from tongxin.ledger.clusters import cluster_of
from tongxin.ledger.facts import OFFICE, Fact, Kind, Stream
from tongxin.ledger.forgetting import (
    NEVER_RECORDED,
    NOT_APPROVED,
    NOTHING_TO_FORGET,
    ON_ITS_DAY,
    Certificate,
    approval,
    purposes_of,
)
from tongxin.ledger.holding import never_recorded
from tongxin.ledger.kinds import APPROVED, FORGET_PROPOSED, Approved, ForgetProposed
from tongxin.web import sessions

ONLY_PEOPLE = ProblemKind(
    "cli.only_people",
    400,
    zh="只能销毁个人资料（person-…）。账号请停用，不要销毁：它签过的记录还要核对。",
    en="Only people (person-…) are forgotten. Close an account instead: what it signed must "
    "still verify.",
)
NO_REASON = ProblemKind(
    "cli.no_reason",
    400,
    zh="提前销毁要写明理由：--reason（不要写姓名）。",
    en="Forgetting before the day needs --reason. Name nobody in it.",
)
SAME_PERSON = ProblemKind(
    "cli.same_person",
    400,
    zh="申请人和批准人必须是两个人。",
    en="Two different people must propose and approve.",
)
NO_PROPOSAL = ProblemKind(
    "cli.no_proposal",
    404,
    zh="{subject} 没有等待批准的销毁申请。请先 --propose-as。",
    en="Nobody has proposed to forget {subject}. Use --propose-as first.",
)


class Proposed(Struct, frozen=True):
    """A proposal to forget that waits for a second person."""

    subject: str
    proposal: str


Result = Certificate | Proposed


@click.command(
    "forget", short_help=say("销毁一个人的资料", "forget somebody"),
    help=say(
        "销毁一个人的资料，打印证明。到期的行程不用审批；提前销毁要一人申请（写明理由）、"
        "另一人批准：在网页上办理，或用 --propose-as 和 --approve-as（询问两人的密码）。",
        "Forget somebody and print the certificate. Episodes whose day has come need no approval; "
        "before it, one person proposes with a reason and another approves: on the pages, or by "
        "--propose-as and --approve-as (their passwords are asked for).",
    ),
)  # fmt: skip
@click.argument("subject")
@click.option("--reason", default="", help=say("理由，不写姓名", "why; name nobody"))
@click.option("--propose-as", metavar="USER", help=say("申请人的用户名", "who proposes"))
@click.option("--approve-as", metavar="USER", help=say("批准人的用户名", "who approves"))
@one_township
@as_json
@located
def forget(
    where: Where,
    subject: str,
    reason: str,
    propose_as: str | None,
    approve_as: str | None,
    township: str | None,
    as_json: bool,
) -> None:
    """Forget one person, or record the proposal for it."""
    wanted = subject_id(subject, "subject")
    if not wanted.startswith("person-"):
        raise ONLY_PEOPLE(field="subject")
    if propose_as and not reason:
        raise NO_REASON(field="reason")
    if propose_as and propose_as == approve_as:
        raise SAME_PERSON(field="approve-as")
    with working(where, township) as (installation, named):
        with installation.database.reading() as connection:
            home = home_of(connection, named, wanted, held_too=True)
        result = Errand(installation, home, wanted).run(reason, propose_as, approve_as)
    if as_json:
        answer(result)
    else:
        _show(result)


class Errand:
    """One wish to forget one person."""

    def __init__(self, installation: Installation, township: str, subject: str) -> None:
        self.installation, self.township, self.subject = installation, township, subject

    def run(self, reason: str, propose_as: str | None, approve_as: str | None) -> Result:
        """Propose, approve and forget, as far as was asked and as far as is allowed."""
        if propose_as:
            proposal = self._propose(propose_as, reason)
            if not approve_as:
                return proposal
        if approve_as:
            self._approve(approve_as)
        now = system_clock()
        purposes, why = self._allowed(reason, now)
        return self.installation.forgetting.forget(self.township, self.subject, purposes, why, now)

    def _allowed(self, reason: str, now: datetime) -> tuple[Sequence[str], str]:
        """Which purposes may be forgotten now and why, or `ledger.forgetting_not_approved`."""
        with self.installation.database.reading() as connection:
            left = never_recorded(connection, self.township, self.subject)
            if left and not self._found(connection):
                return sorted(left), reason or NEVER_RECORDED
            records = self._records(connection)
            agreed = approval(records)
            if agreed is not None:
                return agreed.purposes, agreed.reason
            context = self.installation.context(connection, self.township)
            due = {
                entry.header.purpose
                for judged in plans(records, context).values()
                if (day := forget_at(judged)) is not None and day <= now
                for entry in judged.entries
            } | set(left)
        if not due:
            raise NOT_APPROVED(subject=self.subject)
        return sorted(due), reason or ON_ITS_DAY

    def _propose(self, username: str, reason: str) -> Proposed:
        with self.installation.database.reading() as connection:
            records = self._records(connection)
        purposes = tuple(sorted({p for stream in records for p in purposes_of(stream)}))
        proposal = new_id()
        body = ForgetProposed(purposes=purposes, reason=reason)
        self._record(username, FORGET_PROPOSED, body, proposal)
        return Proposed(self.subject, proposal)

    def _approve(self, username: str) -> None:
        with self.installation.database.reading() as connection:
            records = self._records(connection)
        left = {purpose for stream in records for purpose in purposes_of(stream)}
        open_ = [
            entry
            for stream in records
            for entry in stream.entries
            if isinstance(entry.body, ForgetProposed) and set(entry.body.purposes) & left
        ]
        if not open_:
            raise NO_PROPOSAL(subject=self.subject)
        newest = max(open_, key=lambda entry: entry.header.seq)
        by, self.subject = newest.header.author, newest.header.subject
        self._record(username, APPROVED, Approved(proposal=newest.id), new_id(), not_by=by)

    def _record(self, username: str, kind: Kind, body: Fact, id: str, not_by: str = "") -> None:
        """As somebody whose password was typed, and as far as his remit reaches."""
        with self.installation.database.reading() as connection:
            area = self._records(connection)[0].last_area
        what = say("{name} 的密码", "Password of {name}", name=username)
        store, now = self.installation.store, system_clock()
        session = sessions.sign_in(store, self.township, username, asked_secret(what), now)
        who = sessions.who(store, sessions.hash_of(session.token), now)
        if who is None:
            raise AssertionError("a session that has just begun is not there")
        try:
            if who.account == not_by:
                raise SAME_PERSON(field="approve-as")
            self._draft(who, kind, body, area, id)
        finally:
            sessions.sign_out(store, who)

    def _draft(self, who: Who, kind: Kind, body: Fact, area: str, id: str) -> None:
        store, now = self.installation.store, system_clock()
        draft = drafted(
            who, store, now, kind, body, subject=self.subject, purpose=OFFICE, area=area, id=id
        )
        taken(store.record([draft], now)[0])

    def _found(self, connection: Connection) -> list[Stream]:
        return cluster_of(connection, self.installation.keys, KINDS, self.township, self.subject)

    def _records(self, connection: Connection) -> list[Stream]:
        """All records that are one with the one named, the lead first."""
        records = self._found(connection)
        if not any(purposes_of(stream) for stream in records):
            raise NOTHING_TO_FORGET(field="subject", subject=self.subject)
        return records


_COPIES: Final = (
    ("没有密钥备份，现在就已不可恢复。", "There is no backup of the keys: it is gone now."),
    ("最后一份密钥备份到 {day} 失效，此后不可恢复。",
     "The last backup of the keys expires on {day}: after that it is gone for good."),
)  # fmt: skip


def _show(result: Result) -> None:
    if isinstance(result, Proposed):
        tell("已申请销毁 {s}（{p}），等待另一人批准：tongxin forget {s} --approve-as …",
             "Proposed to forget {s} ({p}). A second person approves: "
             "tongxin forget {s} --approve-as …", s=result.subject, p=result.proposal)  # fmt: skip
        return
    tell("销毁证明", "Certificate of forgetting")
    tell("  对象    {it}（{t}）", "  subject  {it} ({t})", it=result.subject, t=result.township)
    tell("  范围    {it}", "  purposes {it}", it=" ".join(result.purposes))
    tell("  记录    {it} 条，已不可读", "  facts    {it}, unreadable now", it=result.facts)
    tell("  时间    {it}", "  at       {it}", it=result.forgotten_at.isoformat(timespec="seconds"))
    tell("  账本头  第 {n} 条，{h}", "  head     entry {n}, {h}",
         n=result.head_seq, h=result.head_hash)  # fmt: skip
    none, some = _COPIES
    zh, en = some if result.backups_until else none
    tell("  " + zh, "  " + en, day=result.backups_until or "")
    if not result.log_emptied:
        tell_log_kept()
    if result.rows_until:
        tell(
            "  PostgreSQL 文件里已删除的行，要到下一次 VACUUM 和基础备份之后才真正清除。",
            "  PostgreSQL keeps deleted rows in its files until the next vacuum and base backup.",
        )


COMMANDS = (forget,)
