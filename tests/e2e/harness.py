"""Real processes: starts and kills timed, asks it over JSON-RPC, reads the chain on its own account.

Nothing here sleeps and hopes: every wait is for a condition, with a deadline after which the test fails and shows what the programs said.
"""

import argparse
import atexit
import base64
import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from decimal import Decimal

READY_S = 30  # from start to the ready line
STOP_S = 5  # what the programs promise
HEIGHT_S = 15  # for a height to grow once enough masternodes run


class Failure(Exception):
    """What the test was to show does not hold."""


class RpcError(Exception):
    def __init__(self, method, error):
        super().__init__(f"{method}: {error.get('message')} ({error.get('code')})")
        self.code = error.get("code")
        self.message = error.get("message", "")


class Gone(Exception):
    """The process does not answer: it was killed, or never ran."""


def check(condition, message):
    if not condition:
        raise Failure(message)


def wait_for(what, seconds, probe, interval=0.05):
    """Calls probe until it gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Failure(f"waited {seconds} s in vain: {what}")
        time.sleep(interval)


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def say(text):
    print(text, flush=True)


class Connection(http.client.HTTPConnection):
    """Connects, and connects again, from where its node is."""

    inside = contextlib.nullcontext

    def connect(self):
        with self.inside():
            super().connect()


class Rpc:
    """A connection to one node's JSON-RPC, for one thread."""

    def __init__(self, address, cookie, inside=contextlib.nullcontext):
        self.address = address
        self.inside = inside
        self.credentials = "Basic " + base64.b64encode(cookie.encode()).decode()
        self.connection = None

    def call(self, method, *params, timeout=90):
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, default=str)
        headers = {"Authorization": self.credentials, "Content-Type": "application/json"}
        host, port = self.address.rsplit(":", 1)
        try:
            if self.connection is None:
                self.connection = Connection(host, int(port), timeout=timeout)
                self.connection.inside = self.inside
            self.connection.request("POST", "/", request, headers)
            body = self.connection.getresponse().read()
        except (OSError, http.client.HTTPException) as problem:
            self.connection = None
            raise Gone(f"{method}: {problem!r}") from problem
        answer = json.loads(body, parse_float=Decimal)
        if answer.get("error"):
            raise RpcError(method, answer["error"])
        return answer["result"]

    def __getattr__(self, method):
        return lambda *params, **options: self.call(method, *params, **options)


