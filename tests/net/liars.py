"""Nodes that have nothing yet and ask a liar first: one that stalls in the middle of a download (survive-27), one that serves a wrong block, a wrong commit, wrong commits of
epochs, a wrong page of a snapshot. An honest peer comes into sight once the lie is told: the node ends on the chain that all others have."""

from harness import check, make_wallet, say, wait_for
from hosts import main, world

BLOCK, LINKS, PART = 25, 35, 37

# name, what the liar does, how the node synchronises, whether a lie is proven by what came: then the liar is left
LIES = [
    ("block", ("flip", BLOCK, 50), "full", True),
    ("commit", ("flip", BLOCK, 99), "full", True),
    ("stalled-blocks", ("stall", BLOCK, 5), "full", False),
    ("epochs", ("flip", LINKS, 50), "full", True),
    ("stalled-epochs", ("stall", LINKS, 0), "full", False),
    ("snapshot", ("flip", PART, 90), "snapshot", True),
    ("stalled-snapshot", ("stall", PART, 20), "snapshot", False),
]


def grow(net, a, to_b, epochs):
    """A chain with payments in it, so many epochs long, and a snapshot of it."""
    seconds = epochs * PARAMETERS["epoch_length_ms"] / 1000
    target = int(seconds * 1000 / PARAMETERS["block_interval_ms"])

    def paid():
        for _ in range(5):
            a.sendtoaddress(to_b, "0.01")
        return a.getblockcount() >= target

    wait_for(f"height {target}", seconds * 2 + 30, paid, interval=0.5)


def lie(net, options, name, how, mode, proven):
    liar_address = net.address("t")
    liar = net.spawn("t", options.twist, net.network_file, net.address("a"), liar_address, *map(str, how))
    liar.wait_line("ready", 20)
    net.internet.command("cut c a")
    node = net.node("c", "--connect", liar_address, "--connect", net.address("a"), "--sync", mode)
    node.data_dir += f"-{name}"
    node.start()
    liar.wait_line("first", 60)
    net.internet.command("join c a")
    rpc, a = node.rpc(), net.a.rpc()
    height = a.getblockcount()
    net.wait_height(node, height, 120)
    best = rpc.getbestblockhash()  # a node that began with a snapshot knows no older ones at first
    check(a.getblock(best)["hash"] == best, f"{name}: the node is on another chain")
    if proven:
        wait_for(f"{name}: the liar to be left", 20, lambda: all(peer["addr"] != liar_address for peer in rpc.getpeerinfo()))
    node.stop()
    figures = liar.end()
    net.daemons.remove(node)
    say(f"{name}: {figures['twisted']:.0f} lies, then caught up to {height} from the honest peer")


PARAMETERS = {"block_interval_ms": 1000, "epoch_length_ms": 10000, "redraw_epochs": 3}


@world(parameters=PARAMETERS, more={"c": "10.41.0.1", "t": "10.42.0.1"})
def scenario(net, options):
    net.internet.split(["c"], ["m1", "m2", "m3", "m4", "b"])
    net.start_all()
    a = net.a.rpc()
    grow(net, a, make_wallet(net.b), 8)
    for name, how, mode, proven in LIES:
        if not options.only or name in options.only.split(","):
            lie(net, options, name, how, mode, proven)
    net.stop_all()


if __name__ == "__main__":
    main(scenario, lambda parser: parser.add_argument("--only"))
