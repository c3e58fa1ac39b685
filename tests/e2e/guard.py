"""The guard against signing twice (rule C5), on real files: a crash leaves a masternode free to sign at once; a copy of its data directory, a backup of it or of
signed.sqlite, and a missing file keep it silent until the next epoch; a damaged one is left as it is. timed signed says which."""

import json
import os
import shutil
import subprocess

from harness import HEIGHT_S, check, main, say, wait_for

PARAMETERS = {"block_interval_ms": 1000, "epoch_length_ms": 8000, "clock_ahead_ms": 1000}
EPOCHS_S = 40  # for the next epoch, or the one after it, to begin


def look(world, daemon, *more):
    """What timed signed says of a data directory."""
    command = [world.timed, "signed", "--data-dir", daemon.data_dir, "--network", world.network_file, "--json", *more]
    said = subprocess.run(command, check=False, capture_output=True, text=True)
    check(said.returncode == 0, f"timed signed failed: {said.stderr}")
    return json.loads(said.stdout)


def state(daemon):
    return daemon.rpc().getconsensusinfo()["signing_state"]


def wait_state(daemon, wanted, seconds):
    rpc = daemon.rpc()
    wait_for(f"{daemon.name} to be “{wanted}”", seconds, lambda: rpc.getconsensusinfo()["signing_state"] == wanted, interval=0.1)


def grow(daemon, blocks):
    rpc = daemon.rpc()
    least = rpc.getblockcount() + blocks
    wait_for(f"a height of {least}", HEIGHT_S, lambda: rpc.getblockcount() >= least)


def begin_of_epoch(daemon):
    """Waits for a young epoch, so that what follows happens within it."""
    rpc = daemon.rpc()
    info = rpc.getconsensusinfo()
    wait_for("an epoch to begin", EPOCHS_S, lambda: rpc.getconsensusinfo()["epoch"] > info["epoch"], interval=0.05)


def silent_then_signing(world, daemon, identity):
    """A stopped masternode whose store is old: it says so, signs nothing in this epoch, and signs in a later one."""
    before = look(world, daemon)
    check(before["identity"] == identity, f"timed signed finds {daemon.name}'s file to be {before['identity']}, not {identity}")
    check(before["signs_now"] is False and before["why_not"], "timed signed does not say that it may not sign")
    daemon.start()
    epoch = daemon.rpc().getconsensusinfo()["epoch"]
    check(state(daemon) in ("old-store", "no-member"), f"{daemon.name} is “{state(daemon)}” with a file that is {identity}")
    check("signed.sqlite" in daemon.tail(), f"{daemon.name} did not log why it is silent")
    running = look(world, daemon)
    check(running["identity"] == "same" and running["running"], "the file was not given a new name")
    wait_state(daemon, "yes", EPOCHS_S)
    check(daemon.rpc().getconsensusinfo()["epoch"] > epoch, f"{daemon.name} signed in the epoch in which its file was found to be {identity}")
    say(f"a file that is {identity}: silent in epoch {epoch}, then signing")


def survive_22_crash(world, daemon):
    for _ in range(3):
        grow(daemon, 1)
        daemon.kill()
        found = look(world, daemon)
        check(found["identity"] == "same" and not found["running"], f"after kill -9 the file is {found['identity']}")
        daemon.start()
        check(state(daemon) == "yes", f"after kill -9 {daemon.name} is “{state(daemon)}”")
    say("after kill -9 it signs on at once")


def survive_20_second_copy(world, daemon):
    """The copy is silent, sees that the other one signs, and stops; the original never notices."""
    begin_of_epoch(daemon)
    copy = world.masternode(9)
    shutil.copytree(daemon.data_dir, copy.data_dir)
    copy.options = ["--network", world.network_file, "--operator-key", os.path.join(copy.data_dir, "operator.key"), "--listen", "127.0.0.1:0"]
    check(look(world, copy)["identity"] == "copied", "a copy is not known as one")
    copy.start()
    check(state(copy) in ("old-store", "met-itself"), f"the copy is “{state(copy)}”")
    wait_state(copy, "met-itself", EPOCHS_S)
    check(state(daemon) == "yes", "the original stopped signing")
    check(look(world, copy)["stop"] is not None, "that the copy met itself is not on disk")
    copy.kill()
    world.daemons.remove(copy)
    say("a second copy is silent, and stops once it hears the first")


