"""What a search gives away: that somebody has just this number."""

from collections.abc import Iterable
from typing import Final

from tongxin.access import facts
from tongxin.base.texts import Text
from tongxin.desk import Desk
from tongxin.ledger.facts import REGISTRATION

_WHY: Final = Text("按完整号码查到", "found by a whole number")


def found_by_number(desk: Desk, subjects: Iterable[str]) -> None:
    """Record that the account found these people by a whole number of theirs.

    A list shows the last four alone. Whoever types a whole number and finds somebody knows the rest
    from then on, so it is a look like any other; to find nobody tells of nobody.
    """
    fields, why = ("number",), f"{_WHY.zh} {_WHY.en}"
    drafts = [
        desk.draft(
            facts.REVEALED, facts.Revealed(subject=subject, fields=fields, reason=why),
            subject=desk.who.account, purpose=REGISTRATION, area=desk.township,
        )
        for subject in dict.fromkeys(subjects)
    ]  # fmt: skip
    if drafts:
        desk.record_all(drafts)
