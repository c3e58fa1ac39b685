#!/bin/sh
# usage: check-includes.sh SOURCE-ROOT   A folder is reached by its name, through the include roots that meson.build gives: a path with ".." would get around them.
set -eu
cd "$1"
bad=$(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]+"([^"]*/)?\.\.' --include='*.c' --include='*.h' node wallet ui src || true)
[ -z "$bad" ] || { echo "includes by a path of their own:"; echo "$bad"; exit 1; }
pure=$(grep -rnE '\b(g_get_monotonic_time|g_get_real_time|g_random_|randombytes|g_thread_new|g_mutex_|fopen|g_file_|g_socket_|sqlite3_|g_main_context|g_timeout_add|g_warning|g_message|g_debug|g_info|printf) ?\(' \
  --include='*.c' node/ledger node/consensus node/mempool node/engine | grep -v 'g_strdup_printf\|g_strdup_vprintf' || true)
[ -z "$pure" ] || { echo "clock, randomness, threads, disk, wire or logs in the pure part:"; echo "$pure"; exit 1; }
