"""Start the whole product on this machine: services, web, worker and beat."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import time

from . import setup
from .say import Stop, say

DEFAULT_PORT = 8000


def main(arguments: list[str]) -> int:
    """script/server [--demo]"""
    options = read_options(arguments)
    port = wanted_port()
    require_free(port)
    setup.ensure()
    setup.enter("server", arguments)
    # only the environment's interpreter has what this needs
    from .site import Site

    return serve(Site(port, demo=options.demo))


def read_options(arguments: list[str]) -> argparse.Namespace:
    """The few words script/server understands."""
    parser = argparse.ArgumentParser(
        prog="script/server",
        description="Set up and start everything; Ctrl-C stops it, data stays.",
        epilog="Environment: PORT, HOST, DATABASE_URL, REDIS_URL, MEDIA_ROOT, WORKERS.",
    )
    parser.add_argument(
        "--demo",
        action="store_true",
        help="load the demo data (done by itself with the embedded database)",
    )
    return parser.parse_args(arguments)


def wanted_port() -> int:
    """The port from the environment."""
    text = os.environ.get("PORT", "") or str(DEFAULT_PORT)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Stop(f"PORT is not a port number: {text}.", "PORT=8080 script/server")
    return int(text)


def require_free(port: int) -> None:
    """Stop when something else listens there."""
    host = os.environ.get("HOST", "") or "127.0.0.1"
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise Stop(
                f"port {port} needs administrator rights.", "PORT=8080 script/server"
            ) from error
        except OSError as error:
            raise Stop(
                f"port {port} is taken by another program ({error.strerror}).",
                f"PORT={port + 1 if port < 65535 else 8080} script/server",
            ) from error


def serve(site: object) -> int:
    """Run until a signal comes, then stop everything that was started."""
    from .site import Site

    assert isinstance(site, Site)  # noqa: S101 - for the type checker
    began = time.monotonic()
    try:
        site.start()
        say(site.greeting(time.monotonic() - began))
        site.watch()
    except KeyboardInterrupt:
        say("\nStopping …")
    finally:
        # a second Ctrl-C must not leave anything running
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        site.stop()
    say("Stopped. The data stays in place; script/server starts again.")
    return 0
