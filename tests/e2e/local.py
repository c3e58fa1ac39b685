"""timed --local 4: one process is a whole network, and everything is there again after a stop and after kill -9. SIGTERM, SIGINT and RPC stop it."""

import os
import signal
import subprocess

from decimal import Decimal

from harness import STOP_S, Chain, Daemon, check, check_balances, main, say, wait_in_chain


def wait_end(daemon, how):
    try:
        status = daemon.process.wait(STOP_S + 1)
    except subprocess.TimeoutExpired:
        check(False, f"{how} did not stop it within {STOP_S} s")
    daemon.process.stdout.close()
    daemon.process = None
    check(status == 0, f"{how} ended it with status {status}")


def scenario(world, options):
    # Only this process: the other network of the world stays down.
    folder = os.path.join(world.dir, "local")
    daemon = world.add(Daemon(world, "local", folder, "--local", "4"))
    daemon.start()
    check("not encrypted" in daemon.tail(), "it does not say that the wallet is not encrypted")
    check(oct(os.stat(os.path.join(folder, ".cookie")).st_mode & 0o777) == "0o600", "others can read the cookie")
    rpc = daemon.rpc()
    check(Decimal(rpc.getbalance()) == 1000000, f"the wallet begins with {rpc.getbalance()}")
    check(len(rpc.masternodelist()) == 4, "there are not four masternodes")

    txids = []
    for _ in range(5):
        txids.append(rpc.sendtoaddress(rpc.getnewaddress(), "12.5"))
        finality = rpc.waittransactionfinality(txids[-1])
        say(f"final after {finality['final_ms']} ms")
    said = subprocess.run([world.time_cli, "--data-dir", folder, "gettransactionfinality", txids[0]], check=True, capture_output=True, text=True).stdout
    check('"finality"' in said, f"time-cli says {said}")

    info = subprocess.run([world.time_cli, "--data-dir", folder, "--info"], check=True, capture_output=True, text=True).stdout
    check(info.startswith("ready at block "), f"time-cli --info says {info}")
    check(rpc.getsyncinfo()["phase"] == "none" and not rpc.getblockchaininfo()["pruned"], "a network of its own is not whole")

    chain = Chain()
    for how in ("kill -9", "SIGTERM", "SIGINT", "RPC stop"):
        if how == "kill -9":
            daemon.kill()
        elif how == "RPC stop":
            daemon.rpc().stop()
            wait_end(daemon, how)
        else:
            daemon.process.send_signal(signal.SIGTERM if how == "SIGTERM" else signal.SIGINT)
            wait_end(daemon, how)
        daemon.start()
        wait_in_chain(chain, daemon.rpc(), txids, 30)
        check_balances(chain, daemon)
        txids.append(daemon.rpc().sendtoaddress(daemon.rpc().getnewaddress(), "1"))
        daemon.rpc().waittransactionfinality(txids[-1])
        say(f"after {how}: {len(txids)} payments, height {len(chain.hashes) - 1}")
    daemon.stop()


if __name__ == "__main__":
    main(scenario)
