"""Lists of made-up people, as people keep them, and the way they go in without a browser."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from tests.sheets.files import REAL, Rows, xlsx
from tests.town import Town
from tests.village import LI, VILLAGES, Worker, id_number
from tongxin.base.ids import new_subject
from tongxin.catalogue import SHEETS
from tongxin.intake.running import Job
from tongxin.intake.staging import Counts, Head, Staging
from tongxin.intake.survey import Asking
from tongxin.sheets import apart
from tongxin.sheets.header import header
from tongxin.sheets.rows import mapped
from tongxin.sheets.values import Setting

ROW = dict(zip(REAL, (
    1, "陈静", id_number("19880612", "024"), "19900000001", "上海市浦东新区",
    "桃林村东头三号", "自驾",
    "2022-04-06", "无异常", "绿码", "阴性", "三针", 36.4, "桃林村", "孙丽", "2022-04-06", "省外",
    "居家隔离",
), strict=True))  # fmt: skip


def row(**told: Any) -> list[Any]:
    """A row of a real ledger; `told` replaces single cells."""
    return list((ROW | told).values())


def ledger(*rows: Sequence[Any], head: Sequence[str] = REAL) -> bytes:
    """A ledger with its title, as a workbook."""
    return xlsx([["桃林铺镇返乡人员台账"], list(head), *rows])


def many(count: int, start: int = 0) -> Rows:
    """So many people, each with an ID number, in all villages."""
    villages = list(VILLAGES.values())
    return [
        row(
            序号=n, 姓名=f"测{chr(0x4E00 + n % 5000)}{chr(0x5000 + n // 5000)}",
            身份证号=id_number(f"{1950 + n % 50}{n // 50 % 12 + 1:02}{n // 600 % 28 + 1:02}",
                           f"{n // 16800 + 101:03}"),
            电话=f"199{n:08}", 上报村=villages[n % len(villages)],
        )
        for n in range(start, start + count)
    ]  # fmt: skip


def staged(town: Town, data: bytes, by: Worker = LI, kind: str = "arrivals", **told: Any) -> Job:
    """A list that was read and mapped as proposed, on its way in; `told` replaces of its head."""
    account = town.account(by)
    remit = town.believed(by).remit
    sheet = SHEETS[kind]
    read = apart.read(data)
    found = mapped(header(read.book.sheets[0], sheet.columns, Setting(2022)))
    head = replace(Head(account, kind, read.book, found, 1, year=2022), **told)
    import_id = new_subject("import")
    asking = Asking(by.township, account, remit, town.now)
    Staging(town.installation.store, by.township).begin(import_id, head, read.parts, town.now)
    return Job(town.installation.store, sheet, import_id, asking)


def taken_in(
    town: Town, data: bytes, by: Worker = LI, kind: str = "arrivals", **told: Any
) -> Counts:
    """Import a list; how many rows became what."""
    return staged(town, data, by, kind, **told).record()
