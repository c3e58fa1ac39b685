#!/usr/bin/env python3
"""usage: run.py [--quick | --full] [NAME…]: checks the models: the rules as they are must hold, and each broken rule must be noticed.

--quick leaves out what takes long or needs spin: the part that the tests run. --full adds the large ones: hours, and 14 GB of memory. A NAME selects what contains it.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
QUICK, NORMAL, FULL = range(3)

COMMITTEES = "--epochs 2 --powers 1,1,1,0/0,1,1,1"   # a member leaves, another comes
WEIGHTS = "-DW0=1 -DW1=2 -DW2=4 -DWL=3 -DM0=3 -DM1=1 -DM2=2"
SHIFT = "--epochs 2 --powers 1,1,1,0/3,0,0,1"        # the next committee is mostly one member's

# What is run, with finality.py's arguments.
FINALITY = (
    (QUICK, "two transactions", ""),
    (QUICK, "a payment of what is not yet in a block", "--txs 3"),
    (QUICK, "two epochs", "--epochs 2"),
    (QUICK, "unequal power", "--powers 4,2,1 --liars 3"),
    (QUICK, "a restart", "--restarts 1"),
    (QUICK, "a new committee, one transaction", f"--txs 1 {COMMITTEES}"),
    (NORMAL, "power that moves", "--epochs 2 --powers 1,1,1/3,1,1"),
    (NORMAL, "unequal power, more members", "--powers 3,2,1,1 --liars 3"),
    (NORMAL, "unequal power and a restart", "--powers 4,2,1 --liars 3 --restarts 1"),
    (NORMAL, "two restarts", "--restarts 2"),
    (NORMAL, "a restart, three transactions", "--txs 3 --restarts 1"),
    (FULL, "a new committee", COMMITTEES),
    (FULL, "a new committee and a restart, one transaction", f"--txs 1 --restarts 1 {COMMITTEES}"),
    (FULL, "a restart in two epochs", "--epochs 2 --restarts 1"),
    (FULL, "unequal power, more members, a restart", "--powers 3,2,1,1 --liars 3 --restarts 1"),
    (FULL, "unequal power, three transactions", "--powers 3,2,1,1 --liars 3 --txs 3"),
    (FULL, "five members", "--powers 1,1,1,1 --txs 3"),
    (FULL, "two epochs, three transactions", "--epochs 2 --txs 3"),
    (FULL, "four transactions", "--txs 4"),
)
FINALITY_BROKEN = (
    (QUICK, "majority", "--powers 1,1,1,1"),
    (QUICK, "heads", "--powers 4,4 --liars 1,1"),
    (QUICK, "no-locks", ""),
    (QUICK, "evidence-at-once", ""),
    (QUICK, "ack-without-cert", ""),
    (QUICK, "parent-free", "--txs 3"),
    (NORMAL, "parent-any-epoch", "--txs 3 --epochs 2"),
    (QUICK, "stale-cert", "--epochs 2"),
    (NORMAL, "final-across-epochs", "--epochs 2"),
    (QUICK, "early-next-epoch", "--epochs 2"),
    (QUICK, "ack-after-close", ""),
    (QUICK, "close-omits", ""),
    (QUICK, "no-closes", ""),
    (QUICK, "few-closes", ""),
    (QUICK, "uncertified-anywhere", ""),
    (QUICK, "next-committee-acks", SHIFT),
    (QUICK, "next-committee-certs", SHIFT),
    (QUICK, "next-committee-closes", SHIFT),
    (QUICK, "send-first", "--restarts 1"),
    (QUICK, "forget-locks", "--restarts 1"),
    (QUICK, "forget-acks", "--restarts 1"),
    (QUICK, "forget-close", "--restarts 1"),
    (QUICK, "forget-certs", "--restarts 1"),
    (QUICK, "forget-txs", "--restarts 2"),
)
# More than the rules bear: liars of a third.
FINALITY_TOO_MANY = ((QUICK, "liars of a third stop it", "--powers 2,2,2 --liars 3"),)

# With agree.pml's flags.
AGREE = (
    (NORMAL, "one round, a liar proposes", "-DR=1 -DP0=3"),
    (NORMAL, "one round, unequal power", f"-DR=1 -DP0=3 {WEIGHTS}"),
    (NORMAL, "two rounds, a liar proposes first", "-DSEQ -DR=2 -DP0=3 -DP1=0"),
    (NORMAL, "two rounds, a liar proposes second", "-DSEQ -DR=2 -DP0=0 -DP1=3"),
    (NORMAL, "two rounds, unequal power", f"-DSEQ -DR=2 -DP0=3 -DP1=0 {WEIGHTS}"),
    (NORMAL, "two rounds, a restart", "-DSEQ -DR=2 -DP0=0 -DP1=1 -DRESTARTS=1"),
    (FULL, "two rounds, a restart, a liar proposes", "-DSEQ -DR=2 -DP0=3 -DP1=0 -DRESTARTS=1"),
    (FULL, "two rounds, liars propose", "-DSEQ -DR=2 -DP0=3 -DP1=3"),
    (FULL, "three rounds", "-DSEQ -DR=3 -DP0=3 -DP1=0 -DP2=3"),
    (FULL, "two rounds from the start", "-DR=2 -DP0=3 -DP1=0"),
)
AGREE_BROKEN = (
    (NORMAL, "NOCLOSES", "-DR=1 -DP0=3"),
    (NORMAL, "ACKNOCERT", "-DR=1 -DP0=3"),
    (NORMAL, "ACKAFTERCLOSE", "-DR=1 -DP0=3"),
    (NORMAL, "HALF", f"-DSEQ -DR=1 -DP0=3 {WEIGHTS}"),
    (NORMAL, "TIMELY", "-DSEQ -DR=2 -DP0=3 -DP1=0"),
    (NORMAL, "PRIVATE", "-DSEQ -DR=2 -DP0=3 -DP1=0"),
    (NORMAL, "NOLOCK", "-DSEQ -DR=2 -DP0=3 -DP1=0"),
    (NORMAL, "FORGETLOCK", "-DSEQ -DR=2 -DP0=3 -DP1=0 -DRESTARTS=1"),
    (NORMAL, "FORGETBODY", "-DR=1 -DP0=3 -DRESTARTS=2"),
    (NORMAL, "FORGETVOTES", "-DSEQ -DR=2 -DP0=3 -DP1=0 -DRESTARTS=1"),
)


def check_finality(flags, _how):
    """Returns: whether it holds (None: unknown), and what to say."""
    result = subprocess.run([sys.executable, str(HERE / "finality.py")] + flags.split(), capture_output=True, text=True)
    text = result.stdout.strip()
    if result.returncode not in (0, 1) or not text:
        return None, text + result.stderr.strip()[-500:]
    return result.returncode == 0, text.replace("\n", "\n" + 12 * " ")


def check_agree(flags, how):
    with tempfile.TemporaryDirectory() as folder:
        def run(*command):
            return subprocess.run(command, cwd=folder, capture_output=True, text=True)

        made = run("spin", "-a", *flags.split(), str(HERE / "agree.pml"))
        if made.returncode == 0:
            made = run("gcc", *how.split(), "-DSAFETY", "-DNOREDUCE", "-DMEMLIM=14000", "-o", "pan", "pan.c")
        if made.returncode != 0:
            return None, (made.stdout + made.stderr)[-500:]
        text = run("./pan", "-m300", "-w24", "-n").stdout
        errors, states = re.search(r"errors: (\d+)", text), re.search(r"(\d+) states, stored", text)
        # A search that was cut short proves nothing.
        if errors is None or states is None or "Search not completed" in text and errors[1] == "0" or "max search depth too small" in text:
            return None, text[-500:]
        return errors[1] == "0", f"{states[1]} states"


def cases(level):
    """Yields (check, name, flags, how to compile it, whether it should hold)."""
    for check, kind, items in ((check_finality, "finality", FINALITY), (check_agree, "agree", AGREE)):
        for least, name, flags in items:
            if least <= level:
                yield check, f"{kind}: {name}", flags, "-O2 -DCOLLAPSE" if least == FULL else "-O1", True
    for least, name, flags in FINALITY_BROKEN:
        if least <= level:
            yield check_finality, f"finality, broken: {name}", f"{flags} --broken {name}", "", False
    for least, name, flags in FINALITY_TOO_MANY:
        if least <= level:
            yield check_finality, f"finality: {name}", flags, "", False
    for least, name, flags in AGREE_BROKEN:
        if least <= level:
            yield check_agree, f"agree, broken: {name}", f"{flags} -D{name}", "-O0", False


def run_case(case):
    check, name, flags, how, should_hold = case
    began = time.monotonic()
    holds, text = check(flags, how)
    return name, flags, should_hold, holds, text, time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_const", const=QUICK, dest="level", default=NORMAL)
    parser.add_argument("--full", action="store_const", const=FULL, dest="level")
    parser.add_argument("name", nargs="*")
    args = parser.parse_args()
    selected = [case for case in cases(args.level) if not args.name or any(name in case[1] for name in args.name)]
    n_wrong = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() if args.level != FULL else 1) as pool:
        for name, flags, should_hold, holds, text, took_s in pool.map(run_case, selected):
            said = "unknown" if holds is None else "holds" if holds else "violated"
            wrong = holds is not should_hold
            n_wrong += wrong
            print(f"{said + (', AND SHOULD NOT BE' if wrong else ' as expected' if not should_hold else ''):<21} {name} ({flags.strip() or 'plain'}), {took_s:.0f} s\n"
                  f"            {text}", flush=True)
    print(f"{len(selected) - n_wrong} of {len(selected)} as expected")
    return 1 if n_wrong or not selected else 0


if __name__ == "__main__":
    sys.exit(main())
