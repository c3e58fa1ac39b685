#!/bin/sh
# usage: headless.sh COMMAND [ARGUMENT…]
# Runs COMMAND on a virtual display, with a session bus, an accessibility bus and a home of its own, so that it neither sees nor touches the user's.
# TC_TEST_HOME names a folder to keep as that home; TC_TEST_SCREEN is the display's size and depth; TC_TEST_CACHE is the cache to use instead of the user's.
set -eu

run=$(mktemp -d "${TMPDIR:-/tmp}/timecoin-headless.XXXXXX")
chmod 700 "$run"
server=
child=

finish ()
{
  # The whole group: dbus-run-session leaves its buses behind when it is ended by a signal.
  [ -z "$child" ] || { kill -TERM "-$child" 2>/dev/null && wait "$child" || true; }
  [ -z "$server" ] || { kill -TERM "$server" 2>/dev/null && wait "$server" || true; }
  rm -rf "$run"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The server picks a free display itself and says which (xvfb-run guesses, and two that start at once guess the same).
cookie=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
xauth -q -f "$run/server-auth" add :0 . "$cookie" 2>/dev/null
mkfifo "$run/display"
Xvfb -displayfd 3 -screen 0 "${TC_TEST_SCREEN:-1280x900x24}" -nolisten tcp -noreset -auth "$run/server-auth" 3>"$run/display" 2>"$run/server.log" &
server=$!
if ! read -r display <"$run/display"; then
  cat "$run/server.log" >&2
  echo "headless.sh: Xvfb did not start" >&2
  exit 1
fi
xauth -q -f "$run/auth" add ":$display" . "$cookie" 2>/dev/null

home=${TC_TEST_HOME:-$run/home}
mkdir -p "$home"
export DISPLAY=":$display" XAUTHORITY="$run/auth" XDG_RUNTIME_DIR="$run"
# Font and shader caches outlive a run: they decide how long the first frame takes.
export XDG_CACHE_HOME="${TC_TEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-$run}/.cache}}"
export HOME="$home" XDG_CONFIG_HOME="$home/.config" XDG_DATA_HOME="$home/.local/share" XDG_STATE_HOME="$home/.local/state"
export GDK_BACKEND=x11 GSK_RENDERER="${GSK_RENDERER:-cairo}" GTK_A11Y="${GTK_A11Y:-atspi}" GSETTINGS_BACKEND=memory NO_AT_BRIDGE=0 LC_ALL=C.UTF-8
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS DBUS_SYSTEM_BUS_ADDRESS AT_SPI_BUS_ADDRESS

# In the background, so that a signal to this script reaches the trap at once; a group of its own, to be ended as one.
# What the buses' daemons print goes to stderr: stdout is COMMAND's alone.
setsid dbus-run-session -- sh -c 'exec "$@" >&4 4>&-' sh "$@" 3>&- 4>&1 >&2 &
child=$!
status=0
wait "$child" || status=$?
exit "$status"
