"""The embedded Cypher database: an ArcadeDB server of one graph folder, as a child process on loopback, spoken to over Bolt.

The wheel `arcadedb-embedded` brings its own Java. The server is a process of its own, because a JVM inside Python dies with SIGSEGV on a
signal in mid-query and cannot bear a fork. It lives for one `with` block: `kg.stores.keeper` stops it when this process leaves the block or
dies. Folder GRAPH/arcadedb: `databases/` and `server.log` of the server, `BUILD`, which names the build that the database holds and is written last,
and `LOCK`. A database without its `BUILD`, or with another, is thrown away and made again.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kg.errors import StoreError
from kg.files import replacing
from kg.locking import hold
from kg.stores import keeper
from kg.stores.cypher import Progress, load, reach, speaking

if TYPE_CHECKING:
    from neo4j import Driver

    from kg.graph import Graph

DATABASE = "kg"
_READER = "reader"
_ACCESS = {
    "admin": (["updateSecurity", "updateSchema", "updateDatabaseSettings"], ["createRecord", "readRecord", "updateRecord", "deleteRecord"]),
    _READER: ([], ["readRecord"]),
}
"""Group of users -> rights on databases, rights on records. People's own Cypher runs as a reader: a question must not change the answer of the next."""
START_SECONDS = 180
"""How long the server may take until it answers; an idle machine takes 2, one that trains a model beside it 60."""
LOCK_SECONDS = 10
"""How long to wait for another process on the same graph: most questions are shorter."""
_FORM = "1"  # part of BUILD: a change in how the database is made must make it again


