"""One node that everybody reaches under every attack that strangers have: 10 000 connections in a minute, junk, a million messages that mean nothing, 500 addresses
of one network that want all its places (survive-04, 05, 28, 30). All the while another node, which reaches the network through it alone, pays."""

import threading
import time

from harness import Chain, check, make_wallet, percentile, say, wait_for, wait_in_chain
from hosts import PORT, main, rss_mb, world

RSS_MAX_MB = 400  # of a node of this small chain, whatever is thrown at it: its caches and queues have their bounds far below
GROUP = "10.66."
JUNK_GROUP = "10.67."


class Payer(threading.Thread):
    """Pays once a second until it is stopped, each payment awaited."""

    def __init__(self, rpc, address):
        super().__init__(daemon=True)
        self.rpc, self.address = rpc, address
        self.over = threading.Event()
        self.txids, self.times, self.problem = [], [], None

    def run(self):
        try:
            while not self.over.wait(0.7):
                begin = time.monotonic()
                txid = self.rpc.sendtoaddress(self.address, "0.5")
                finality = self.rpc.waittransactionfinality(txid, "final", 30000)
                check(finality["finality"] in ("final", "confirmed"), f"{txid} is {finality['finality']}")
                self.txids.append(txid)
                self.times.append((time.monotonic() - begin) * 1000)
        except Exception as problem:  # whatever it was is told by finish ()
            self.problem = problem

    def finish(self):
        self.over.set()
        self.join(60)
        if self.problem:
            raise self.problem
        return self.times


def under(name, net, victim, payer_rpc, address, attack, txids):
    """Runs @attack () while payments go through the victim."""
    payer = Payer(payer_rpc, address)
    payer.start()
    peak = Peak(victim)
    figures = attack()
    times = payer.finish()
    check(times, f"no payment was made under {name}")
    txids += payer.txids
    rss = peak.finish()
    say(f"{name}: {figures}; {len(times)} payments through the victim, final after median {percentile(times, 50):.0f} ms, worst {max(times):.0f} ms; its memory {rss:.0f} MB at most")
    check(rss < RSS_MAX_MB, f"{name}: the victim grew to {rss:.0f} MB")


class Peak(threading.Thread):
    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.of, self.most, self.over = daemon, 0.0, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.1):
            self.most = max(self.most, rss_mb(self.of))

    def finish(self):
        self.over.set()
        self.join()
        return self.most


def attacker(net, options, host, first, count, *command):
    return net.spawn(host, options.attacker, net.network_file, net.address("v"), first, str(count), *map(str, command))


def peers_of(rpc, group):
    return [peer for peer in rpc.getpeerinfo() if peer["addr"].startswith(group)]


def flood(net, options):
    program = attacker(net, options, "x", "10.66.0.1", 500, "flood", options.connections, 60)
    return program.wait(120)


def junk(net, options):
    return attacker(net, options, "y", "10.67.0.1", 500, "junk", 1000000, 60).wait(120)


def chaff(net, options):
    return attacker(net, options, "z", "10.68.0.1", 500, "chaff", options.messages, 240).wait(300)


def eclipse(net, options, victim, newcomer):
    """500 of one group hold what they get; an honest newcomer is let in all the same, and a restarted victim dials others."""
    program = attacker(net, options, "x", "10.66.0.1", 500, "eclipse", PORT, 60)
    rpc = victim.rpc()
    wait_for("the attackers inside", 60, lambda: len(peers_of(rpc, GROUP)) >= 2)
    time.sleep(8)  # of their sixty, to take what they can
    inside = len(peers_of(rpc, GROUP))
    newcomer.start()
    wait_for("the newcomer among the victim's peers", 45, lambda: peers_of(rpc, net.internet.addresses["c"]))
    net.wait_height(newcomer, rpc.getblockcount() - 1, 60)
    rss = rss_mb(victim)
    victim.stop()
    victim.start()
    again = victim.rpc()
    honest = wait_for("honest outbound peers after the restart", 30, lambda: [p for p in again.getpeerinfo() if not p["inbound"] and not p["addr"].startswith(GROUP)])
    outbound = [peer for peer in peers_of(again, GROUP) if not peer["inbound"]]
    check(len(outbound) <= 1, f"{len(outbound)} outbound connections lead into one group")
    say(f"eclipse: {inside} of 500 held a place, {rss:.0f} MB; after the restart {len(honest)} honest outbound peers, {len(outbound)} of the group; {program.wait(120)}")


@world(parameters={"block_interval_ms": 3000, "epoch_length_ms": 60000}, more={"v": "10.40.0.1", "c": "10.41.0.1", "x": "10.66.0.1+499", "y": "10.67.0.1+499", "z": "10.68.0.1+499"})
def scenario(net, options):
    victim = net.node("v")
    net.b.options += ("--connect", net.address("v"))
    members = [f"m{i}" for i in range(1, 5)]
    net.internet.split(["b", "c"], [*members, "a", "x", "y", "z"])  # b and c reach the victim only
    net.start_all()
    a, b = net.a.rpc(), net.b.rpc()
    to_b, to_a, txids = make_wallet(net.b), a.getnewaddress(), []
    wait_for("the network to be one", 30, lambda: b.getblockcount() >= 1)
    check(a.waittransactionfinality(a.sendtoaddress(to_b, "5000"), "final", 30000)["finality"] in ("final", "confirmed"), "the first payment")
    wait_for("b's money", 30, lambda: float(b.getbalance()) > 0)
    say(f"the victim in peace: {rss_mb(victim):.0f} MB")
    under("flood", net, victim, b, to_a, lambda: flood(net, options), txids)
    under("junk", net, victim, b, to_a, lambda: junk(net, options), txids)
    check(any(ban["address"].startswith(JUNK_GROUP) for ban in victim.rpc().listbanned()), "whoever sends junk was never thrown out")
    under("chaff", net, victim, b, to_a, lambda: chaff(net, options), txids)
    newcomer = net.node("c", "--connect", net.address("v"))
    eclipse(net, options, victim, newcomer)
    chain = Chain()
    wait_in_chain(chain, a, txids, 60)
    net.wait_height(net.b, len(chain.hashes) - 1, 30)
    check(b.getblockhash(len(chain.hashes) - 1) == chain.hashes[-1], "b is on another chain")
    net.stop_all()


def add_options(parser):
    parser.add_argument("--connections", type=int, default=10000)
    parser.add_argument("--messages", type=int, default=1000000)


if __name__ == "__main__":
    main(scenario, add_options)
