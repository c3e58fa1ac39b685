#!/usr/bin/env python3
"""Writes the tables that tests/ledger/test-reward.c compares the node's reward (rule M5) with: reward-log-digest.txt and reward-shares.txt, into the folder
given. Integers only, and by other ways than the node's: ln n is summed up from ln (n / (n - 1)); shares are of whole numbers without a size."""
import hashlib
import os
import random
import sys

BITS = 224  # of the fraction
LOG_MAX = 1_000_000
WEIGHTS = [100, 1_000, 10_000, 100_000]
REDRAW = 7


def log_ratio(n):
    """2^BITS ln (n / (n - 1)) = 2^BITS x 2 atanh (1 / (2 n - 1)), rounded down: at most BITS units too little."""
    x = 2 * n - 1
    power = (1 << (BITS + 1)) // x
    total = 0
    k = 1
    while power:
        total += power // k
        power //= x * x
        k += 2
    return total


def write_log_digest(path):
    digest = hashlib.blake2b(digest_size=32)
    total = error = 0
    for n in range(1, LOG_MAX + 1):
        if n > 1:
            total += log_ratio(n)
            error += BITS
        low = total >> (BITS - 32)
        # Summing rounded-down terms cannot have lost a unit of the result.
        assert low == (total + error) >> (BITS - 32), n
        digest.update(low.to_bytes(8, "little"))
    with open(path, "w") as file:
        file.write("# BLAKE2b-256 of floor(2^32 ln n) for n = 1 .. %d, 8 bytes each, little-endian\n%s\n" % (LOG_MAX, digest.hexdigest()))


def share_out(items, pot):
    """M5 and M6 on [tier, active, network, balance]: adds to balances, returns the odd units."""
    seen = set()
    weights = []
    for tier, active, network, _ in items:
        counts = active and (tier > 0 or network not in seen)
        if active and tier == 0:
            seen.add(network)
        weights.append(WEIGHTS[tier] if counts else 0)
    free = sum(w for w, i in zip(weights, items) if i[0] == 0)
    whole = sum(weights)
    if whole == 0:
        return pot
    free_pool = min(pot * free // whole, pot * 8 // 100)
    left = pot
    for w, item in zip(weights, items):
        if w == 0:
            continue
        share = free_pool * w // free if item[0] == 0 else (pot - free_pool) * w // (whole - free)
        item[3] += share
        left -= share
    assert left >= 0
    return left


def write_shares(path):
    """Lines: case POT EPOCH N | N times TIER ACTIVE NETWORK BALANCE | odd ODD | N times BALANCE after sharing | paid N times AMOUNT."""
    rng = random.Random(5)
    with open(path, "w") as file:
        file.write("# what tests/data/make-reward-tables.py describes\n")
        for _ in range(400):
            n = rng.choice([1, 2, 3, 5, 8, 13, 60])
            pot = rng.choice([0, 1, 99, 1_000, 10**6, 10**11, 2**61, rng.randrange(1, 2**rng.randrange(1, 61))])
            tiers = rng.choice([[0], [1], [3], [0, 1], [0, 0, 0, 0, 1], [0, 1, 2, 3]])
            networks = rng.choice([1, 3, 100])
            items = [[rng.choice(tiers), int(rng.random() < 0.8), rng.randrange(networks), rng.choice([0, 0, 545, 546, rng.randrange(10**12)])]
                     for _ in range(n)]
            epoch = rng.randrange(1, 1000)
            words = ["case", pot, epoch, n] + [x for item in items for x in item]
            odd = share_out(items, pot)
            words += ["odd", odd] + [item[3] for item in items]
            words += ["paid"] + [item[3] if i % REDRAW == epoch % REDRAW and item[3] >= 546 else 0 for i, item in enumerate(items)]
            file.write(" ".join(map(str, words)) + "\n")


if len(sys.argv) != 2:
    sys.exit("usage: make-reward-tables.py FOLDER")
write_shares(os.path.join(sys.argv[1], "reward-shares.txt"))
write_log_digest(os.path.join(sys.argv[1], "reward-log-digest.txt"))
