"""kill -9 of every process at random moments while payments flow both ways: what was final is in the chain afterwards, the wallets agree
with the chain, and it grows again. Blocks come every 2 s and epochs last 12 s, so that crashes meet the ends of epochs too."""

import random
import threading
import time

from harness import HEIGHT_S, Chain, Gone, RpcError, check, check_balances, main, make_wallet, say, wait_for, wait_in_chain

PARAMETERS = {"block_interval_ms": 2000, "epoch_length_ms": 12000}


class Payer(threading.Thread):
    """Pays until its node goes."""

    def __init__(self, daemon, address, amount):
        super().__init__(daemon=True)
        self.rpc = daemon.rpc()
        self.address = address
        self.amount = amount
        self.final = []
        self.problem = None

    def run(self):
        try:
            while True:
                try:
                    txid = self.rpc.sendtoaddress(self.address, self.amount)
                except RpcError:
                    # Coins of payments that were cut short are locked until these are settled.
                    time.sleep(0.1)
                    continue
                self.rpc.waittransactionfinality(txid, "final", 60000)
                self.final.append(txid)
        except Gone:
            pass
        except RpcError as error:
            self.problem = str(error)


def grow(world, least):
    rpc = world.a.rpc()
    return wait_for(f"a height above {least}", HEIGHT_S, lambda: (height := rpc.getblockcount()) > least and height)


def scenario(world, options):
    seed = options.seed if options.seed is not None else random.randrange(2**32)
    say(f"seed {seed} (--seed {seed} chooses the same moments)")
    chance = random.Random(seed)
    chain = Chain()
    final = []

    world.start_all()
    to_b, to_a = make_wallet(world.b), world.a.rpc().getnewaddress()
    first = world.a.rpc().sendtoaddress(to_b, "50000")
    world.a.rpc().waittransactionfinality(first, "confirmed", 60000)
    final.append(first)

    for number in range(1, options.kills + 1):
        payers = [Payer(world.a, to_b, "1.5"), Payer(world.b, to_a, "1.25")]
        for payer in payers:
            payer.start()
        pause_s = chance.uniform(0.1, 4.0)
        time.sleep(pause_s)  # the random moment itself
        world.kill_all()
        for payer in payers:
            payer.join()
            check(payer.problem is None, f"a payment did not become final: {payer.problem}")
            final += payer.final
        known = len(chain.hashes) - 1
        began = time.monotonic()
        world.start_all()
        height = grow(world, max(known, max(daemon.ready_height for daemon in world.daemons)))
        say(f"kill {number} after {pause_s:.2f} s: {sum(len(payer.final) for payer in payers)} payments were final; "
            f"height {height} after {time.monotonic() - began:.1f} s")
        wait_in_chain(chain, world.a.rpc(), final, 40)

    say(f"{len(final)} payments were final, all are in the chain")
    settle(world, chain)
    world.stop_all()


def settle(world, chain):
    """Lets what was cut short come to its end, then compares every wallet and every node with the chain."""
    wait_for("an empty pool", 60, lambda: world.a.rpc().getmempoolinfo()["size"] == 0, interval=0.5)
    check_balances(chain, world.a, world.b, seconds=40)
    height = len(chain.hashes) - 1
    for daemon in world.daemons:
        world.wait_height(daemon, height, HEIGHT_S)
        check(daemon.rpc().getblockhash(height) == chain.hashes[height], f"{daemon.name} holds another chain")


def add_options(parser):
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int)


if __name__ == "__main__":
    main(scenario, PARAMETERS, add_options)
