"""The node as a service, and its jars: fetched by Maven once, kept in `target` beside the pom."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final

from stack.opensearch import java
from stack.process import LOOPBACK, CannotStart, PartMissing, Service

HERE: Final = Path(__file__).resolve().parent
TARGET: Final = HERE / "target"
_SOURCES: Final = ("pom.xml", "LocalNode.java")
_COMPILER: Final = "org.eclipse.jdt.internal.compiler.batch.Main"

_NO_MAVEN: Final = "Maven, which fetches OpenSearch, is missing. Debian and Ubuntu: apt-get install maven"


def version() -> str:
    """The version that the pom names."""
    found = re.search(r"<opensearch\.version>([^<]+)<", (HERE / "pom.xml").read_text())
    assert found is not None
    return found[1]


def build() -> Path:
    """The folder with `lib` and `classes`, made when the pom or the class has changed. Raises CannotStart."""
    TARGET.mkdir(exist_ok=True)
    with (TARGET / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test processes must not fetch at once
        if not is_built():
            home = java.find()
            _fetch(home)
            _compile(home)
            (TARGET / "built").write_text(_sources_hash())
    return TARGET


def is_built() -> bool:
    stamp = TARGET / "built"
    return stamp.exists() and stamp.read_text() == _sources_hash()


def _sources_hash() -> str:
    digest = hashlib.sha256()
    for name in _SOURCES:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()


def _fetch(home: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise PartMissing(_NO_MAVEN)
    shutil.rmtree(TARGET / "lib", ignore_errors=True)
    command = [maven, "--batch-mode", "--quiet", "--file", str(HERE / "pom.xml")]
    command += [
        "dependency:copy-dependencies",
        f"-DoutputDirectory={TARGET / 'lib'}",
        "-DincludeScope=runtime",
    ]
    done = subprocess.run(  # noqa: S603 - our own command line
        command,
        env={**os.environ, "JAVA_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"Maven could not fetch OpenSearch:\n{(done.stdout + done.stderr).strip()[-2000:]}")


def _compile(home: Path) -> None:
    command = [
        str(home / "bin" / "java"),
        "-cp",
        str(TARGET / "lib" / "*"),
        _COMPILER,
        "-proc:none",
        "-nowarn",
    ]
    command += ["-source", "21", "-target", "21", "-cp", _class_path(), "-d", str(TARGET / "classes")]
    command += [str(HERE / "LocalNode.java")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise CannotStart(f"LocalNode.java does not compile:\n{(done.stdout + done.stderr).strip()[-2000:]}")


def _class_path() -> str:
    return os.pathsep.join(str(jar) for jar in sorted((TARGET / "lib").glob("*.jar")))


class OpenSearch(Service):
    """`settings` are lines of opensearch.yml: {"indexing_pressure.memory.limit": "1kb"}."""

    name: ClassVar[str] = "OpenSearch"
    port_variable: ClassVar[str] = "OPENSEARCH_PORT"
    start_seconds: ClassVar[float] = 240

    def __init__(
        self, home: Path, port: int, settings: Mapping[str, str] | None = None, *, heap: str = "1g"
    ) -> None:
        super().__init__(home, port)
        self.heap = heap
        self.settings = {
            "cluster.name": "ryad",
            "node.name": "ryad-1",
            "discovery.type": "single-node",
            "network.host": LOOPBACK,
            "http.port": str(port),
            "transport.port": "0",  # nobody joins: any free one
            # A developer's disk is often nearly full, at which the server would make every index read-only.
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            **(settings or {}),
        }

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def data(self) -> Path:
        return self.home / "data"

    def is_ready(self) -> bool:
        request = urllib.request.Request(f"{self.url}/_cluster/health?timeout=1s")  # noqa: S310 - our own
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - our own address
                return json.load(answer)["status"] in {"yellow", "green"}
        except (urllib.error.URLError, OSError, ValueError, KeyError):
            return False

    @classmethod
    def find_program(cls) -> Path:
        """The runtime; the jars must be there, or Maven to fetch them."""
        home = java.find()
        if not is_built() and shutil.which("mvn") is None:
            raise PartMissing(_NO_MAVEN)
        return home / "bin" / "java"

    def _prepare(self) -> None:
        self.find_program()
        build()

    def _command(self) -> Sequence[str]:
        home = java.find()
        command = [str(home / "bin" / "java"), f"-Xms{self.heap}", f"-Xmx{self.heap}"]
        command += ["--enable-native-access=ALL-UNNAMED", "-Djava.io.tmpdir=" + str(self._temporary())]
        if java.has_module(home, "jdk.incubator.vector"):
            command += ["--add-modules", "jdk.incubator.vector"]  # Lucene computes faster with it
        target = build()
        command += ["-cp", f"{target / 'classes'}{os.pathsep}{target / 'lib'}/*", "LocalNode", str(self.home)]
        return [*command, *(f"{name}={value}" for name, value in self.settings.items())]

    def _temporary(self) -> Path:
        folder = self.home / "tmp"
        folder.mkdir(exist_ok=True)
        return folder