class EmbeddedCypher:
    """The Cypher database of a graph folder, made when it is first asked and again when the graph has changed."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.folder = Path(graph.folder) / "arcadedb"
        self._marker = self.folder / "BUILD"

    @classmethod
    @contextmanager
    def open(cls, graph: Graph, progress: Progress | None = None) -> Iterator[Driver]:
        """Yield a driver of the running server, whose default database holds this build; the server is gone when the block ends.

        Args:
            progress: called with the number of rows after each transaction, if the database has to be made.

        Raises:
            StoreError: Java does not start, another process holds the database, or the folder cannot be written.
        """
        database = cls(graph)
        with ExitStack() as opened:
            try:
                database.folder.mkdir(exist_ok=True)
                # The server inherits the open file, so that the lock is free only when the server is gone too.
                lock = opened.enter_context(hold(database.folder / "LOCK", LOCK_SECONDS, database._taken))
                driver = database._enter(opened, lock, progress)
            except OSError as err:
                raise StoreError(
                    f"cannot be used: {err.strerror or err}",
                    where=str(err.filename or database.folder),
                    remedy="Check that the folder may be written and the disk has room, or ask in SPARQL",
                ) from err
            yield driver

    @property
    def fresh(self) -> bool:
        """Whether the database claims to hold this build, whole."""
        try:
            return self._marker.read_text("utf-8") == self._wanted()
        except (FileNotFoundError, UnicodeDecodeError):
            return False

    def _wanted(self) -> str:
        return f"{self.graph.build}\narcadedb {metadata.version('arcadedb-embedded')}, form {_FORM}\n"

    def _taken(self, holder: str) -> StoreError:
        return StoreError(
            f"process {holder} has this Cypher database open",
            where=str(self.folder),
            remedy="Wait until it ends, or ask in SPARQL, which any number of processes may at once",
        )

    def _enter(self, opened: ExitStack, lock: BinaryIO, progress: Progress | None) -> Driver:
        """Start the server, make the database where it is not fresh, and log in as the reader."""
        if self.fresh:
            with ExitStack() as trial:
                driver = trial.enter_context(trial.enter_context(self._server(lock)).login(_READER))
                if self._answers(driver):
                    opened.push(trial.pop_all())
                    return driver
        self._marker.unlink(missing_ok=True)
        shutil.rmtree(self.folder / "databases", ignore_errors=True)
        server = opened.enter_context(self._server(lock))
        with server.login("root") as root:
            load(root, self.graph, progress=progress)
        with replacing(self._marker) as marker:
            marker.write(self._wanted().encode())
        return opened.enter_context(server.login(_READER))

    def _answers(self, driver: Driver) -> bool:
        """Whether the database that the server opened is the one that BUILD tells of: its files may have been damaged or deleted since."""
        from neo4j.exceptions import DriverError, Neo4jError

        try:
            found = driver.execute_query("MATCH (n:Paper) RETURN count(n) AS papers").records[0]["papers"]
        except (DriverError, Neo4jError):
            return False
        return bool(found == self.graph.manifest["labels"].get("Paper", 0))

    @contextmanager
    def _server(self, lock: BinaryIO) -> Iterator[_Server]:
        server = _Server(self.folder, lock)
        try:
            server.await_ready()
            yield server
        finally:
            server.stop()


class _Server:
    """The child process, from start to stop."""

    def __init__(self, folder: Path, lock: BinaryIO) -> None:
        self.folder = folder
        self.log = folder / "server.log"
        self.password = secrets.token_urlsafe(24)
        self.http_port, self.bolt_port = _free_ports()
        self.password_file = folder / "password"
        # A user's password is taken from the file at the first start only: a new password wants a new user file.
        config = folder / "config"
        shutil.rmtree(config, ignore_errors=True)
        config.mkdir()
        groups = {
            name: {"resultSetLimit": -1, "readTimeout": -1, "access": rights, "types": {"*": {"access": record_rights}}}
            for name, (rights, record_rights) in _ACCESS.items()
        }
        (config / "server-groups.json").write_text(json.dumps({"databases": {"*": {"groups": groups}}, "version": 2}), "utf-8")
        self.password_file.unlink(missing_ok=True)
        with open(os.open(self.password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(self.password)
        command = [sys.executable, "-I", "-S", keeper.__file__, *self._command()]
        # Another JVM's options, and a class path, are not for this one.
        environment = {name: value for name, value in os.environ.items() if name not in ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH")}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=environment,
                start_new_session=True,  # Ctrl-C is for Python, which then stops the server in order
                pass_fds=(lock.fileno(),) if sys.platform != "win32" else (),
            )

    def _command(self) -> list[str]:
        spec = util.find_spec("arcadedb_embedded")
        if spec is None or spec.origin is None:
            raise StoreError("the package arcadedb-embedded is not installed", remedy="Run `pip install arcadedb-embedded`, or ask in SPARQL")
        package = Path(spec.origin).parent
        java = package / "jre" / "bin" / ("java.exe" if sys.platform == "win32" else "java")
        settings = {
            "server.rootPath": str(self.folder),
            "server.rootPasswordPath": str(self.password_file),
            "server.mode": "development",  # production hides what is wrong with a query
            "txWalFlush": "1",
            "server.logsDirectory": str(self.folder / "log"),
            "server.httpIncomingHost": "127.0.0.1",
            "server.httpIncomingPort": str(self.http_port),
            "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
            "bolt.host": "127.0.0.1",
            "bolt.port": str(self.bolt_port),
            "bolt.defaultDatabase": DATABASE,
            "opencypher.loadCsv.allowFileUrls": "false",
            "opencypher.loadCsv.allowRemoteUrls": "false",
        }
        return [
            str(java),
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "-cp",
            str(package / "jars" / "*"),
            *(f"-Darcadedb.{name}={value}" for name, value in settings.items()),
            "com.arcadedb.server.ArcadeDBServer",
        ]

    def await_ready(self) -> None:
        """Wait until the server answers; make the database, where there is none, and the reader.

        HTTP is the only way to make them. Each start has new passwords, so the files of users and rights are new too.
        """
        deadline = time.monotonic() + START_SECONDS
        while (answer := self._command_server(f"create database {DATABASE}")) is None:
            if self.process.poll() is not None:
                raise self._failure(f"the embedded Cypher server ended as it started (exit code {self.process.returncode})")
            if time.monotonic() > deadline:
                raise self._failure(f"the embedded Cypher server does not answer after {START_SECONDS} s")
            time.sleep(0.05)
        if answer and "already exists" not in answer:
            raise self._failure(f"the embedded Cypher server makes no database ({answer})")
        reader = {"name": _READER, "password": self.password, "databases": {DATABASE: [_READER]}}
        if answer := self._command_server(f"create user {json.dumps(reader)}"):
            raise self._failure(f"the embedded Cypher server makes no user ({answer})")
        self.password_file.unlink()

    def _command_server(self, command: str) -> str | None:
        """Send one administrative command: None while the server does not listen, "" when it is done, else the refusal."""
        login = base64.b64encode(f"root:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=START_SECONDS)
        try:
            connection.request("POST", "/api/v1/server", json.dumps({"command": command}), headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        return "" if response.status == 200 else f"{response.status}: {text[:200]}"

    @contextmanager
    def login(self, user: str) -> Iterator[Driver]:
        """Yield a driver that speaks as `root` or as the reader."""
        from neo4j import GraphDatabase

        address = f"bolt://127.0.0.1:{self.bolt_port}"
        with GraphDatabase.driver(address, auth=(user, self.password), notifications_min_severity="OFF", telemetry_disabled=True) as driver:
            with speaking(address):
                reach(driver, DATABASE)
            yield driver

    def _failure(self, what: str) -> StoreError:
        lines = [line for line in self.log.read_text("utf-8", "replace").splitlines() if line.strip()]
        last = f": {lines[-1].strip()[:200]}" if lines else ""
        return StoreError(
            what + last, where=str(self.log), remedy="See that log; it needs glibc 2.34 or newer and 1 GB of free memory. Questions in SPARQL need no Java"
        )

    def stop(self) -> None:
        """Tell the keeper to stop the server, and wait until both are gone."""
        try:
            self.process.communicate(b"\n", timeout=keeper.STOP_SECONDS + 5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        self.password_file.unlink(missing_ok=True)


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]
