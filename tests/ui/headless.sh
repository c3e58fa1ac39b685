#!/bin/sh
# usage: headless.sh COMMAND [ARGUMENT…]   runs COMMAND on a display, a session bus and an accessibility bus of its own, with empty user folders.
set -eu
run_dir="$(mktemp -d)"
chmod 700 "$run_dir"
server=
trap 'test -z "$server" || kill "$server" 2>/dev/null || true; rm -rf "$run_dir"' EXIT
trap 'exit 143' INT TERM
export XDG_RUNTIME_DIR="$run_dir" HOME="$run_dir"
export XDG_CONFIG_HOME="$run_dir/config" XDG_DATA_HOME="$run_dir/data" XDG_CACHE_HOME="${TC_TEST_CACHE:-$run_dir/cache}"
export GDK_BACKEND=x11 GSK_RENDERER="${GSK_RENDERER:-cairo}" GTK_A11Y="${GTK_A11Y:-atspi}" GSETTINGS_BACKEND=memory LC_ALL=C.UTF-8 NO_AT_BRIDGE=0
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS DBUS_SYSTEM_BUS_ADDRESS || true
# A number of this process's own: two of these scripts may run at once.
number=$((1000 + $$ % 30000))
Xvfb ":$number" -screen 0 "${TC_TEST_SCREEN:-1280x900x24}" -nolisten tcp -noreset -displayfd 3 3>"$run_dir/ready" >"$run_dir/xvfb.log" 2>&1 &
server=$!
for _ in $(seq 200); do
  test -s "$run_dir/ready" && break
  kill -0 "$server" 2>/dev/null || { cat "$run_dir/xvfb.log" >&2; exit 1; }
  sleep 0.05
done
export DISPLAY=":$number"
dbus-run-session -- "$@"
