#!/bin/sh
# What the browser tests need beyond Python: Chromium, a Chinese font, and strace (Linux only).
# As root on a Debian-like system it installs what is missing; elsewhere it says what to install.
set -eu

browser() {
    if [ -n "${CHROMIUM:-}" ]; then
        set -- "$CHROMIUM"
    else
        set -- chromium chromium-browser google-chrome google-chrome-stable
    fi
    for candidate in "$@"; do
        # Ubuntu ships a `chromium` that only points at another package manager: ask it to start.
        if "$candidate" --version >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

chinese_font() {
    [ "$(uname)" = Darwin ] || fc-list :lang=zh-cn family 2>/dev/null | grep -q .
}

tracer() {
    [ "$(uname)" != Linux ] || command -v strace >/dev/null
}

look() {
    packages=
    browser >/dev/null || packages="$packages chromium"
    chinese_font || packages="$packages fonts-noto-cjk"
    tracer || packages="$packages strace"
}

# An install that was cut short is completed first: apt-get refuses to go on from there.
install() {
    export DEBIAN_FRONTEND=noninteractive
    dpkg --configure -a &&
        apt-get -q -o DPkg::Lock::Timeout=120 update &&
        apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends fontconfig "$@"
}

if [ -n "${CHROMIUM:-}" ] && ! browser >/dev/null; then
    echo "browser: CHROMIUM is set to $CHROMIUM, which does not start. Set it to a Chromium or Chrome, or unset it." >&2
    exit 1
fi
look
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "  browser    installing$packages with apt-get (some minutes the first time)"
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    trap 'exit 130' INT TERM HUP
    # shellcheck disable=SC2086  # the list is meant to be split
    install $packages >"$log" 2>&1 </dev/null || tail -n 15 "$log" >&2
    look
fi
if [ -n "$packages" ]; then
    echo "browser: missing:$packages. Install what is missing (Debian, Ubuntu: apt-get install$packages), or set CHROMIUM to a browser's path; then run this again." >&2
    exit 1
fi
echo "  browser    $(browser), a Chinese font, strace: present"
