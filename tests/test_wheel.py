"""What `pip install .` installs: every file of the package, data included."""

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_the_wheel_holds_the_whole_package(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if name.startswith("tongxin/")}
        metadata = [name for name in archive.namelist() if name.endswith("/entry_points.txt")]
        assert "tongxin = tongxin.cli:main" in archive.read(metadata[0]).decode()
    package = ROOT / "src"
    wanted = {
        path.relative_to(package).as_posix()
        for path in (package / "tongxin").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert held == wanted