class Daemon:
    """One timed, with a data directory that outlives it."""

    prefix = []  # of its command
    inside = contextlib.nullcontext  # where its RPC is reached from

    def __init__(self, world, name, data_dir, *options):
        self.world = world
        self.name = name
        self.data_dir = data_dir
        self.options = options
        self.process = None
        self.log_path = os.path.join(world.dir, name + ".log")
        self.rpc_address = None
        self.p2p_address = None
        self.ready_height = None

    def launch(self, *more, **popen_options):
        """Starts the process without waiting for it."""
        check(self.process is None, f"{self.name} runs already")
        log = open(self.log_path, "ab")
        command = [*self.prefix, self.world.timed, "--data-dir", self.data_dir, "--rpc", "127.0.0.1:0", *self.options, *more]
        log.write(f"--- {' '.join(command)}\n".encode())
        log.flush()
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, **popen_options)
        log.close()

    def wait_ready(self):
        """Waits for the ready line."""
        line = []
        reader = threading.Thread(target=lambda: line.append(self.process.stdout.readline().decode()), daemon=True)
        reader.start()
        reader.join(READY_S)
        text = line[0] if line else ""
        check(text.startswith("ready "), f"{self.name} did not become ready: {text!r}, exit status {self.process.poll()}")
        fields = dict(part.split("=", 1) for part in text.split()[1:])
        self.rpc_address, self.p2p_address, self.ready_height = fields["rpc"], fields["p2p"], int(fields["height"])

    def start(self, *more):
        self.launch(*more)
        self.wait_ready()
        return self

    def rpc(self):
        with open(os.path.join(self.data_dir, ".cookie")) as file:
            return Rpc(self.rpc_address, file.read().strip(), self.inside)

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def stop(self):
        """SIGTERM, and within the promised time a clean end."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_S + 1)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.name} did not stop within {STOP_S} s") from None
        self.process.stdout.close()
        self.process = None
        check(status == 0, f"{self.name} stopped with status {status}")

    def run_to_failure(self, *more, seconds=READY_S, **popen_options):
        """Starts it where it must refuse to run. Returns its exit status and what it said this time."""
        before = os.path.getsize(self.log_path) if os.path.exists(self.log_path) else 0
        self.launch(*more, **popen_options)
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"{self.name} ran although it should have refused") from None
        self.process.stdout.close()
        self.process = None
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            log.seek(before)
            said = log.read().split("\n", 1)[1]
        check(status not in (0, None) and status > 0, f"{self.name} ended with status {status}: {said}")
        check(said.strip() != "", f"{self.name} refused without a word")
        return status, said

    def tail(self, lines=25):
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as log:
                return "".join(log.readlines()[-lines:])
        except FileNotFoundError:
            return ""


class World:
    """A test network of separate processes: masternodes m1…mN, node `a` whose wallet holds the genesis money, node `b` with an empty wallet."""

    def __init__(self, options, parameters=None, n_masternodes=4):
        self.timed = options.timed
        self.time_cli = options.time_cli
        self.dir = tempfile.mkdtemp(prefix="timecoin-e2e-")
        self.daemons = []
        atexit.register(self.kill_all)
        self.net = os.path.join(self.dir, "net")
        said = subprocess.run([self.timed, "local-init", str(n_masternodes), self.net], check=False, capture_output=True, text=True)
        check(said.returncode == 0, f"local-init failed: {said.stderr}")
        self.network_file = os.path.join(self.net, "network.json")
        if parameters:
            self.set_parameters(parameters)
        self.masternodes = [self.masternode(i) for i in range(1, n_masternodes + 1)]
        self.a = self.node("a", "--wallet", os.path.join(self.net, "wallet.sqlite"))
        self.b = self.node("b")

    def set_parameters(self, parameters):
        """Changes the genesis before anything runs on it: another chain, the same rules."""
        with open(self.network_file) as file:
            document = json.load(file)
        document["parameters"].update(parameters)
        with open(self.network_file, "w") as file:
            json.dump(document, file)

    def add(self, daemon):
        self.daemons.append(daemon)
        return daemon

    def masternode(self, number):
        folder = os.path.join(self.net, f"m{number}")
        return self.add(Daemon(self, f"m{number}", folder, "--network", self.network_file, "--operator-key", os.path.join(folder, "operator.key")))

    def node(self, name, *options):
        return self.add(Daemon(self, name, os.path.join(self.dir, name), "--network", self.network_file, "--listen", "127.0.0.1:0", *options))

    def start_all(self):
        waiting = [daemon for daemon in self.daemons if daemon.process is None]
        for daemon in waiting:
            daemon.launch()
        for daemon in waiting:
            daemon.wait_ready()

    def kill_all(self):
        for daemon in self.daemons:
            if daemon.process is not None:
                daemon.process.kill()
        for daemon in self.daemons:
            daemon.kill()

    def stop_all(self):
        for daemon in self.daemons:
            if daemon.process is not None:
                daemon.stop()

    def wait_height(self, daemon, height, seconds):
        rpc = daemon.rpc()
        return wait_for(f"{daemon.name} at height {height}", seconds, lambda: rpc.getblockcount() >= height)

    def report(self):
        for daemon in self.daemons:
            say(f"--- the end of {daemon.name}.log")
            say(daemon.tail())

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)


class Chain:
    """The chain as one node tells it, block by block: an account of coins that owes nothing to the wallets."""

    def __init__(self):
        self.hashes = []
        self.txs = {}  # txid -> height
        self.coins = {}  # (txid, n) -> (address, amount): of plain outputs
        self.every = {}  # the same of all outputs

    def follow(self, rpc):
        """Reads on to the tip. What was read before must still stand: there is nothing to reorganise."""
        if self.hashes:
            newest = len(self.hashes) - 1
            check(rpc.getblockhash(newest) == self.hashes[newest], f"the block of height {newest} is another one now")
        for height in range(len(self.hashes), rpc.getblockcount() + 1):
            block = rpc.getblock(rpc.getblockhash(height), 2)
            check(height == 0 or block["previousblockhash"] == self.hashes[-1], f"block {height} does not follow its parent")
            for tx in block["tx"]:
                self.add_outputs(tx, height)
            for tx in block["tx"]:
                for spent in tx.get("vin", []):
                    self.coins.pop((spent["txid"], spent["vout"]), None)
                    check(self.every.pop((spent["txid"], spent["vout"]), None) is not None, f"{tx['txid']} spends what is not there")
            self.hashes.append(block["hash"])
        return self

    def add_outputs(self, tx, height):
        check(tx["txid"] not in self.txs, f"{tx['txid']} is in the chain twice")
        self.txs[tx["txid"]] = height
        for output in tx["vout"]:
            self.every[tx["txid"], output["n"]] = (output["scriptPubKey"]["address"], Decimal(output["value"]))
            if output["scriptPubKey"]["type"] == "keyhash":
                self.coins[tx["txid"], output["n"]] = (output["scriptPubKey"]["address"], Decimal(output["value"]))

    def balance(self, rpc):
        """What belongs to the wallet of @rpc."""
        mine = {address: rpc.getaddressinfo(address)["ismine"] for address in {coin[0] for coin in self.coins.values()}}
        return sum((amount for address, amount in self.coins.values() if mine[address]), Decimal(0))


def wait_in_chain(chain, rpc, txids, seconds):
    """Follows the chain until it holds all of @txids."""

    def missing_none():
        chain.follow(rpc)
        return all(txid in chain.txs for txid in txids)

    try:
        wait_for("transactions in the chain", seconds, missing_none, interval=0.3)
    except Failure:
        missing = [txid for txid in txids if txid not in chain.txs]
        raise Failure(f"{len(missing)} of {len(txids)} transactions are not in the chain at height {len(chain.hashes) - 1}: {missing[:5]}") from None


def check_balances(chain, *daemons, seconds=20):
    """The wallets hold what the chain says, to the unit."""
    for daemon in daemons:
        rpc = daemon.rpc()

        def agrees(rpc=rpc):
            chain.follow(rpc)
            return Decimal(rpc.getbalance()) == chain.balance(rpc)

        try:
            wait_for(f"{daemon.name}'s balance", seconds, agrees, interval=0.5)
        except Failure:
            raise Failure(f"{daemon.name}'s wallet says {rpc.getbalance()}, the chain {chain.balance(rpc)}") from None


def make_wallet(daemon):
    """Gives a node that has none a wallet; returns an address of it."""
    rpc = daemon.rpc()
    rpc.createwallet("")
    return rpc.getnewaddress()


def main(scenario, parameters=None, add_options=None, n_masternodes=4, make_world=World):
    """Runs scenario (world, options) on a network of its own."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("timed")
    parser.add_argument("time_cli")
    parser.add_argument("--keep", action="store_true", default="TC_E2E_KEEP" in os.environ, help="leave the files behind")
    if add_options:
        add_options(parser)
    options = parser.parse_args()
    world = make_world(options, parameters, n_masternodes)
    try:
        scenario(world, options)
    except Exception:  # whatever it was: show it with what the programs said, and fail
        traceback.print_exc(file=sys.stdout)
        world.kill_all()
        world.report()
        sys.exit(1)
    world.kill_all()
    if options.keep:
        say(f"the files are in {world.dir}")
    else:
        world.remove()
