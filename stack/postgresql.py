"""A PostgreSQL cluster of one's own from the binaries that the system has."""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final

from stack.process import LOOPBACK, CannotStart, PartMissing, Service

ROLE: Final = "ryad"
SYSTEM_USER: Final = "postgres"  # the server refuses to run as root
#: Room for the site's and the workers' pools and for tests beside them, on a machine of a developer.
SETTINGS: Final = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "log_min_messages": "warning",
}


class PostgreSQL(Service):
    """`settings` are lines of postgresql.conf for this start: {"fsync": "off"}."""

    name: ClassVar[str] = "PostgreSQL"
    port_variable: ClassVar[str] = "POSTGRESQL_PORT"
    # Sessions are cut and all is written; if that takes too long, the next start recovers from the log.
    stop_signals: ClassVar[Sequence[tuple[signal.Signals, float]]] = (
        (signal.SIGINT, 30),
        (signal.SIGQUIT, 5),
    )

    def __init__(self, home: Path, port: int, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(home, port)
        self.settings = {**SETTINGS, **(settings or {})}

    @property
    def url(self) -> str:
        return self.database_url(ROLE)

    def database_url(self, database: str) -> str:
        return f"postgresql://{ROLE}:{self._password()}@{LOOPBACK}:{self.port}/{database}"

    @property
    def data(self) -> Path:
        """The cluster: below `home`, or where the server's user may go if it may not go there."""
        if self._user() is None or self._may_enter(self.home):
            return self.home / "data"
        return _elsewhere() / f"ryad-{hashlib.sha256(str(self.home).encode()).hexdigest()[:12]}"

    def is_ready(self) -> bool:
        try:
            asked = self._run("pg_isready", "--quiet", "--host", LOOPBACK, "--port", str(self.port))
        except PartMissing:
            return False
        return asked.returncode == 0

    def create_database(self, database: str) -> None:
        """Make it unless it is there. Raises CannotStart."""
        known = self._query(f"SELECT 1 FROM pg_database WHERE datname = '{_plain(database)}'")  # noqa: S608 - plain
        if not known:
            self._query(f'CREATE DATABASE "{_plain(database)}"')

    def drop_database(self, database: str) -> None:
        """Remove it with all that is connected to it. Raises CannotStart."""
        self._query(f'DROP DATABASE IF EXISTS "{_plain(database)}" WITH (FORCE)')

    def _query(self, statement: str) -> str:
        done = self._run(
            "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1",
            "--host", LOOPBACK, "--port", str(self.port), "--username", ROLE, "--dbname", "postgres",
            "--command", statement,
        )  # fmt: skip
        if done.returncode:
            raise CannotStart(f"PostgreSQL refuses {statement!r}:\n{done.stderr.strip()}")
        return done.stdout.strip()

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        password = self._password_file.read_text() if self._password_file.exists() else ""
        return subprocess.run(  # noqa: S603 - our own command lines
            [str(self.find_program().with_name(program)), *arguments],
            env={**os.environ, "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "3", "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )

    @classmethod
    def find_program(cls) -> Path:
        """The server beside `initdb`: Debian keeps them out of the path."""
        folders = sorted(
            (path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()),
            key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0),
        )
        if found := shutil.which("initdb"):
            folders.insert(0, Path(found).resolve().parent)
        for folder in reversed(folders):
            if (folder / "postgres").exists():
                return folder / "postgres"
        raise PartMissing("PostgreSQL is missing. Debian and Ubuntu: apt-get install postgresql")

    def _prepare(self) -> None:
        self.find_program()
        data, user = self.data, self._user()
        if (data / "PG_VERSION").exists():
            self._check_version(data)
            return
        if data.exists():  # an initdb that was interrupted
            shutil.rmtree(data)
        data.parent.mkdir(parents=True, exist_ok=True)
        data.mkdir(mode=0o700)
        if user:
            shutil.chown(data, user, user)
        self._initialise(data, user)

    def _initialise(self, data: Path, user: str | None) -> None:
        # The password reaches initdb in a file that only its reader may read.
        with tempfile.NamedTemporaryFile("w", prefix="ryad-", dir=tempfile.gettempdir()) as file:
            file.write(self._password())
            file.flush()
            if user:
                shutil.chown(file.name, user, user)
            made = subprocess.run(  # noqa: S603 - our own command line
                [
                    str(self.find_program().with_name("initdb")), "--pgdata", str(data), "--username", ROLE,
                    "--pwfile", file.name, "--auth", "scram-sha-256", "--encoding", "UTF8",
                    "--locale", "C.UTF-8", "--no-instructions", "--no-sync",
                ],
                cwd="/", capture_output=True, text=True, check=False,
                user=user, group=user, extra_groups=() if user else None,
            )  # fmt: skip
        if made.returncode:
            shutil.rmtree(data)
            raise CannotStart(f"PostgreSQL's cluster could not be made:\n{made.stderr.strip()}")

    def _check_version(self, data: Path) -> None:
        version = (data / "PG_VERSION").read_text().strip()
        here = self.find_program().parents[1].name
        if here.isdigit() and here != version:
            raise CannotStart(
                f"PostgreSQL: the data in {data} is of version {version}, the newest server here is {here}."
                f" Take it over with pg_upgradecluster or a dump, or remove the folder if it may be lost."
            )

    def _command(self) -> Sequence[str]:
        command = [str(self.find_program()), "-D", str(self.data), "-p", str(self.port)]
        # TCP alone: paths of sockets have a length limit that deep folders exceed.
        settings = {"listen_addresses": LOOPBACK, "unix_socket_directories": "", **self.settings}
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _folder(self) -> Path:
        return self.data

    def _finish(self) -> None:
        self.create_database(ROLE)

    def _user(self) -> str | None:
        if os.geteuid() != 0:
            return None
        try:
            return pwd.getpwnam(SYSTEM_USER).pw_name
        except KeyError:
            raise PartMissing(
                f"PostgreSQL does not run as root, and there is no user {SYSTEM_USER} to run it as."
                f" Debian and Ubuntu: apt-get install postgresql"
            ) from None

    def _may_enter(self, folder: Path) -> bool:
        user = self._user()
        looked = subprocess.run(  # noqa: S603 - fixed arguments
            ["/usr/bin/test", "-x", str(folder)],
            cwd="/", check=False, user=user, group=user, extra_groups=(),
        )  # fmt: skip
        return looked.returncode == 0

    @property
    def _password_file(self) -> Path:
        return self.home / "password"

    def _password(self) -> str:
        if not self._password_file.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            self._password_file.touch(mode=0o600)
            self._password_file.write_text(secrets.token_urlsafe(18))
        return self._password_file.read_text()


def _elsewhere() -> Path:
    ours = Path(pwd.getpwnam(SYSTEM_USER).pw_dir)
    return ours if ours.is_dir() else Path(tempfile.gettempdir())


def _plain(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"not a plain database name: {name!r}")
    return name
