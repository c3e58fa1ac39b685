"""Discovery on real processes: a node that is told nothing finds the masternodes by their registered hosts; one that is told of a single node asks it for
others and finds who is in no registry; what was found outlives a stop; addnode and getnodeaddresses."""

from harness import Daemon, RpcError, check, main, say, wait_for

FIND_S = 60


def fails(code, call, *params):
    try:
        call(*params)
    except RpcError as problem:
        check(problem.code == code, f"{problem} is not {code}")
        return
    check(False, f"{params} should have failed with {code}")


def kinds(rpc):
    return [peer["connection_type"] for peer in rpc.getpeerinfo()]


def finds_members(world):
    """The nodes a and b, which the registry does not name, have found the members; members keep links to each other."""
    for daemon in (world.a, world.b):
        rpc = daemon.rpc()
        wait_for(f"{daemon.name} to find members", FIND_S, lambda rpc=rpc: sum(peer["member"] for peer in rpc.getpeerinfo()) >= 3)
        info = rpc.getnetworkinfo()
        check(info["addresses_new"] + info["addresses_tried"] >= 4, f"odd counts: {info}")
    member = world.masternodes[0].rpc()
    links = [peer for peer in member.getpeerinfo() if peer["member"]]
    check(len(links) == 3 and all(peer["connection_type"] in ("committee", "inbound") for peer in links), f"a member's links: {kinds(member)}")
    say("found: the members, by their hosts")


def finds_by_asking(world):
    """x listens on a network of its own and is named by nobody but y's command line; z knows only y."""
    x = world.add(Daemon(world, "x", world.dir + "/x", "--network", world.network_file, "--listen", "127.50.0.1:0"))
    x.start()
    y = world.add(Daemon(world, "y", world.dir + "/y", "--network", world.network_file, "--listen", "127.51.0.1:0", "--connect", x.p2p_address))
    y.start()
    wait_for("y to be connected to x", FIND_S, lambda: "manual" in kinds(y.rpc()))
    z = world.add(Daemon(world, "z", world.dir + "/z", "--network", world.network_file, "--listen", "none", "--connect", y.p2p_address))
    z.start()
    rpc = z.rpc()
    wait_for("z to find x", FIND_S, lambda: x.p2p_address in {peer["addr"] for peer in rpc.getpeerinfo()})
    say("found: a node that is in no registry, by asking another")
    return x, y, z


def outlives_stop(world, x, y, z):
    """z is started again without a word about y."""
    known = z.rpc().getnetworkinfo()["addresses_tried"]
    z.stop()
    for daemon in world.masternodes + [world.a, world.b]:
        daemon.kill()
    z.options = tuple(option for option in z.options if option not in ("--connect", y.p2p_address))
    z.start()
    rpc = z.rpc()
    check(rpc.getnetworkinfo()["addresses_tried"] >= known, "addresses were lost")
    wait_for("z to be back with x and y", FIND_S, lambda: {x.p2p_address, y.p2p_address} <= {peer["addr"] for peer in rpc.getpeerinfo()})
    say("after a stop: connected to the same nodes, though nobody names them")


def operator(z, y):
    rpc = z.rpc()
    addresses = rpc.getnodeaddresses(0)
    check(len(rpc.getnodeaddresses()) == 1 and len(addresses) >= 6, f"known: {addresses}")
    check(all(set(entry) == {"time", "address", "port", "network"} for entry in addresses), f"odd addresses: {addresses[0]}")
    rpc.addnode(y.p2p_address, "add")
    fails(-23, rpc.addnode, y.p2p_address, "add")
    fails(-23, rpc.addnode, "nowhere", "add")
    fails(-8, rpc.addnode, y.p2p_address, "keep")
    rpc.addnode(y.p2p_address, "remove")
    fails(-24, rpc.addnode, y.p2p_address, "remove")
    rpc.addnode(y.p2p_address, "onetry")
    say("addnode, getnodeaddresses")


def run(world, options):
    world.start_all()
    finds_members(world)
    x, y, z = finds_by_asking(world)
    outlives_stop(world, x, y, z)
    operator(z, y)
    world.stop_all()


if __name__ == "__main__":
    main(run)
