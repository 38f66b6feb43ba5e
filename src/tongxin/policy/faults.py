"""What can be wrong with a pack: each names the file, the key, the value and the mend."""

from tongxin.base.problems import ProblemKind

NOT_TOML = ProblemKind(
    "policy.pack_not_toml",
    400,
    zh="{file}：不是 TOML 文件（{why}）。请用 UTF-8 保存，并改正所指的那一行。",
    en="{file}: this is not TOML ({why}). Save it as UTF-8 and mend the line it names.",
)
UNKNOWN_KEY = ProblemKind(
    "policy.pack_unknown_key",
    400,
    zh="{file}：不认识键 {key}。是不是 {nearest}？请改名或删去。",
    en="{file}: {key} is not a known key. Is it {nearest}? Rename or remove it.",
)
MISSING_KEY = ProblemKind(
    "policy.pack_missing_key",
    400,
    zh="{file}：缺少 {key}。请补上，应为{wanted_zh}。",
    en="{file}: {key} is missing. Add it: {wanted_en} is wanted.",
)
WRONG_TYPE = ProblemKind(
    "policy.pack_wrong_type",
    400,
    zh="{file}：{key} = {value} 不对，请改为{wanted_zh}。",
    en="{file}: {key} = {value} will not do. Make it {wanted_en}.",
)
NO_SOURCE = ProblemKind(
    "policy.pack_no_source",
    400,
    zh="{file}：{table} 有数值，却没有 {missing}。请写明出处；没有公开出处的，"
    '写 source = "design" 并加 why。',
    en="{file}: {table} holds a number but no {missing}. Name it; where nobody published it, "
    'write source = "design" and say why.',
)
UNKNOWN_SOURCE = ProblemKind(
    "policy.pack_unknown_source",
    400,
    zh="{file}：{key} = “{value}” 不在 [sources] 里。是不是 {nearest}？"
    "请改正，或把出处加进 [sources]。",
    en="{file}: {key} = “{value}” is not in [sources]. Is it {nearest}? Mend it, or add it there.",
)
NO_WHY = ProblemKind(
    "policy.pack_no_why",
    400,
    zh='{file}：{table} 标为{mark}，却没有 why。请写 why = {{zh = "…", en = "…"}} 说明理由。',
    en="{file}: {table} is marked {mark} but has no why. "
    'Add why = {{zh = "…", en = "…"}} with the reason.',
)
BAD_NUMBER = ProblemKind(
    "policy.pack_bad_number",
    400,
    zh="{file}：{key} = {value} 不行，应在 {low} 到 {high} 之间。",
    en="{file}: {key} = {value} will not do. It must lie between {low} and {high}.",
)
BAD_NAME = ProblemKind(
    "policy.pack_bad_name",
    400,
    zh="{file}：{key} = “{value}” 不能作名称，请只用小写字母、数字、- 和 _，以字母开头。",
    en="{file}: {key} = “{value}” is no name. Use small letters, digits, - and _, a letter first.",
)
TWICE = ProblemKind(
    "policy.pack_twice",
    400,
    zh="{file}：{key} = “{value}” 出现了两次。请给其中一个改名或删去。",
    en="{file}: {key} = “{value}” stands twice. Rename or remove one of them.",
)
UNDEFINED = ProblemKind(
    "policy.pack_undefined",
    400,
    zh="{file}：{key} = “{value}” 没有定义。是不是 {nearest}？请改正，或在 {where} 里定义。",
    en="{file}: {key} = “{value}” is not defined. Is it {nearest}? Mend it, or define it "
    "in {where}.",
)
NO_FALLBACK = ProblemKind(
    "policy.pack_no_fallback",
    400,
    zh="{file}：最后一个类别 {value} 不能接收所有人。请在最后加一个 when = [{{}}] 的类别。",
    en="{file}: the last category, {value}, does not take everyone. "
    "Add one with when = [{{}}] at the end.",
)
UNREACHABLE = ProblemKind(
    "policy.pack_unreachable",
    400,
    zh="{file}：categories.{value} 永远轮不到，前面的 {before} 已经包括它。"
    "请把它移到前面，或改 when。",
    en="{file}: categories.{value} can never apply: {before}, before it, takes all of it. "
    "Move it up, or change its when.",
)
OVERLAP = ProblemKind(
    "policy.pack_overlap",
    400,
    zh="{file}：{key} = {value} 与前一项重叠或次序颠倒。请按从小到大排列，互不重叠。",
    en="{file}: {key} = {value} overlaps the one before, or is out of order. "
    "Put them in rising order, without overlap.",
)
AT_ODDS = ProblemKind(
    "policy.pack_at_odds",
    400,
    zh="{file}：{key} = {value} 与别处矛盾：{why_zh}。",
    en="{file}: {key} = {value} is at odds with the rest: {why_en}.",
)
