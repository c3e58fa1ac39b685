"""Five masternodes, three seats: one is Free, one is beyond the committee. Both earn as long as they answer; killed, they do not, and back again they do.
Epochs last 6 s."""

import json
from decimal import Decimal

from harness import check, main, say, wait_for

PARAMETERS = {"block_interval_ms": 1000, "epoch_length_ms": 6000, "committee_size": 3}
EPOCH_S = 6
FREE = 4


def make_free(world):
    with open(world.network_file) as file:
        document = json.load(file)
    document["masternodes"][FREE]["tier"] = "free"
    with open(world.network_file, "w") as file:
        json.dump(document, file)


def item(rpc, index):
    return rpc.getmasternode(index)


def wait_active(rpc, index, active):
    wait_for(f"masternode {index} {'active' if active else 'not active'}", 8 * EPOCH_S, lambda: item(rpc, index)["active"] == active, interval=0.2)


def wait_epochs(rpc, n):
    target = rpc.getconsensusinfo()["epoch"] + n
    wait_for(f"epoch {target}", (n + 2) * EPOCH_S + 20, lambda: rpc.getconsensusinfo()["epoch"] >= target, interval=0.2)


def dies_and_returns(world, rpc, index):
    daemon = world.masternodes[index]
    wait_active(rpc, index, True)
    before = Decimal(item(rpc, index)["accrued"])
    check(before > 0, f"masternode {index} is active and has earned nothing")
    height = rpc.getblockcount()
    daemon.kill()
    wait_active(rpc, index, False)
    still = Decimal(item(rpc, index)["accrued"])
    wait_epochs(rpc, 2)
    check(Decimal(item(rpc, index)["accrued"]) <= still, f"masternode {index} earns when it is dead")
    check(rpc.getblockcount() > height + 5, "blocks do not go on")
    still = Decimal(item(rpc, index)["accrued"])
    daemon.start()
    wait_active(rpc, index, True)
    check(Decimal(item(rpc, index)["accrued"]) > still, f"masternode {index} is back and earns nothing")
    say(f"masternode {index} ({item(rpc, index)['tier']}) earned {before} TIME, nothing while it was down, and earns again")


def scenario(world, options):
    make_free(world)
    world.start_all()
    rpc = world.a.rpc()
    outside = [entry for entry in rpc.masternodelist() if not entry["in_committee"]]
    check(len(outside) == 2 and outside[1]["tier"] == "free", f"three of four should have a seat: {outside}")
    say(f"without a seat: {[entry['tier'] for entry in outside]}")
    for index in (FREE, next(i for i, entry in enumerate(rpc.masternodelist()) if not entry["in_committee"])):
        dies_and_returns(world, rpc, index)
    for daemon in world.masternodes:
        check(daemon.rpc().getnetworkinfo()["warnings"] == "", f"{daemon.name} warns: {daemon.rpc().getnetworkinfo()['warnings']}")
        check(abs(daemon.rpc().getnetworkinfo()["timeoffset"]) <= 2, f"{daemon.name} doubts its clock")
        check(len(daemon.rpc().getpeerinfo()) <= len(world.daemons) - 1, f"{daemon.name} counts probes as peers")
    world.stop_all()


if __name__ == "__main__":
    main(scenario, PARAMETERS, n_masternodes=5)
