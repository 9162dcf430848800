"""A real Neo4j Community server for the tests, put together from Maven artifacts (GPL-3: a tool for tests, never a dependency of the package).

The jars are fetched once into a cache, $KG_NEO4J_HOME or ~/.cache/claimgraph-test/neo4j-VERSION; each run has a home, ports and a password of its own.
As a script it runs a server until Ctrl-C: `python tests/neo4j_server.py [VERSION]`.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kg.stores import keeper

START_SECONDS = 300  # 15 on an idle machine


@dataclass(frozen=True)
class Release:
    """A Neo4j version that can be assembled: the Java that it runs on and its main class."""

    version: str
    java: int
    main: str


RELEASES = {
    release.version: release
    for release in (
        Release("5.26.30", 17, "org.neo4j.server.CommunityEntryPoint"),
        Release("2026.09.0", 25, "org.neo4j.server.Neo4jCommunity"),
    )
}
DEFAULT = "5.26.30"
BROWSER = "5.24.0"  # the last Neo4j Browser on Maven Central; works on both lines


class Unavailable(Exception):
    """No server can be had on this machine; the text says what is missing."""


@dataclass(frozen=True)
class Server:
    """A running server: where it listens and how to log in."""

    release: Release
    uri: str
    http: str
    user: str
    password: str
    home: Path


@contextmanager
def running(version: str = DEFAULT) -> Iterator[Server]:
    """Start a server with an empty database, and stop it when the block ends, and also when this process dies.

    Raises:
        Unavailable: Java or Maven is not here, or the jars cannot be fetched.
        RuntimeError: the server does not start; the message holds the end of its log.
    """
    release = RELEASES[version]
    java = _java(release.java)
    jars = _jars(release)
    home = Path(tempfile.mkdtemp(prefix=f"neo4j-{version}-"))
    bolt, http = _free_ports()
    server = Server(release, f"bolt://127.0.0.1:{bolt}", f"http://127.0.0.1:{http}", "neo4j", secrets.token_urlsafe(16), home)
    for folder in ("conf", "data", "logs", "run", "plugins", "import", "licenses", "certificates"):
        (home / folder).mkdir()
    (home / "conf" / "neo4j.conf").write_text(_conf(bolt, http), "utf-8")
    with open(home / "logs" / "console.log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", keeper.__file__, *_command(java, jars, release, home)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _await_ready(process, server)
        yield server
    finally:
        process.communicate(b"\n")
        shutil.rmtree(home, ignore_errors=True)


def _await_ready(process: subprocess.Popen[bytes], server: Server) -> None:
    """Wait for Bolt, then change the first password, which the server insists on."""
    from neo4j import GraphDatabase
    from neo4j.exceptions import ServiceUnavailable

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with GraphDatabase.driver(server.uri, auth=("neo4j", "neo4j")) as driver, driver.session(database="system") as session:
                session.run("ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new", new=server.password).consume()
            break
        except ServiceUnavailable:
            if process.poll() is not None or time.monotonic() > deadline:
                log = (server.home / "logs" / "console.log").read_text("utf-8", "replace")
                raise RuntimeError(f"Neo4j {server.release.version} does not start:\n{log[-3000:]}") from None
            time.sleep(0.2)
    with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        while True:  # the default database opens a moment after Bolt
            try:
                driver.execute_query("RETURN 1", database_="neo4j")
                return
            except ServiceUnavailable:
                time.sleep(0.2)


def _jars(release: Release) -> Path:
    """The folder of jars, fetched by Maven where it is not there: written beside, then renamed, so that it is whole or absent."""
    cache = Path(os.environ.get("KG_NEO4J_HOME") or Path.home() / ".cache" / "claimgraph-test" / f"neo4j-{release.version}")
    jars = cache / "lib"
    if jars.is_dir():
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable(f"Maven (mvn) is not on the PATH, and {jars} holds no Neo4j {release.version}")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as beside:
        (Path(beside) / "pom.xml").write_text(_pom(release), "utf-8")
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=lib"]
        done = subprocess.run([maven, "-q", "-B", *goal], cwd=beside, capture_output=True, text=True)
        if done.returncode:
            raise Unavailable(f"Maven cannot fetch Neo4j {release.version}: {(done.stdout + done.stderr).strip()[-500:]}")
        try:
            (Path(beside) / "lib").rename(jars)
        except OSError:  # another run was faster
            if not jars.is_dir():
                raise
    return jars


def _java(feature: int) -> Path:
    """The `java` of a JDK of this feature version."""
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    homes += sorted(Path("/usr/lib/jvm").glob("*")) + sorted(Path("/Library/Java/JavaVirtualMachines").glob("*/Contents/Home"))
    homes += [Path(found).resolve().parents[1] for found in [shutil.which("java")] if found]
    for home in homes:
        release = home / "release"
        if release.is_file() and re.search(rf'^JAVA_VERSION="{feature}\b', release.read_text("utf-8"), re.MULTILINE) and (home / "bin" / "java").is_file():
            return home / "bin" / "java"
    raise Unavailable(f"Java {feature} is not here (looked in JAVA_HOME, /usr/lib/jvm and the PATH)")


def _pom(release: Release) -> str:
    artifacts = (("org.neo4j", "neo4j", release.version), ("org.neo4j.app", "neo4j-server", release.version), ("org.neo4j.client", "neo4j-browser", BROWSER))
    dependencies = "".join(f"<dependency><groupId>{g}</groupId><artifactId>{a}</artifactId><version>{v}</version></dependency>" for g, a, v in artifacts)
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>kg</groupId><artifactId>neo4j-for-tests</artifactId>'
        f"<version>1</version><packaging>pom</packaging><dependencies>{dependencies}</dependencies></project>"
    )


def _conf(bolt: int, http: int) -> str:
    # Without `directories.import`, LOAD CSV reads any file of the machine.
    return f"""server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{bolt}
server.bolt.advertised_address=127.0.0.1:{bolt}
server.http.listen_address=127.0.0.1:{http}
server.https.enabled=false
server.directories.import=import
dbms.security.allow_csv_import_from_file_urls=false
server.memory.heap.initial_size=512m
server.memory.heap.max_size=1g
server.memory.pagecache.size=256m
dbms.usage_report.enabled=false
client.allow_telemetry=false
db.transaction.timeout=60s
"""


def _command(java: Path, jars: Path, release: Release, home: Path) -> list[str]:
    return [str(java), *_FLAGS, "-cp", f"{jars}/*", release.main, f"--home-dir={home}", f"--config-dir={home / 'conf'}", "--console-mode"]


_FLAGS = (  # those of the official launcher, and a small heap
    "-Xms512m",
    "-Xmx1g",
    "-XX:+UseG1GC",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+UnlockExperimentalVMOptions",
    "-XX:+TrustFinalNonStaticFields",
    "-XX:+DisableExplicitGC",
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Djdk.tls.ephemeralDHKeySize=2048",
    "-Djdk.tls.rejectClientInitiatedRenegotiation=true",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:+DebugNonSafepoints",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
    "--add-modules=jdk.incubator.vector",
    "-Dlog4j2.disable.jmx=true",
    "-Djava.awt.headless=true",
    "-Dfile.encoding=UTF-8",
)


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


if __name__ == "__main__":
    with running(*sys.argv[1:2]) as started:
        print(f"Neo4j {started.release.version} at {started.uri} and {started.http}/browser/, Ctrl-C stops it")
        print(f"user {started.user}, password {started.password}", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass
