"""Rule C8 with real processes: the masternodes lose everything but their keys and found the chain a second time. A node that holds the first chain meets the second, halts, as they do, and
keeps both proofs over a restart; each goes on with its own chain once its operator says that its block stands."""

import json
import os
import subprocess

from harness import HEIGHT_S, check, main, say, wait_for

PARAMETERS = {"block_interval_ms": 1000, "epoch_length_ms": 30000}
HALT_S = 30  # a node looks at a peer's tip with each status


def look(world, daemon, *more):
    command = [world.timed, "signed", "--data-dir", daemon.data_dir, "--network", world.network_file, "--json", *more]
    said = subprocess.run(command, check=False, capture_output=True, text=True)
    check(said.returncode == 0, f"timed signed failed: {said.stderr}")
    return json.loads(said.stdout)


def grow(daemon, height):
    rpc = daemon.rpc()
    wait_for(f"height {height}", HEIGHT_S + height, lambda: rpc.getblockcount() >= height)


def forget_everything(daemon):
    for name in os.listdir(daemon.data_dir):
        if name != "operator.key":
            os.remove(os.path.join(daemon.data_dir, name))


def is_halted(daemon):
    return daemon.rpc().getblockchaininfo()["state"] == "halted"


def wait_halted(daemon):
    rpc = daemon.rpc()
    return wait_for(f"{daemon.name} to halt", HALT_S, lambda: (info := rpc.getblockchaininfo())["state"] == "halted" and info)


def scenario(world, options):
    for daemon in [*world.masternodes, world.a]:
        daemon.launch()
    for daemon in [*world.masternodes, world.a]:
        daemon.wait_ready()
    grow(world.a, 4)
    world.stop_all()
    for daemon in world.masternodes:
        forget_everything(daemon)
        daemon.launch()
    for daemon in world.masternodes:
        daemon.wait_ready()
    grow(world.masternodes[0], 6)

    everyone = [*world.masternodes, world.a]
    world.a.start()
    first = wait_for("a node to halt", HALT_S, lambda: next((daemon for daemon in everyone if is_halted(daemon)), None))
    across = world.masternodes[0] if first is world.a else world.a
    info = wait_halted(first)
    halts = look(world, first)["halts"]
    check(len(halts) == 1 and not halts[0]["settled"], f"the record of the halt: {halts}")
    height, own, other = halts[0]["height"], halts[0]["own"]["block"], halts[0]["other"]["block"]
    check(own != other and own in info["warnings"] and other in info["warnings"], f"the node does not name both blocks: {info['warnings']}")
    check(first.rpc().getblockhash(height) == own, "its own block is not the one that it names")
    check(across.rpc().getblockhash(height) == other, "the other block is not the one that the others have")
    check(halts[0]["own"]["commit"] and halts[0]["other"]["commit"], "a proof is missing")
    say(f"{first.name} halted at height {height}: two commits")

    first.stop()
    first.start()
    wait_halted(first)
    say("halted after a restart")
    check(look(world, first)["halts"] == halts, "the proofs changed")
    own = world.a.rpc().getblockhash(height)
    # Who halted answers nobody, so whoever was not shown the proof in time sees it once the others run again.
    while everyone:
        daemon = wait_for("one more to halt", HALT_S, lambda: next((daemon for daemon in everyone if is_halted(daemon)), None))
        everyone.remove(daemon)
        daemon.kill()
        check(look(world, daemon, "--forget-halt", str(height))["halts"][0]["settled"], "the halt is not settled")
        daemon.launch()
        daemon.wait_ready()
    grow(world.masternodes[0], world.masternodes[0].rpc().getblockcount() + 5)
    info = world.a.rpc().getblockchaininfo()
    check(info["state"] != "halted", f"halted again: {info['warnings']}")
    check(world.a.rpc().getblockhash(height) == own, "it follows the chain that was rejected")
    say("settled: each keeps its chain")


if __name__ == "__main__":
    main(scenario, PARAMETERS)
