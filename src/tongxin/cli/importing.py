"""`tongxin import …`: the group of the commands by which files come in."""

import click

from tongxin.cli import lists
from tongxin.cli.frame import say
from tongxin.cli.risk_lists import riskareas

importing = click.Group(
    "import", short_help=say("导入名单", "import lists"),
    help=say("从文件导入名单，以某个账号的名义登记。",
             "Import lists from files, recorded as an account's work."),
)  # fmt: skip
for _command in (*lists.COMMANDS, riskareas):
    importing.add_command(_command)
COMMANDS = (importing,)
