"""survive-11: one coin, spent twice at the same moment through two nodes. Never are both payments final; in the end the coin is spent once.
Epochs last 12 s, so that a split vote is settled soon."""

import os
import shutil
import threading

from harness import Chain, RpcError, check, main, make_wallet, say, wait_for

PARAMETERS = {"block_interval_ms": 2000, "epoch_length_ms": 12000}
SETTLE_S = 60


def send_at_once(pairs):
    """@pairs: (rpc, address, amount). Returns the txids, None for a payment that was refused."""
    barrier = threading.Barrier(len(pairs))
    txids = [None] * len(pairs)

    def send(i, rpc, address, amount):
        barrier.wait()
        try:
            txids[i] = rpc.sendtoaddress(address, amount)
        except RpcError as error:
            say(f"  refused: {error}")

    threads = [threading.Thread(target=send, args=(i, *pair)) for i, pair in enumerate(pairs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return txids


def state(rpc, txid):
    try:
        return rpc.gettransactionfinality(txid)["finality"]
    except RpcError:
        return "unknown"


def settle(nodes, txids, chain):
    """Waits until one of the two is in the chain; at every look, at most one may be final on any node. Returns its txid."""

    def look():
        seen = {txid: [state(rpc, txid) for rpc in nodes] for txid in txids}
        winners = [txid for txid in txids if any(s in ("final", "confirmed") for s in seen[txid])]
        check(len(winners) <= 1, f"both payments of one coin are final: {seen}")
        chain.follow(nodes[0])
        return [txid for txid in txids if txid in chain.txs]

    found = wait_for("one of two conflicting payments in the chain", SETTLE_S, look, interval=0.02)
    check(len(found) == 1, "both payments of one coin are in the chain")
    return found[0]


def shared_coins(first, second):
    """Both nodes see the same coins, all in the chain, so that both will choose the same one."""

    def same():
        coins = [{(coin["txid"], coin["vout"]) for coin in rpc.listunspent()} for rpc in (first, second)]
        return coins[0] and coins[0] == coins[1]

    wait_for("both copies of the wallet with the same coins", SETTLE_S, same, interval=0.2)


def scenario(world, options):
    # The same keys behind two nodes: the copy is made before the wallet has met a chain.
    twin = world.node("twin", "--wallet", os.path.join(world.dir, "twin.sqlite"))
    shutil.copy(os.path.join(world.net, "wallet.sqlite"), os.path.join(world.dir, "twin.sqlite"))
    world.start_all()
    a, c = world.a.rpc(), twin.rpc()
    everywhere = [daemon.rpc() for daemon in world.daemons]
    to_b = make_wallet(world.b)
    chain = Chain()
    conflicts = 0

    for i in range(1, options.rounds + 1):
        shared_coins(a, c)
        txids = send_at_once([(a, to_b, f"{i}.25"), (c, to_b, f"{i}.75")])
        sent = [txid for txid in txids if txid is not None]
        check(sent, "neither payment was taken")
        if len(sent) == 2:
            conflicts += 1
        winner = settle(everywhere, sent, chain)
        say(f"round {i}: {len(sent)} taken, {winner[:16]}… is in the chain at height {chain.txs[winner]}")
        # Both wallets learn who won before they choose coins again.
        wait_for("the winner in both wallets", SETTLE_S, lambda: all(state(rpc, winner) == "confirmed" for rpc in (a, c)))
    check(conflicts > 0, "no round put both payments on their way: nothing was tested")
    say(f"{conflicts} conflicts of {options.rounds} rounds, one payment in the chain each")
    world.stop_all()


if __name__ == "__main__":
    main(scenario, PARAMETERS, lambda parser: parser.add_argument("--rounds", type=int, default=4))
