"""What a server's user pays by RPC: many at once, the fee from the recipients, coins by hand, all there is, frozen coins, many coins joined into one."""

import os

from decimal import Decimal

from harness import Daemon, RpcError, check, main, wait_for


def refused(act, what):
    try:
        act()
    except RpcError as error:
        check(what in str(error), f"it says {error}")
        return
    check(False, f"not refused: {what}")


def scenario(world, options):
    daemon = world.add(Daemon(world, "paying", os.path.join(world.dir, "paying"), "--local", "4"))
    daemon.start()
    rpc = daemon.rpc()
    addresses = [rpc.getnewaddress() for _ in range(8)]

    def paid(txid, address):
        return sum(Decimal(str(d["amount"])) for d in rpc.gettransaction(txid)["details"] if d["address"] == address)

    def done(txid):
        rpc.waittransactionfinality(txid, "final", 30000)
        wait_for("the wallet hears that it is final", 10, lambda: rpc.gettransaction(txid)["finality"] in ("final", "confirmed"))
        return txid

    many = done(rpc.sendmany({address: i + 1 for i, address in enumerate(addresses)}, "wages", [addresses[7]]))
    fee = abs(Decimal(str(rpc.gettransaction(many)["fee"])))
    check(paid(many, addresses[0]) == 1, "the first does not get its amount")
    check(paid(many, addresses[7]) == 8 - fee, "the fee is not taken from the last")
    refused(lambda: rpc.sendmany({addresses[0]: "0.000001"}, None, [addresses[0]]), "least")
    refused(lambda: rpc.sendmany({addresses[0]: 1}, None, [addresses[1]]), "does not")
    refused(lambda: rpc.sendmany([1]), "object")

    def coins_of(*chosen):
        return [{"txid": c["txid"], "vout": c["vout"]} for c in rpc.listunspent() if c["address"] in chosen]

    def unspent():
        return {(c["txid"], c["vout"]) for c in rpc.listunspent()}

    pair = coins_of(addresses[0], addresses[1])
    check(len(pair) == 2, f"{len(pair)} coins of two addresses")
    refused(lambda: rpc.sendmany({addresses[2]: 5}, None, None, 0, pair), "short")
    before = unspent()
    done(rpc.sendmany({addresses[2]: "2.5"}, None, None, 3, pair))
    check(before - unspent() == {(c["txid"], c["vout"]) for c in pair}, "other coins are spent")

    frozen = coins_of(addresses[3])
    check(rpc.lockunspent(False, frozen) is True and rpc.listlockunspent() == frozen, "the coin is not frozen")
    refused(lambda: rpc.sendmany({addresses[2]: 1}, None, None, 0, frozen), "frozen")
    check(Decimal(str(rpc.getwalletinfo()["frozen_balance"])) == 4, "the balance does not say what is frozen")

    done(rpc.consolidate("100"))
    left = [c for c in rpc.listunspent() if Decimal(str(c["amount"])) < 100]
    check(len(left) == 2, f"{len(left)} coins are left, not the frozen one and the new one")
    done(rpc.sendall(addresses[4], None, 0))
    check(len([c for c in rpc.listunspent() if not c["collateral"]]) == 2, "not all that can be spent was")
    check(rpc.lockunspent(True) is True and rpc.listlockunspent() == [], "not all are unfrozen")
    daemon.stop()


if __name__ == "__main__":
    main(scenario)
