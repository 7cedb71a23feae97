"""Run one tool: python script/_lib NAME [arguments]."""

from __future__ import annotations

import importlib
import signal
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])

from script._lib.say import Stop, fail  # noqa: E402

TOOLS = {
    "setup": "setup",
    "vendor": "vendor",
    "server": "server",
    "test": "testing",
    "check": "checking",
    "bench": "bench",
    "clauses": "clauses",
    "integration": "integration",
}


def main() -> int:
    """Call the tool's `main` and turn a Stop into words."""
    # a shell starts background jobs deaf to Ctrl-C; every tool ends on all three
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    tool = importlib.import_module(f"script._lib.{TOOLS[sys.argv[1]]}")
    try:
        return int(tool.main(sys.argv[2:]))
    except Stop as error:
        return fail(error)
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
