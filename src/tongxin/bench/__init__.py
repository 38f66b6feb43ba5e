"""What the program's speed is on this machine, each figure beside the bare ceiling of its run."""

from collections.abc import Sequence


def main(arguments: Sequence[str]) -> None:
    """Run `tongxin bench` with these arguments."""
    # Imported only now, so that whoever imports the package need not load what it measures.
    from tongxin.bench.command import bench  # noqa: PLC0415

    bench.main(list(arguments), prog_name="tongxin bench")
