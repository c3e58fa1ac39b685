"""Peers and bans by JSON-RPC, on real processes: what getpeerinfo shows, disconnectnode, setban and its lifting; survive-29: a ban outlives a restart, and
kill -9, and a banned peer is not dialled. A proxy that is not there is told in the status, and nothing is dialled past it."""

import json
import socket
import time

from harness import Daemon, RpcError, check, main, say, wait_for

CONNECT_S = 20


def fails(code, call, *params):
    try:
        call(*params)
    except RpcError as problem:
        check(problem.code == code, f"{problem} is not {code}")
        return
    check(False, f"{params} should have failed with {code}")


def shows_peers(world):
    rpc = world.b.rpc()
    wait_for("four peers", CONNECT_S, lambda: len(rpc.getpeerinfo()) >= 4)
    # A ping comes after a while; the rest is there at once.
    for peer in rpc.getpeerinfo():
        for field in ("id", "addr", "network", "inbound", "version", "subver", "lastsend", "lastrecv", "bytessent", "bytesrecv", "conntime", "score", "member"):
            check(field in peer, f"getpeerinfo lacks {field}")
        check(peer["network"] == "ipv4" and peer["score"] == 0, f"an odd peer: {peer}")
        check(abs(peer["lastrecv"] - time.time()) < 600, f"received when? {peer}")
    wait_for("members to be known as such", CONNECT_S, lambda: sum(peer["member"] for peer in rpc.getpeerinfo()) == 4)
    say("getpeerinfo: four members")


def disconnects(world):
    rpc = world.b.rpc()
    peers = rpc.getpeerinfo()
    ids = {peer["id"] for peer in peers}
    rpc.disconnectnode("", peers[0]["id"])
    rpc.disconnectnode(peers[1]["addr"])
    wait_for("both to be dialled again", CONNECT_S, lambda: len(rpc.getpeerinfo()) >= 4 and len(ids & {peer["id"] for peer in rpc.getpeerinfo()}) == len(ids) - 2)
    fails(-29, rpc.disconnectnode, "192.0.2.1:1")
    fails(-29, rpc.disconnectnode, "", 10**9)
    fails(-32602, rpc.disconnectnode)
    say("disconnectnode: by address and by id")


def bans(world):
    rpc = world.b.rpc()
    rpc.setban("192.0.2.1", "add")
    rpc.setban("2001:db8:1:2::5", "add", 1000)
    rpc.setban("127.0.0.1", "add", int(time.time()) + 5000, True)
    wait_for("whom it means to be gone", CONNECT_S, lambda: rpc.getpeerinfo() == [])
    listed = {ban["address"]: ban for ban in rpc.listbanned()}
    check(set(listed) == {"192.0.2.1", "2001:db8:1:2::/64", "127.0.0.1"}, f"listbanned shows {listed}")
    check(listed["192.0.2.1"]["ban_duration"] == 86400 and listed["2001:db8:1:2::/64"]["ban_duration"] == 1000, f"odd durations: {listed}")
    check(listed["192.0.2.1"]["ban_reason"] == "manually added", f"an odd reason: {listed}")
    fails(-23, rpc.setban, "192.0.2.1", "add")
    fails(-30, rpc.setban, "192.0.2.0/24", "add")
    fails(-30, rpc.setban, "nobody", "add")
    fails(-30, rpc.setban, "192.0.2.9", "remove")
    fails(-8, rpc.setban, "192.0.2.9", "forget")
    fails(-8, rpc.setban, "192.0.2.9", "add", 5, True)
    say("setban, listbanned")
    return listed


def bans_outlive_restarts(world, listed):
    for end in (world.b.stop, world.b.kill):
        end()
        world.b.start()
        rpc = world.b.rpc()
        now = {ban["address"]: ban for ban in rpc.listbanned()}
        check({name: (ban["ban_created"], ban["banned_until"], ban["ban_reason"]) for name, ban in now.items()}
              == {name: (ban["ban_created"], ban["banned_until"], ban["ban_reason"]) for name, ban in listed.items()}, f"bans changed: {now}")
        check(rpc.getpeerinfo() == [], "a banned peer was dialled")
    rpc.setban("127.0.0.1", "remove")
    wait_for("the members to be dialled again", 60, lambda: len(rpc.getpeerinfo()) >= 4)
    rpc.clearbanned()
    check(rpc.listbanned() == [], "clearbanned left bans")
    say("survive-29: bans outlive a stop and a kill; lifted, all go on")


def dead_proxy(world):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    node = world.add(Daemon(world, "proxied", world.dir + "/proxied", "--network", world.network_file, "--proxy", address))
    node.start()
    rpc = node.rpc()
    wait_for("the status to name the proxy", CONNECT_S, lambda: address in rpc.getblockchaininfo()["warnings"])
    check(rpc.getpeerinfo() == [], "a node with a dead proxy has peers")
    check(node.p2p_address == "none", f"who hides behind a proxy can be found by whoever knocks at {node.p2p_address}")
    say("a dead proxy: " + rpc.getblockchaininfo()["warnings"])


def run(world, options):
    with open(world.network_file) as file:
        members = [masternode["host"] for masternode in json.load(file)["masternodes"]]
    world.b.options += tuple(part for host in members for part in ("--connect", host))  # by itself it might take node a for one of its four
    world.start_all()
    shows_peers(world)
    disconnects(world)
    bans_outlive_restarts(world, bans(world))
    dead_proxy(world)
    world.stop_all()


if __name__ == "__main__":
    main(run)
