"""Figures as people read them: a line each while they come in, and tables for the manual."""

from collections.abc import Iterable, Sequence

from tongxin.bench.measures import Figure

_HEAD = (
    "| what | measured | ceiling | of it | p50 / p95 / p99 ms | computed, µs | budget |\n"
    "|---|--:|--:|--:|--:|--:|---|"
)


def line_of(figure: Figure) -> str:
    """One figure as a line of the terminal."""
    cells = [f"{figure.database:<10}", f"{figure.name:<58}", f"{_amount(figure.value, figure):>14}"]
    if figure.ceiling is not None:
        cells.append(f"ceiling {_amount(figure.ceiling, figure)}")
    if figure.ratio is not None:
        cells.append(_percent(figure.ratio))
    if late := _late(figure):
        cells.append(f"ms p50 / p95 / p99 {late}")
    if figure.processor_us is not None:
        cells.append(f"{figure.processor_us:,.0f} µs computed")
    if figure.budget:
        cells.append(f"[{figure.budget}]")
    return "  ".join([*cells, figure.note]).rstrip()


def markdown(figures: Sequence[Figure]) -> str:
    """The tables of docs/benchmarks.md, one for each kind of database."""
    kinds = list(dict.fromkeys(figure.database for figure in figures))
    tables = (
        "\n".join([f"### {kind}", "", _HEAD, *_rows(f for f in figures if f.database == kind)])
        for kind in kinds
    )
    return "\n\n".join(tables)


def _rows(figures: Iterable[Figure]) -> Iterable[str]:
    for figure in figures:
        cells = [
            _name(figure.name),
            _amount(figure.value, figure),
            "–" if figure.ceiling is None else _amount(figure.ceiling, figure),
            "–" if figure.ratio is None else _percent(figure.ratio),
            _late(figure),
            "" if figure.processor_us is None else f"{figure.processor_us:,.0f}",
            figure.budget,
        ]
        yield f"| {' | '.join(cells)} |"


def _name(name: str) -> str:
    """Addresses as code."""
    if not name.startswith(("GET ", "POST ")):
        return name
    asked, comma, where = name.partition(", ")
    path, by, words = asked.partition(" by ")
    return f"`{path}`{by}{words}{comma}{where}"


def _late(figure: Figure) -> str:
    times = (figure.p50_ms, figure.p95_ms, figure.p99_ms)
    if all(ms is None for ms in times):
        return ""
    return " / ".join("–" if ms is None else f"{ms:.1f}" for ms in times)


def _percent(ratio: float) -> str:
    return f"{ratio:.0%}" if ratio >= 0.1 else f"{ratio:.1%}"


def _amount(value: float, figure: Figure) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {figure.unit}"
