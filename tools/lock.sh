#!/bin/sh
# Pins the requirements with hashes. Pins that still fit stay; `make lock UPGRADE=1` takes the newest.
set -eu
cd "$(dirname "$0")/.."
pin() {
    .venv/bin/uv --no-config pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
        ${UPGRADE:+--upgrade} "$1" --output-file "$2"
}
pin requirements/uv.in requirements/uv.txt
pin pyproject.toml requirements/run.txt
pin requirements/dev.in requirements/dev.txt
