"""`python -m tongxin.cli`: the same as `tongxin`."""

from tongxin.cli import main

if __name__ == "__main__":
    main()
