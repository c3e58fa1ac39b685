"""Payments both ways between two wallets over four masternodes, one of which is killed in the middle: each becomes final and stays."""

import time
from decimal import Decimal

from harness import Chain, check, check_balances, main, make_wallet, percentile, say, wait_for, wait_in_chain


def pay(payer, address, amount):
    """Returns txid, final_ms as the payer's node measured it, and the wall time around both calls in ms."""
    begin = time.monotonic()
    txid = payer.sendtoaddress(address, str(amount))
    finality = payer.waittransactionfinality(txid, "final", 30000)
    wall_ms = (time.monotonic() - begin) * 1000
    check(finality["finality"] in ("final", "confirmed"), f"{txid} is {finality['finality']}")
    check(finality["final_ms"] is not None, f"{txid} became final without a time")
    return txid, float(finality["final_ms"]), wall_ms


def tell(name, values):
    say(f"{name}: median {percentile(values, 50):.1f} ms, 99 % {percentile(values, 99):.1f} ms, worst {max(values):.1f} ms")


def look_up(rpc, chain, txid, address):
    """Any node finds any transaction and what an address has, without an index."""
    found = rpc.getrawtransaction(txid, True)
    height = found["blockheight"]
    check(chain.hashes[height] == found["blockhash"], f"{txid} is not where getrawtransaction says: {found}")
    check(rpc.getrawtransaction(txid) == found["hex"], "the transaction is not what it is made of")
    check(Decimal(found["fee"]) > 0, f"its inputs are not known: {found}")
    scan = rpc.scantxoutset("start", [f"addr({address})"])
    balance = rpc.getaddressbalance(address)
    check(Decimal(scan["total_amount"]) == Decimal(balance["balance"]) > 0, f"two sums of one address: {scan}, {balance}")
    check(len(scan["unspents"]) == scan["txouts"] == balance["utxos"], f"outputs are missing: {scan}, {balance}")
    check(rpc.scantxoutset("status") is None, "a scan that has ended is under way")


def scenario(world, options):
    world.start_all()
    a, b = world.a.rpc(), world.b.rpc()
    to_b, to_a = make_wallet(world.b), a.getnewaddress()
    killed = world.masternodes[2]
    txids, final_ms, wall_ms = [], [], []

    txids.append(pay(a, to_b, 1000)[0])
    wait_for("b's money in b's wallet", 20, lambda: Decimal(b.getbalance()) >= 1000)
    for i in range(options.payments):
        if i == options.payments // 2:
            killed.kill()
            say(f"{killed.name} was killed after {i} payments")
        if i == options.payments * 3 // 4:
            killed.start()
            say(f"{killed.name} was started again after {i} payments")
        payer, address = (a, to_b) if i % 2 == 0 else (b, to_a)
        txid, final, wall = pay(payer, address, Decimal(1) + Decimal(i) / 1000)
        txids.append(txid)
        final_ms.append(final)
        wall_ms.append(wall)

    say(f"{len(final_ms)} payments, each final")
    tell("final_ms, from submit to final on the payer's node", final_ms)
    tell("sendtoaddress and waittransactionfinality together", wall_ms)

    chain = Chain()
    wait_in_chain(chain, a, txids, 60)
    world.wait_height(killed, len(chain.hashes) - 1, 30)
    check(killed.rpc().getblockhash(len(chain.hashes) - 1) == chain.hashes[-1], f"{killed.name} holds another chain")
    check_balances(chain, world.a, world.b)
    pays_unspent = a.sendtoaddress(b.getnewaddress(), "3")
    wait_in_chain(chain, a, [pays_unspent], 60)
    paid = next(output for output in a.getrawtransaction(pays_unspent, True)["vout"] if Decimal(output["value"]) == 3)
    look_up(world.masternodes[0].rpc(), chain, txids[0], paid["scriptPubKey"]["address"])
    for txid in txids[-5:]:
        check(a.gettransactionfinality(txid)["finality"] == "confirmed", f"{txid} is in the chain but not confirmed")
    world.stop_all()


if __name__ == "__main__":
    main(scenario, add_options=lambda parser: parser.add_argument("--payments", type=int, default=200))
