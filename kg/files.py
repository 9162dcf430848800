"""Files that are whole or not there: written beside their place, then renamed onto it."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kg.errors import OutputError


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A binary stream whose bytes become the file at `path` when the block ends without an error, and vanish otherwise.

    A link is followed, so that it stays a link; a device or a pipe (`/dev/stdout`) is written to directly, as it cannot be renamed onto.

    Raises:
        OutputError: the folder is missing or not writable, the disk is full, or `path` is a folder.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.is_dir():
            raise OutputError("is a folder, not a file", where=str(path), remedy="Name a file in it")
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            with target.open("wb") as stream:
                yield stream
            return
        beside = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with beside.open("wb") as stream:
                yield stream
            beside.replace(target)
        except BaseException:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
    except BrokenPipeError:
        raise  # whoever read the pipe has seen enough: no fault of the output
    except OSError as err:
        raise OutputError(f"cannot be written: {err.strerror or err}", where=str(path), remedy="Free some space or choose another place with -o") from err


@contextmanager
def writing(path: str | Path) -> Iterator[IO[bytes]]:
    """`replacing` for a path that a user gave, where "-" is standard output.

    Raises:
        OutputError: as `replacing`, or standard output cannot be written to.
    """
    if str(path) != "-":
        with replacing(Path(path)) as stream:
            yield stream
        return
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as err:
        raise OutputError(f"cannot be written: {err.strerror or err}", where="standard output", remedy="Check where it is redirected to") from err
