"""Where things lie in this checkout."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"


def venv_python() -> Path:
    """The interpreter that has the product's requirements."""
    return VENV / "bin" / "python"
