"""A pack for tests that uses what the shipped ones do not: contacts, leaving, onset, test days."""

from typing import Final

from tongxin.policy.pack import Pack
from tongxin.policy.reading import read_pack

NAME: Final = "shape.toml"

# After mission.md §3, v9: contacts 7 central + 3 home; medium travel 7 at home from leaving.
SHAPE: Final = """
entity = "person"
[pack]
id = "shape"
version = 3
title = { zh = "形状", en = "Shape" }
legal_basis = { zh = "测试", en = "For tests" }
approved_by = { zh = "测试", en = "For tests" }
valid_from = 2022-06-28
[sources.S36]
title = { zh = "第九版", en = "Ninth edition" }
where = "67dr 999949918"
[areas]
levels = ["high", "medium"]
lookback_days = 7
reach_back_days = 0
otherwise = { id = "low", label = { zh = "低风险", en = "low risk" } }
source = "S36"
clause = { zh = "近七天", en = "Past 7 days" }
[[words]]
id = "high"
label = { zh = "高风险", en = "high risk" }
levels = ["high"]
source = "S36"
clause = { zh = "高风险区", en = "High-risk areas" }
[[words]]
id = "medium"
label = { zh = "中风险", en = "medium risk" }
levels = ["medium"]
source = "S36"
clause = { zh = "中风险区", en = "Medium-risk areas" }
[[deadlines]]
id = "register"
label = { zh = "登记", en = "Register" }
hours = 2
source = "design"
why = { zh = "测试", en = "For tests" }
clause = { zh = "登记", en = "Register" }
[[deadlines]]
id = "question"
label = { zh = "询问", en = "Ask" }
hours = 12
source = "design"
why = { zh = "测试", en = "For tests" }
clause = { zh = "询问", en = "Ask" }
[[deadlines]]
id = "report"
label = { zh = "报告", en = "Report" }
hours = 2
source = "design"
why = { zh = "测试", en = "For tests" }
clause = { zh = "报告", en = "Report" }
[[categories]]
id = "case"
label = { zh = "病例", en = "Case" }
when = [{ reported_case = true }]
anchor = "onset"
anchor_day = 1
duties = ["register"]
source = "S36"
clause = { zh = "病例", en = "Cases" }
[[categories.stages]]
mode = "home_isolation"
label = { zh = "居家隔离", en = "home isolation" }
days = 5
source = "S36"
clause = { zh = "五天", en = "5 days" }
[[categories.release]]
all = ["days_done", "no_symptom"]
source = "S36"
clause = { zh = "解除", en = "Release" }
[[categories]]
id = "contact"
label = { zh = "密接", en = "Close contact" }
when = [{ contact = "close" }]
anchor = "last_exposure"
anchor_day = 0
duties = ["register"]
source = "S36"
clause = { zh = "密接 7+3", en = "Contacts 7 + 3" }
[[categories.stages]]
mode = "central"
label = { zh = "集中隔离", en = "central isolation" }
days = 7
tests = [1, 2, 3, 5, 7]
source = "S36"
clause = { zh = "七天集中", en = "7 days central" }
[[categories.stages]]
mode = "home_monitor"
label = { zh = "居家监测", en = "home monitoring" }
days = 3
tests = [3]
source = "S36"
clause = { zh = "三天居家", en = "3 days at home" }
[[categories.release]]
all = ["days_done", "tests_negative", "no_symptom"]
source = "S36"
clause = { zh = "解除", en = "Release" }
[[categories]]
id = "medium"
label = { zh = "中风险旅居", en = "Medium-risk travel" }
when = [{ origin = ["high"] }, { origin = ["medium"] }]
anchor = "leave_area"
anchor_day = 0
duties = ["register"]
source = "S36"
clause = { zh = "七天居家隔离", en = "7 days isolation at home" }
[[categories.stages]]
mode = "home_isolation"
label = { zh = "居家隔离", en = "home isolation" }
days = 7
source = "S36"
clause = { zh = "七天", en = "7 days" }
[[categories.release]]
all = ["days_done", "no_symptom"]
source = "S36"
clause = { zh = "解除", en = "Release" }
[[categories]]
id = "low"
label = { zh = "其他", en = "Others" }
when = [{}]
anchor = "arrival"
anchor_day = 0
duties = ["register"]
source = "S36"
clause = { zh = "其他", en = "Others" }
[stops]
source = "S36"
clause = { zh = "症状", en = "Symptoms" }
[fever]
celsius = 37.3
source = "design"
why = { zh = "测试", en = "For tests" }
clause = { zh = "发热", en = "Fever" }
[objection]
text = { zh = "可以异议", en = "You may object" }
answer_hours = 24
source = "design"
why = { zh = "测试", en = "For tests" }
clause = { zh = "异议", en = "Objection" }
[retention]
days = 30
source = "design"
why = { zh = "测试", en = "For tests" }
clause = { zh = "删除", en = "Deletion" }
"""


def shape_pack() -> Pack:
    return read_pack(SHAPE.encode(), NAME)


def changed(old: str, new: str) -> bytes:
    """The pack with one piece of text replaced, the first time it stands there."""
    assert old in SHAPE
    return SHAPE.replace(old, new, 1).encode()
