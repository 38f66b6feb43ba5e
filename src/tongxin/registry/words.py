"""What the levels of areas at risk are called."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tongxin.base.texts import Text

LEVELS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "high": Text("高风险", "high risk"),
        "medium": Text("中风险", "medium risk"),
        "low": Text("低风险", "low risk"),
        "affected": Text("有病例", "with cases"),
    }
)
