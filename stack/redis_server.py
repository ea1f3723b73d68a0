"""A Redis server of one's own."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from stack.process import LOOPBACK, PartMissing, Service


class Redis(Service):
    """`settings` are lines of redis.conf for this start: {"maxmemory": "32mb"}."""

    name: ClassVar[str] = "Redis"
    port_variable: ClassVar[str] = "REDIS_PORT"

    def __init__(self, home: Path, port: int, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(home, port)
        # A broker keeps its messages over a restart; noeviction: it never forgets one for want of memory.
        self.settings = {"appendonly": "yes", "maxmemory-policy": "noeviction", **(settings or {})}

    @property
    def url(self) -> str:
        return self.database_url(0)

    def database_url(self, number: int) -> str:
        return f"redis://{LOOPBACK}:{self.port}/{number}"

    @property
    def data(self) -> Path:
        return self.home / "data"

    def is_ready(self) -> bool:
        return self._ask("PING") == "+PONG"

    def flush(self) -> None:
        """Empty all its databases."""
        if (answer := self._ask("FLUSHALL")) != "+OK":
            raise RuntimeError(f"Redis did not flush: {answer!r}")

    def forget(self) -> None:
        """Remove what it kept on disk, so that it starts empty. It must not be running."""
        if self.is_running:
            raise RuntimeError("Redis is running: stop it before its files are removed")
        shutil.rmtree(self.data, ignore_errors=True)

    def _ask(self, command: str) -> str:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=5) as connection:
                connection.sendall(f"{command}\r\n".encode())
                return connection.recv(512).decode(errors="replace").strip()
        except OSError:
            return ""

    @classmethod
    def find_program(cls) -> Path:
        for name in ("redis-server", "valkey-server"):
            if found := shutil.which(name):
                return Path(found)
        raise PartMissing("Redis is missing. Debian and Ubuntu: apt-get install redis-server")

    def _prepare(self) -> None:
        self.find_program()
        self.data.mkdir(exist_ok=True)

    def _command(self) -> Sequence[str]:
        command = [
            str(self.find_program()),
            "--port",
            str(self.port),
            "--bind",
            LOOPBACK,
            "--dir",
            str(self.data),
        ]
        for name, value in self.settings.items():
            command += [f"--{name}", value]
        return command
