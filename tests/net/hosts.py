"""Networks of real nodes, each on a host of its own: a network namespace, with an internet of ours between them (internet.c)."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading

import harness
from harness import Daemon, World, check, say, wait_for

CLONE_NEWNET = 0x40000000
PORT = 24200
SKIPPED = 77

libc = ctypes.CDLL(None, use_errno=True)


def skip(why):
    say(f"skipped: {why}")
    sys.exit(SKIPPED)


def become_root():
    """Namespaces need root, or a user namespace of one's own in which one is root."""
    if os.geteuid() == 0:
        return
    if subprocess.run(["unshare", "-Urn", "true"], check=False, capture_output=True).returncode != 0:
        skip("this machine lets nobody but root make namespaces")
    os.execvp("unshare", ["unshare", "-Urn", "--kill-child", sys.executable, *sys.argv])


class Internet:
    """The carrier of packets between hosts."""

    def __init__(self, program, hosts):
        """@hosts: name -> "ADDRESS" or "ADDRESS+MORE"."""
        self.addresses = {name: text.split("+")[0] for name, text in hosts.items()}
        self.process = subprocess.Popen([program, *(f"{name}={text}" for name, text in hosts.items())], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("ready"):
            if self.process.wait() == SKIPPED:
                skip("no namespaces or no /dev/net/tun here")
            raise harness.Failure(f"the internet did not start: {line!r}")
        self.namespaces = {name: f"/proc/{self.process.pid}/fd/{fd}" for name, fd in (part.split("=") for part in line.split()[1:])}

    def command(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        lines = []
        while not lines or not lines[-1].startswith(("ok", "error")):
            line = self.process.stdout.readline()
            check(line, f"the internet is gone (at {text!r})")
            lines.append(line.strip())
        check(lines[-1] == "ok", f"{text}: {lines[-1]}")
        return lines[:-1]

    def delay(self, ms, a="*", b="*"):
        self.command(f"delay {a} {b} {ms}")

    def loss(self, percent, a="*", b="*"):
        self.command(f"loss {a} {b} {percent * 10}")

    def split(self, *groups):
        """Hosts of different groups do not hear each other; heal () ends it."""
        for i, group in enumerate(groups):
            for other in groups[i + 1 :]:
                for a in group:
                    for b in other:
                        self.command(f"cut {a} {b}")

    def heal(self):
        self.command("join * *")

    def carried(self):
        """{(from, to): (packets, bytes, lost)} so far."""
        return {(line.split()[0], line.split()[1]): tuple(map(int, line.split()[2:])) for line in self.command("stats")}

    def at(self, host):
        """The command that runs another one on @host."""
        return ["nsenter", f"--net={self.namespaces[host]}", "--"]

    @contextlib.contextmanager
    def inside(self, host):
        """This thread is on @host."""
        with open("/proc/thread-self/ns/net") as home, open(self.namespaces[host]) as there:
            check(libc.setns(there.fileno(), CLONE_NEWNET) == 0, f"cannot enter {host}")
            try:
                yield
            finally:
                check(libc.setns(home.fileno(), CLONE_NEWNET) == 0, "cannot come home")


class HostWorld(World):
    """As World, with masternodes m1… on 10.<n>.0.1, node `a` (the genesis money) on 10.50.0.1, `b` on 10.51.0.1, and @more hosts without a node at first."""

    def __init__(self, options, parameters=None, n_masternodes=4, more=None):
        hosts = {f"m{i}": f"10.{i}.0.1" for i in range(1, n_masternodes + 1)}
        hosts |= {"a": "10.50.0.1", "b": "10.51.0.1"} | (more or {})
        self.internet = Internet(options.internet, hosts)
        self.parameters = parameters or {}
        super().__init__(options, {}, n_masternodes)
        self.give_addresses()

    def give_addresses(self):
        with open(self.network_file) as file:
            document = json.load(file)
        document["parameters"].update(self.parameters)
        for i, masternode in enumerate(document["masternodes"]):
            masternode["host"] = f"10.{i + 1}.0.1:{PORT}"
        with open(self.network_file, "w") as file:
            json.dump(document, file)

    def add(self, daemon):
        if daemon.name in self.internet.namespaces:
            self.place(daemon)
        return super().add(daemon)

    def place(self, daemon):
        daemon.prefix = self.internet.at(daemon.name)
        daemon.inside = lambda: self.internet.inside(daemon.name)

    def node(self, name, *options):
        address = self.internet.addresses[name]
        return self.add(Daemon(self, name, os.path.join(self.dir, name), "--network", self.network_file, "--listen", f"{address}:{PORT}", *options))

    def address(self, name):
        return f"{self.internet.addresses[name]}:{PORT}"

    def spawn(self, host, *command):
        """Another program on @host; it dies with the world."""
        program = Program(self.internet.at(host) + list(command), os.path.join(self.dir, f"{host}-{os.path.basename(command[0])}.log"))
        self.programs = getattr(self, "programs", []) + [program]
        return program

    def kill_all(self):
        super().kill_all()
        for program in getattr(self, "programs", []):
            program.end(signal.SIGKILL)


class Program:
    def __init__(self, command, log_path):
        self.name = " ".join(command[3:])
        self.lines = []
        with open(log_path, "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, text=True)
        self.reader = threading.Thread(target=lambda: self.lines.extend(iter(self.process.stdout.readline, "")), daemon=True)
        self.reader.start()

    def wait_line(self, start, seconds):
        return wait_for(f"{start!r} of {self.name}", seconds, lambda: next((line for line in self.lines if line.startswith(start)), None))

    def wait(self, seconds):
        """Until it has ended by itself. Returns: the figures of its last line."""
        wait_for(f"the end of {self.name}", seconds, lambda: self.process.poll() is not None, interval=0.2)
        self.reader.join(5)
        check(self.process.returncode == 0, f"{self.name} failed with {self.process.returncode}")
        return self.figures()

    def figures(self):
        last = self.lines[-1].split() if self.lines else []
        return {part.split("=")[0]: float(part.split("=")[1]) for part in last if "=" in part}

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait()
        self.reader.join(5)
        return self.figures()


def rss_mb(daemon):
    """What the process holds in memory now."""
    with open(f"/proc/{daemon.process.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:")) / 1000


def main(scenario, add_options=None):
    become_root()

    def add_programs(parser):
        for name in ("internet", "attacker", "twist"):
            parser.add_argument(f"--{name}", required=True)
        if add_options:
            add_options(parser)

    harness.main(scenario, add_options=add_programs, make_world=lambda options, *rest: scenario.world(options))


def world(**arguments):
    """Says of a scenario what network it is to run on."""

    def mark(scenario):
        scenario.world = lambda options: HostWorld(options, **arguments)
        return scenario

    return mark
