"""The command line: `tongxin …`. Here the machine's clock is read, once for each command.

Exit codes: 0 done, 1 a check failed, 2 bad use. Errors are one line on stderr.
"""

import os

from tongxin.cli import (
    accounts,
    checking,
    forgetting,
    importing,
    keeping,
    people,
    playing,
    serving,
    setting_up,
)
from tongxin.cli.frame import Speaking, say

tongxin = Speaking(
    name="tongxin",
    help=say(
        "同心：乡镇疫情防控的记录、判断和任务。",
        "Tongxin: a township's records, judgements and tasks in an epidemic.",
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
)
for _commands in (
    setting_up,
    accounts,
    serving,
    checking,
    people,
    importing,
    forgetting,
    keeping,
    playing,
):
    for _command in _commands.COMMANDS:
        tongxin.add_command(_command)


def main() -> None:
    """What the installed program `tongxin` runs. What it writes is for its owner only."""
    os.umask(0o077)
    tongxin.main()
