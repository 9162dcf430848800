"""`python -m kg.schemas [--check] [DIR]`: write the generated files to DIR (default `schemas`), or name those that are stale."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kg.errors import KGError
from kg.schemas.files import stale, write


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 1 where a file is stale or cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m kg.schemas", description="Write the schema files, or check that they are fresh.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name the files that differ")
    parser.add_argument("directory", nargs="?", type=Path, default=Path("schemas"), metavar="DIR")
    options = parser.parse_args(arguments)
    if options.check:
        names = stale(options.directory)
        for name in names:
            print(f"{options.directory / name}: stale. Run `python -m kg.schemas {options.directory}`", file=sys.stderr)
        return 1 if names else 0
    try:
        write(options.directory)
    except KGError as err:
        print(err, file=sys.stderr)
        return err.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
