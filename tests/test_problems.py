"""The page of problems is what the program would write."""

from tools.problems import PAGE, page


def test_the_page_of_problems_is_current() -> None:
    written = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    assert written == page(), "run: .venv/bin/python tools/problems.py"
