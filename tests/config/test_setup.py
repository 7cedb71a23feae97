"""Set-up says what is missing and the command that mends it, and does nothing twice."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from script._lib import browser, causes, checking, setup, vendor
from script._lib.paths import ROOT, VENDOR
from script._lib.say import Stop, fail

# hosts of package registries, put together here so that no file names one
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"),
            ("files", "pythonhosted", "org"),
            ("registry", "npmjs", "org"),
            ("registry", "npmmirror", "com"),
        )
    )
    + "|--(?:extra-)?"
    + "-".join(("index", "url"))
    + "|--"
    + "-".join(("find", "links"))
)


def run_script(name: str, *arguments: str, **env: str) -> subprocess.CompletedProcess:
    """Run a script as a stranger would, with nearly no environment."""
    return subprocess.run(
        [str(ROOT / "script" / name), *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(Path.home()), **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_named_with_the_command_for_another() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = run_script("server", PORT=str(port))
    assert result.returncode == 1
    assert f"port {port} is taken" in result.stderr
    assert re.search(r"PORT=\d+ script/server", result.stderr)
    assert "Traceback" not in result.stderr


def test_a_port_that_is_no_number_is_refused() -> None:
    result = run_script("server", PORT="eight")
    assert result.returncode == 1
    assert "PORT=8080 script/server" in result.stderr


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A PATH that has only what the launcher itself needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "dirname").symlink_to(str(shutil.which("dirname")))
    return folder


def test_a_machine_without_python_is_told_how_to_get_it(bare: Path) -> None:
    result = run_script("setup", PATH=str(bare))
    assert result.returncode == 1
    assert "there is no Python" in result.stderr
    assert "sudo apt install python3 python3-venv" in result.stderr


def test_an_old_python_is_named_with_its_version(bare: Path) -> None:
    old = bare / "python3"
    old.write_text(
        '#!/bin/sh\ncase "$2" in *version_info*) exit 1;; esac\necho 3.8.2\n'
    )
    old.chmod(0o755)
    result = run_script("setup", PATH=str(bare))
    assert result.returncode == 1
    assert "Python 3.11 or newer is needed, this machine has 3.8.2" in result.stderr


def test_a_python_without_venv_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "The virtual environment was not created: ensurepip is not available."
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(
        setup, "run", lambda *words: subprocess.CompletedProcess(words, 1, said, "")
    )
    monkeypatch.setattr(setup, "venv_python", lambda: tmp_path / "none")
    with pytest.raises(Stop) as caught:
        setup.make_environment()
    assert "sudo apt install python3-venv" in caught.value.remedy
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("npm error code ENOSPC", "the disk is full"),
        ("NewConnectionError: Failed to establish a new connection", "no network"),
        ("npm error code EAI_AGAIN", "no network"),
        ("npm error code SELF_SIGNED_CERT_IN_CHAIN", "certificate is not trusted"),
        ("PermissionError: [Errno 13] Permission denied", "no right to write"),
        ("something else", "failed"),
    ],
)
def test_the_cause_is_read_from_what_the_installer_says(
    output: str, problem: str
) -> None:
    stop = causes.explain("installing", output, Path("/srv/place"), "script/setup")
    assert problem in stop.problem
    assert stop.remedy
    assert output in str(stop)


def test_too_little_disk_is_found_before_the_installation(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="MB free") as caught:
        causes.require_space(tmp_path / "not" / "yet", 10**9, "the environment")
    assert f"df -h '{tmp_path}'" in caught.value.remedy


def test_a_registry_that_cannot_be_reached_is_called_no_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements.txt").write_text("portal-that-nobody-made==1.0\n")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    with pytest.raises(Stop, match="no network") as caught:
        setup.install("requirements.txt")
    assert "script/setup" in caught.value.remedy


def test_a_second_set_up_installs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    if not (setup.VENV / ".installed-requirements.txt").exists():
        pytest.skip("this environment was not made by script/setup")

    def refuse(*words: str) -> subprocess.CompletedProcess[str]:
        assert "install" not in words, "nothing changed, nothing to install"
        return subprocess.CompletedProcess(words, 0, "", "")

    monkeypatch.setattr(setup, "run", refuse)
    monkeypatch.setattr(vendor, "fetch", lambda: pytest.fail("nothing to fetch"))
    setup.install("requirements.txt")
    vendor.bring()


def test_a_stop_is_printed_with_problem_remedy_and_details(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert fail(Stop("no flour.", "buy flour", "the shelf is empty")) == 1
    said = capsys.readouterr().err
    assert "Cannot go on: no flour." in said
    assert "What helps:   buy flour" in said
    assert "  the shelf is empty" in said


OUTLINE = {"school": [("path", {"d": "M1 2", "note": 'a"b'})], "star": []}
FILLED = {"star": [("circle", {"r": 3})]}


def test_the_sprite_has_a_symbol_for_outline_and_filled_icons() -> None:
    assert 'id="school"' in vendor.symbol("school", OUTLINE, FILLED)
    assert "note='a\"b'" in vendor.symbol("school", OUTLINE, FILLED)
    assert 'fill="currentColor"' in vendor.symbol("star-filled", OUTLINE, FILLED)


def test_an_unknown_icon_is_answered_with_similar_names() -> None:
    with pytest.raises(Stop, match="schoolx") as caught:
        vendor.symbol("schoolx", OUTLINE, FILLED)
    assert "school" in caught.value.remedy


def test_icon_names_ignore_remarks_and_repetitions() -> None:
    assert vendor.icon_names("# all\nx\nbell # ring\n\nx\n") == ["bell", "x"]


def test_pointers_to_source_maps_are_not_served() -> None:
    for path in VENDOR.glob("*.*"):
        assert b"sourceMappingURL" not in path.read_bytes(), path.name
    assert vendor.SOURCE_MAP.sub(b"\n", b"a\n//# sourceMappingURL=a.map\n") == b"a\n"


def test_node_is_the_machines_own_or_the_one_from_the_wheel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    node = vendor.npm_command()
    said = subprocess.run([*node, "--version"], capture_output=True, check=True)
    assert said.stdout.strip()


def test_no_registry_host_and_no_path_of_a_machine_is_in_any_file() -> None:
    places = [str(path) for path in (ROOT, Path.home()) if len(path.parts) > 2]
    places += [f"{Path.home()}/."]
    found = []
    for name in checking.tracked():
        text = (ROOT / name).read_bytes().decode(errors="ignore")
        found += [f"{name}: {hit}" for hit in REGISTRIES.findall(text)]
        found += [f"{name}: {place}" for place in places if place in text]
    assert found == []


def test_every_requirement_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().splitlines()
        wanted = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert wanted
        assert [line for line in wanted if "==" not in line] == []


def test_browser_tests_skip_loudly_without_a_browser(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(browser, "path", lambda: None)
    browser.announce_missing()
    assert "BROWSER TESTS ARE SKIPPED" in capsys.readouterr().out
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(Stop, match="no apt-get"):
        browser.require()


def test_the_scripts_run_on_the_oldest_supported_python() -> None:
    assert sys.version_info >= setup.OLDEST
    for name in ("setup", "server", "test", "check", "bench", "clauses", "vendor"):
        assert os.access(ROOT / "script" / name, os.X_OK), name
