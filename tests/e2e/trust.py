"""A node that comes later than `trust_epochs` is shown a recent block before it goes on (rule S4): it asks, the wrong answer leads nowhere and the right one to the tip; the answer outlives a
restart. Another is told at its start. A third comes back after a while and is asked again. The chain of epochs is proven first (rule S3), and served on. Epochs last 4 s, three of them are too long."""

import time

from harness import RpcError, check, main, say, wait_for

PARAMETERS = {"block_interval_ms": 1000, "epoch_length_ms": 4000, "unbonding_epochs": 3, "trust_epochs": 3}


def refused(call, *words):
    try:
        call()
    except RpcError as error:
        check(all(word in error.message for word in words), f"the message lacks {words}: {error.message}")
        return
    check(False, "what should be refused was taken")


def newest(rpc):
    return rpc.gettrust()["newest"]


def asks(world, late, member):
    """It applies nothing; the last block that it is offered is the network's."""
    rpc = late.rpc()
    offered = wait_for("an offer", 20, lambda: rpc.gettrust()["offered"])
    check(rpc.gettrust()["needed"] and rpc.getblockcount() == 0, f"it did not wait: {rpc.gettrust()}")
    check(member.getblockhash(offered["height"]) == offered["hash"], f"offered is what is not there: {offered}")
    check(not member.gettrust()["needed"], "who was there all along is asked")
    return rpc


def answers(world, late, rpc, member):
    refused(lambda: rpc.trustblock(0, "00" * 32), "height")
    refused(lambda: rpc.trustblock(5, "12"), "64")
    block = newest(member)
    rpc.trustblock(block["height"], "ab" * 32)
    time.sleep(3)
    check(rpc.getblockcount() == 0, "a block was taken against the user's word")
    block = newest(member)
    rpc.trustblock(block["height"], block["hash"])
    wait_for("the node to catch up", 30, lambda: rpc.getblockcount() >= member.getblockcount() - 1)
    check(not rpc.gettrust()["needed"], "it still asks")
    check(newest(rpc)["height"] >= block["height"], "it serves no newer block")
    refused(lambda: rpc.trustblock(block["height"], block["hash"]), "already")
    refused(lambda: rpc.trustblock(block["height"], "ab" * 32), "another block")
    say(f"asked, misled, answered: at {rpc.getblockcount()}")


def told_at_start(world, member):
    block = newest(member)
    early = world.node("early", "--trusted-block", f"{block['height']}:{block['hash']}")
    early.start()
    rpc = early.rpc()
    wait_for("the node that was told to catch up", 30, lambda: rpc.getblockcount() >= member.getblockcount() - 1)
    say("told at the start: not asked")
    status, said = world.node("wrong", "--trusted-block", f"{block['height']}:xx").run_to_failure()
    check("trusted-block" in said, f"it refused with {status} and {said}")


def comes_back(world, late, member):
    late.stop()
    early = newest(member)["time"]
    wait_for("some epochs", 60, lambda: newest(member)["time"] > early + 16, interval=0.5)
    late.start()
    rpc = late.rpc()
    height = rpc.getblockcount()
    wait_for("the question again", 20, lambda: rpc.gettrust()["needed"] and rpc.gettrust()["offered"])
    check(rpc.getblockcount() == height, "it went on")
    block = newest(member)
    rpc.trustblock(block["height"], block["hash"])
    late.stop()
    late.start()
    rpc = late.rpc()
    wait_for("the node to catch up after a restart", 30, lambda: rpc.getblockcount() >= member.getblockcount() - 1)
    say("away again, asked again; the answer outlived a restart")


def scenario(world, options):
    for daemon in world.masternodes + [world.a]:
        daemon.launch()
    for daemon in world.masternodes + [world.a]:
        daemon.wait_ready()
    member = world.masternodes[0].rpc()
    wait_for("six epochs", 90, lambda: member.getconsensusinfo()["epoch"] >= 7, interval=0.2)
    world.b.start()
    rpc = asks(world, world.b, member)
    answers(world, world.b, rpc, member)
    told_at_start(world, member)
    comes_back(world, world.b, member)
    world.stop_all()


if __name__ == "__main__":
    main(scenario, PARAMETERS)
