#!/bin/sh
# Runs a test with GLib's order told: see order.c.
LD_PRELOAD=$TC_THREAD_ORDER exec "$@"