def survive_20_old_signed(world, daemon):
    """An old signed.sqlite written over the newer one: the same file, an earlier state."""
    path = os.path.join(daemon.data_dir, "signed.sqlite")
    daemon.stop()
    with open(path, "rb") as file:
        old = file.read()
    daemon.start()
    grow(daemon, 2)
    daemon.stop()
    with open(path, "r+b") as file:
        file.truncate()
        file.write(old)
    silent_then_signing(world, daemon, "restored")


def survive_20_old_directory(world, daemon):
    backup = daemon.data_dir + ".backup"
    daemon.stop()
    shutil.copytree(daemon.data_dir, backup)
    daemon.start()
    grow(daemon, 2)
    daemon.stop()
    shutil.rmtree(daemon.data_dir)
    os.rename(backup, daemon.data_dir)
    silent_then_signing(world, daemon, "copied")


def survive_20_moved_directory(world, daemon):
    """A directory that is only renamed is the same."""
    moved = daemon.data_dir + ".moved"
    daemon.stop()
    os.rename(daemon.data_dir, moved)
    os.rename(moved, daemon.data_dir)
    daemon.start()
    check(state(daemon) == "yes", "a renamed directory is not its own any more")


def survive_20_missing(world, daemon):
    path = os.path.join(daemon.data_dir, "signed.sqlite")
    daemon.stop()
    os.remove(path)
    said = subprocess.run([world.timed, "signed", "--data-dir", daemon.data_dir], check=False, capture_output=True, text=True)
    check(said.returncode == 1 and path in said.stderr, f"timed signed of a missing file says: {said.stderr}")
    daemon.start()
    check(state(daemon) == "old-store", f"without its file {daemon.name} is “{state(daemon)}”")
    wait_state(daemon, "yes", EPOCHS_S)


def survive_20_override(world, daemon):
    """--sign-anyway holds in the epoch that it names, and in no other."""
    daemon.stop()
    begin_of_epoch(world.a)
    backup = daemon.data_dir + ".backup"
    os.rename(daemon.data_dir, backup)
    shutil.copytree(backup, daemon.data_dir)
    epoch = world.a.rpc().getconsensusinfo()["epoch"]
    daemon.start("--sign-anyway", str(epoch + 1000))
    check(state(daemon) == "old-store", "--sign-anyway holds in another epoch than it names")
    daemon.stop()
    daemon.start("--sign-anyway", str(epoch))
    rpc = daemon.rpc()
    info = wait_for("--sign-anyway to help", EPOCHS_S, lambda: (now := rpc.getconsensusinfo())["signing_state"] == "yes" and now)
    check(info["epoch"] == epoch, f"--sign-anyway {epoch} helped in epoch {info['epoch']} only")
    say(f"--sign-anyway {epoch}: signing in that epoch")
    shutil.rmtree(backup)


def survive_23_damaged(world, daemon):
    path = os.path.join(daemon.data_dir, "signed.sqlite")
    daemon.stop()
    with open(path, "r+b") as file:
        file.write(b"\0" * 4096)
    with open(path, "rb") as file:
        damaged = file.read()
    said = subprocess.run([world.timed, "signed", "--data-dir", daemon.data_dir], check=False, capture_output=True, text=True)
    check(said.returncode == 1 and "damaged" in said.stderr and "move it away" in said.stderr, f"timed signed of a damaged file says: {said.stderr}")
    _, text = daemon.run_to_failure()
    check("damaged" in text and "move it away" in text, f"a damaged file: {text}")
    with open(path, "rb") as file:
        check(file.read() == damaged, "the damaged file was changed")
    say("a damaged file is left as it is")


def scenario(world, options):
    world.start_all()
    first, second = world.masternodes[:2]
    grow(first, 3)
    found = look(world, first)
    check(found["running"] and found["signs_now"] and found["precommit"]["height"] >= 2, f"of a running masternode timed signed says {found}")
    survive_22_crash(world, first)
    survive_20_second_copy(world, first)
    survive_20_old_signed(world, first)
    survive_20_old_directory(world, second)
    survive_20_moved_directory(world, second)
    survive_20_override(world, second)
    survive_20_missing(world, first)
    survive_23_damaged(world, first)


if __name__ == "__main__":
    main(scenario, PARAMETERS)
