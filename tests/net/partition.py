"""Halves that do not hear each other, and then do (survive-26); a member cut off alone; links of 200 ms that lose 2 % of their packets."""

import time

from harness import Chain, check, check_balances, make_wallet, percentile, say, wait_for, wait_in_chain
from hosts import main, world

PARAMETERS = {"block_interval_ms": 3000, "epoch_length_ms": 60000, "propose_ms": 1500, "prevote_ms": 800, "precommit_ms": 800}


def pay(rpc, address, amount):
    txid = rpc.sendtoaddress(address, str(amount))
    begin = time.monotonic()
    finality = rpc.waittransactionfinality(txid, "final", 60000)
    check(finality["finality"] in ("final", "confirmed"), f"{txid} is {finality['finality']}")
    return txid, (time.monotonic() - begin) * 1000


def halves(net, a, b, to_b, txids):
    """Two and two, a wallet on each side: nobody has a quorum, so nothing may become final and no block be made; healed, what was pending becomes final."""
    internet = net.internet
    internet.split(["m1", "m2", "a"], ["m3", "m4", "b"])
    txid = a.sendtoaddress(to_b, "3")
    stopped = wait_for("the chain to stand still", 40, lambda: stands_still(net))
    check(a.gettransactionfinality(txid)["finality"] not in ("final", "confirmed"), "a payment became final without a quorum")
    check({daemon.rpc().getblockcount() for daemon in net.daemons} <= {stopped - 1, stopped}, "a half went on by itself")
    internet.heal()
    begin = time.monotonic()
    finality = a.waittransactionfinality(txid, "final", 60000)
    check(finality["finality"] in ("final", "confirmed"), f"after the partition {txid} is {finality['finality']}")
    say(f"halves healed: pending payment final after {time.monotonic() - begin:.1f} s")
    net.wait_height(net.b, stopped + 1, 60)
    say(f"halves healed: next block after {time.monotonic() - begin:.1f} s")
    txids.append(txid)


def stands_still(net):
    """Returns: the height at which it does, once no node has moved for three block intervals."""
    before = [daemon.rpc().getblockcount() for daemon in net.daemons]
    time.sleep(3 * PARAMETERS["block_interval_ms"] / 1000)
    after = [daemon.rpc().getblockcount() for daemon in net.daemons]
    return max(after) if before == after else None


def alone(net, a, to_b, txids):
    """One member hears nobody for more than an epoch; the others go on; it catches up and signs again."""
    net.internet.split(["m4"], ["m1", "m2", "m3", "a", "b"])
    lost = net.masternodes[3].rpc()
    left_at = lost.getblockcount()
    txids += [pay(a, to_b, 1)[0] for _ in range(5)]
    epochs = PARAMETERS["epoch_length_ms"] // PARAMETERS["block_interval_ms"]
    net.wait_height(net.a, left_at + epochs + 3, 180)
    check(lost.getblockcount() <= left_at + 1, "the one that is cut off has new blocks")
    net.internet.heal()
    begin = time.monotonic()
    height = a.getblockcount()
    net.wait_height(net.masternodes[3], height, 60)
    say(f"cut off for {height - left_at} blocks, caught up {time.monotonic() - begin:.1f} s after it was healed")
    net.masternodes[0].kill()  # now the one that came back is needed for a quorum
    txids.append(pay(a, to_b, 1)[0])
    net.wait_height(net.a, height + 2, 60)
    net.masternodes[0].start()


def weather(net, a, to_b, txids):
    net.internet.delay(100)
    net.internet.loss(2)
    times = []
    for _ in range(10):
        txid, ms = pay(a, to_b, 1)
        txids.append(txid)
        times.append(ms)
    say(f"200 ms there and back, 2 % lost: final after median {percentile(times, 50):.0f} ms, worst {max(times):.0f} ms")
    net.wait_height(net.a, a.getblockcount() + 2, 60)
    net.internet.delay(0)
    net.internet.loss(0)


@world(parameters=PARAMETERS)
def scenario(net, options):
    net.start_all()
    a, b = net.a.rpc(), net.b.rpc()
    to_b = make_wallet(net.b)
    txids = [pay(a, to_b, 100)[0]]
    weather(net, a, to_b, txids)
    halves(net, a, b, to_b, txids)
    alone(net, a, to_b, txids)
    chain = Chain()
    wait_in_chain(chain, a, txids, 60)
    net.wait_height(net.b, len(chain.hashes) - 1, 30)
    check_balances(chain, net.a, net.b)
    carried = net.internet.carried()
    say(f"carried {sum(n for n, _, _ in carried.values())} packets, {sum(n for _, n, _ in carried.values()) / 1e6:.1f} MB, lost {sum(n for _, _, n in carried.values())}")
    net.stop_all()


if __name__ == "__main__":
    main(scenario)
