#!/bin/sh
# The two tools that pip cannot bring: bubblewrap (the graders' jail) and Chromium (the browser tests).
# Installed here where that needs no question (root, apt); elsewhere named, and the tests that need them are skipped.
set -u

packages=""
if [ "$(uname -s)" = Linux ] && ! command -v bwrap >/dev/null; then packages="bubblewrap"; fi
if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null && ! command -v google-chrome >/dev/null; then
    packages="$packages chromium"
fi
[ -n "$packages" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing$(printf ' %s' $packages) with apt"
    log=$(mktemp)
    if { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages; } >"$log" 2>&1; then
        rm -f "$log"
        exit 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
fi
echo "Not on this machine:$(printf ' %s' $packages). The tests that need it are skipped; install it with the system's package manager to run them." >&2
exit 0
