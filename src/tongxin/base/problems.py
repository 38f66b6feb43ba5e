"""What can go wrong in a way that we expect, each with a stable code and a sentence that mends it.

Expected failures are `Problem`s; they are translated at the edge (web, cli). A broken invariant
is an assertion and a failed machine an ordinary exception: neither is dressed up as a problem.
A pillar declares its own kinds beside the code that raises them, so this list does not grow with
every pillar; codes are `pillar.what_is_wrong` and unique.
"""

from typing import Final

from tongxin.base.texts import Language, Text


class ProblemKind:
    """One kind of expected failure; calling it makes the `Problem` to raise.

    `status` is the HTTP status. `code` never changes once it has shipped. The text tells the
    field, the value and the mend; `{names}` in it are filled with the keywords of the call.
    Personal data never goes into a problem's values: problems are logged.
    """

    def __init__(self, code: str, status: int, *, zh: str, en: str) -> None:
        if code in ALL_KINDS:
            raise AssertionError(f"two problems are called {code}")
        self.code = code
        self.status = status
        self.text = Text(zh, en)
        ALL_KINDS[code] = self

    def __call__(self, *, field: str | None = None, **values: object) -> "Problem":
        return Problem(self, field, self.text.filled(**values))


class Problem(Exception):
    """An expected failure on its way to the edge. `field` names the input at fault, if one is."""

    def __init__(self, kind: ProblemKind, field: str | None, text: Text) -> None:
        super().__init__(f"{kind.code}: {text.en}")
        self.kind = kind
        self.field = field
        self.text = text

    @property
    def code(self) -> str:
        return self.kind.code

    @property
    def status(self) -> int:
        return self.kind.status

    def spoken(self, language: Language) -> str:
        return self.text.spoken(language)


ALL_KINDS: Final[dict[str, ProblemKind]] = {}

MALFORMED = ProblemKind(
    "base.malformed", 400, zh="看不懂这份内容：{why}。", en="This could not be read: {why}."
)
NOT_FOUND = ProblemKind(
    "base.not_found",
    404,
    zh="没有找到。可能已被删除，或不在您的管辖范围内。",
    en="Nothing was found here. It may have been removed, or lies outside your remit.",
)
BAD_AREA = ProblemKind(
    "base.bad_area",
    400,
    zh="区划代码“{value}”不对：应为 2、4、6、9 或 12 位数字，网格再加 -NN。",
    en="“{value}” is not an area code: use 2, 4, 6, 9 or 12 digits, and -NN for a grid.",
)
BAD_ID = ProblemKind(
    "base.bad_id",
    400,
    zh="编号“{value}”不对：应为 UUID 第 7 版。",
    en="“{value}” is not an id: a UUID of version 7 is wanted.",
)
BAD_DAY = ProblemKind(
    "base.bad_day",
    400,
    zh="日期“{value}”不对：应写成 2022-04-07 的样子，在 2000 年到 2200 年之间。",
    en="“{value}” is not a day: write it as 2022-04-07, between 2000 and 2200.",
)
BAD_INSTANT = ProblemKind(
    "base.bad_instant",
    400,
    zh="时间“{value}”不对：要写明时区，例如 2022-04-07T06:00:00+08:00。",
    en="“{value}” is not an instant: give the zone too, as in 2022-04-07T06:00:00+08:00.",
)
