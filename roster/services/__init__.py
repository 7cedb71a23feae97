"""Verbs of roster exchange; ``MOVES`` maps a delivery's moves to them."""

from roster.bundles.receiving import (
    apply_run,
    approve_run,
    discard_run,
    receive_bundle,
    refuse_run,
)
from roster.inbound.receiving import receive_rows
from roster.inbound.sources import pause_source, register_source, source_of_client

MOVES = {
    "roster.syncrun": {
        "apply": apply_run,
        "discard": discard_run,
        "approve": approve_run,
        "refuse": refuse_run,
    },
}

__all__ = [
    "MOVES",
    "apply_run",
    "approve_run",
    "discard_run",
    "pause_source",
    "receive_bundle",
    "receive_rows",
    "refuse_run",
    "register_source",
    "source_of_client",
]
