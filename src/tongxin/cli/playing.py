"""`tongxin demo` and `bench`, and the names that are reserved."""

import importlib

import click

from tongxin.base.problems import ProblemKind
from tongxin.cli.frame import say

NOT_YET = ProblemKind(
    "cli.not_yet",
    400,
    zh="tongxin {command} 还没有做好，名称先保留。请在网页上登记。",
    en="tongxin {command} is not there yet; the name is reserved. Record on the pages instead.",
)
_ANYTHING = {"ignore_unknown_options": True, "allow_extra_args": True}


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
    bench,
    _reserved("import", "（保留）导入名单和风险地区", "(reserved) import lists and risk areas"),
    _reserved("brief", "（保留）每日简报", "(reserved) the daily brief"),
)
