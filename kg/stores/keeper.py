"""Keeps a server process for exactly as long as the process that asked for it lives.

Run as a script of its own between Python and the server: `python keeper.py COMMAND…`. Its standard input is a pipe from the parent. The server is
asked to stop, and after a while made to, when a byte comes through the pipe, when the pipe closes because the parent is dead of anything, `kill -9`
included, or when the parent's id changes, as a forked worker may hold the pipe for longer. A signal at the parent's death alone would not do: macOS and
Windows have none, and Linux sends it when the thread that asked ends. It does serve for the keeper's own death. No import of `kg`: it starts in a few
milliseconds.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

STOP_SECONDS = 15
"""How long a server may take to close its files before it is killed."""


def _die_with_parent() -> None:
    """Ask Linux to kill this process when the keeper ends (prctl PR_SET_PDEATHSIG). Only the keeper, which has one thread now, runs this."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)


def keep(command: list[str]) -> int:
    """Run the command until it ends or the parent wants or dies; its exit code, as Python gives it."""
    parent = os.getppid()
    if sys.platform == "linux":
        # The lock of the database's folder is an open file that the server inherits: it is free when the server is gone, not when its parent is.
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, close_fds=False, preexec_fn=_die_with_parent)
    else:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, close_fds=False)

    told = threading.Event()

    def listen() -> None:
        os.read(0, 1)
        told.set()

    threading.Thread(target=listen, daemon=True).start()
    while server.poll() is None:
        if told.wait(0.2) or os.getppid() != parent:
            server.terminate()
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    return server.returncode


if __name__ == "__main__":
    sys.exit(keep(sys.argv[1:]))
