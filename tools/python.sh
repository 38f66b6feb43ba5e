#!/bin/sh
# Prints the first Python on this machine that is new enough, or says which one to install.
for python in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3 python}; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        command -v "$python"
        exit 0
    fi
done
echo "setup: Python 3.11 or newer is needed, and none was found. Install it, or name it: make PYTHON=/path/to/python3 …" >&2
exit 1
