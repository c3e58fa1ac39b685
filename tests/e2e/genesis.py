"""A network founded by ceremony: four operators sign entries, two coordinators build the same document from them, and it runs: a payment is final."""

import json
import os
import random
import subprocess

from harness import Daemon, check, main, say, wait_for

PARAMETERS = {"block_interval_ms": 2000, "epoch_length_ms": 12000}
NAME = "ceremony-net"
FOLLOW_S = 90  # what peers offer is looked at twice a minute


def timed(world, *arguments, status=0):
    done = subprocess.run([world.timed, *arguments], check=False, capture_output=True, text=True, timeout=60)
    check(done.returncode == status, f"timed {' '.join(arguments)} gave {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout if status == 0 else done.stderr


def make_entry(world, number, address, host, *more):
    key = os.path.join(world.dir, f"operator{number}.key")
    public = timed(world, "operator-key", "new", key).strip()
    check(timed(world, "operator-key", "show", key).strip() == public, "a key is not shown as it was made")
    path = os.path.join(world.dir, f"entry{number}.json")
    timed(world, "genesis", "entry", "--operator-key", key, "--owner", address, "--host", host, "--tier", "gold", "--network-name", NAME, "--out", path, *more)
    return path


def write(world, name, value):
    path = os.path.join(world.dir, name)
    with open(path, "w") as file:
        json.dump(value, file)
    return path


def build(world, out, entries, *files, status=0):
    return timed(world, "genesis", "build", "--name", NAME, "--digit", "0", "--time", "2026-01-01T00:00:00Z", *files, "--out", os.path.join(world.dir, out),
                 *entries, status=status)


def refusals(world, entries, files):
    say("what is wrong is refused by name")
    with open(entries[0]) as file:
        changed = json.load(file)
    changed["masternode"]["tier"] = "bronze"
    forged = write(world, "forged.json", changed)
    for given, words in (((forged, *entries[1:]), ("forged.json", "signature")), ((*entries, entries[0]), ("entry1.json", "operator key"))):
        said = build(world, "bad.json", given, *files, status=1)
        check(all(word in said for word in words), f"the message lacks {words}: {said}")
        say(f"  {said.strip()}")
    check(not os.path.exists(os.path.join(world.dir, "bad.json")), "a refused genesis was written")
    said = timed(world, "genesis", "entry", "--operator-key", os.path.join(world.dir, "operator1.key"), "--owner", changed["masternode"]["owner"], "--host", "localhost:1",
                 "--tier", "gold", "--network-name", NAME, status=1)
    check("host" in said, f"a host that is no IP address: {said}")
    said = timed(world, "operator-key", "new", os.path.join(world.dir, "operator1.key"), status=1)
    check("operator1.key" in said, f"a key was made over another: {said}")


def follow(daemon):
    """The genesis is of a time long past: who was not there when the chain began must be shown an epoch's last block."""
    rpc, told = daemon.rpc(), []

    def has_come():
        trust = rpc.gettrust()
        if trust["needed"] and trust["offered"] and not told:
            told.append(rpc.trustblock(trust["offered"]["height"], trust["offered"]["hash"]))
        return rpc.getblockcount() >= 2

    wait_for(f"{daemon.name} at height 2", FOLLOW_S, has_come)


def scenario(world, options):
    # Addresses and free ports come of a local network that is never started.
    with open(world.network_file) as file:
        local = json.load(file)
    address, hosts = local["outputs"][0]["address"], [item["host"] for item in local["masternodes"]]
    entries = [make_entry(world, i + 1, address, host) for i, host in enumerate(hosts)]
    files = ("--parameters", write(world, "parameters.json", {"parameters": PARAMETERS}),
             "--outputs", write(world, "outputs.json", {"outputs": [{"address": address, "amount": "5000"}]}))
    refusals(world, entries, files)

    first = build(world, "first.json", entries, *files)
    shuffled = random.sample(entries, len(entries))
    second = build(world, "second.json", shuffled, *files)
    check(first == second and "chain id" in first, f"two builds differ:\n{first}\n{second}")
    with open(os.path.join(world.dir, "first.json"), "rb") as one, open(os.path.join(world.dir, "second.json"), "rb") as two:
        check(one.read() == two.read(), "two builds give different bytes")
    genesis = os.path.join(world.dir, "first.json")
    check(timed(world, "genesis", "show", genesis) == first, "show and build say different things")
    check("405000.00000000" in first and "power 400" in first, f"sums: {first}")

    for i in range(len(entries)):
        key = os.path.join(world.dir, f"operator{i + 1}.key")
        world.add(Daemon(world, f"c{i + 1}", os.path.join(world.dir, f"c{i + 1}"), "--network", genesis, "--operator-key", key))
    # The wallet that local-init made has met no chain yet: its first address is paid here too.
    payer = world.add(Daemon(world, "payer", os.path.join(world.dir, "payer"), "--network", genesis, "--listen", "127.0.0.1:0",
                             "--wallet", os.path.join(world.net, "wallet.sqlite")))
    founded = world.daemons[-5:]
    for daemon in founded:
        daemon.start()
    rpc = payer.rpc()
    check(rpc.getblockchaininfo()["chain_id"] in first, "the nodes run another chain")
    for daemon in founded:
        follow(daemon)
    txid = rpc.sendtoaddress(rpc.getnewaddress(), "12.5")
    finality = rpc.waittransactionfinality(txid)
    say(f"final after {finality['final_ms']} ms")
    rpc.waittransactionfinality(txid, "confirmed", 60000)
    world.stop_all()


if __name__ == "__main__":
    main(scenario)
