"""What leaves the house: the wheel, the licences of what it stands on, what files may not say."""

import importlib.metadata
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("geodata", "resources", "matching", "casework", "jobs", "api")

# Each under a licence that asks for changes to the library itself to be shared, and nothing of
# programs that import it.
WEAK_COPYLEFT = {"psycopg", "psycopg-binary"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the names of the files in the wheel, built from a copy of the checkout."""
    source = tmp_path_factory.mktemp("source")
    leave_out = shutil.ignore_patterns("__pycache__", "*.egg-info", "node_modules", "vendor")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=leave_out)
    shutil.copytree(ROOT / "requirements", source / "requirements")
    shutil.copytree(ROOT / "tests", source / "tests", ignore=leave_out)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-index", "--wheel-dir", str(out), str(source)],
        check=True, capture_output=True,
    )  # fmt: skip
    with zipfile.ZipFile(next(out.glob("*.whl"))) as archive:
        return archive.namelist()


def test_the_wheel_holds_the_packages_and_no_tests(wheel: list[str]) -> None:
    tops = {name.split("/")[0] for name in wheel if ".dist-info" not in name}
    assert tops == set(PACKAGES)


def test_the_wheel_holds_what_the_code_reads_beside_itself(wheel: list[str]) -> None:
    data = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file()
        and path.suffix != ".py"
        and not {"vendor", "__pycache__"} & set(path.parts)
        and not path.name.startswith(".")
    }
    assert "resources/vocabulary.toml" in data
    assert sorted(data - set(wheel)) == []


def test_the_wheel_holds_every_module(wheel: list[str]) -> None:
    code = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "node_modules" not in path.parts
    }
    assert sorted(code - set(wheel)) == []


def locked_for_running() -> set[str]:
    text = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    names = set()
    for line in text.splitlines():
        match = re.match(r"([A-Za-z0-9._-]+)==", line)
        if match and "sys_platform == 'win32'" not in line:
            names.add(match[1].lower())
    return names


def test_what_runs_is_under_licences_that_ask_nothing_of_us() -> None:
    strong = []
    for name in sorted(locked_for_running() - WEAK_COPYLEFT):
        try:
            facts = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform or version of Python
        said = [facts.get("License-Expression") or "", facts.get("License") or ""]
        said += [c for c in facts.get_all("Classifier") or [] if c.startswith("License ::")]
        if re.search(r"\b[AL]?GPL|GNU (Affero|General|Lesser)", "\n".join(s[:300] for s in said)):
            strong.append(name)
    assert strong == []


def test_every_locked_package_has_a_hash() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        entries = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())
        assert [e.split()[0] for e in entries if "--hash=sha256:" not in e] == [], path.name


def test_locked_files_agree_with_each_other() -> None:
    locked = [
        _versions(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "requirements").glob("*.txt"))
    ]
    everything = {name: versions for file in locked for name, versions in file.items()}
    for file in locked:
        assert file == {name: everything[name] for name in file}


def _versions(text: str) -> dict[str, set[str]]:
    """Return each package's locked versions (there may be one for each version of Python)."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.M):
        found.setdefault(name, set()).add(version)
    return found


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode != 0:
        pytest.skip("this is no git checkout, so which files are tracked isn't known")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_package_registry_or_a_folder_of_somebodys_machine() -> None:
    # In pieces, so that this file doesn't hold what it looks for.
    hosts = ["registry." + "npmjs.org", "pypi" + ".org", "pythonhosted" + ".org", "npm" + "mirror"]
    folders = ["/" + "home/", "/" + "root/", "/" + "Users/", "/" + "work/", "/" + "opt/wheels"]
    folders.append(str(ROOT) + "/")
    found = []
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {w}" for w in hosts if w in text]
        found += [
            f"{path.relative_to(ROOT)}: {w}"
            for w in folders
            if re.search(rf"(?<![\w.}}/$-]){re.escape(w)}", text)
        ]
    assert found == []


def test_no_tracked_file_is_large() -> None:
    assert [str(p) for p in tracked_files() if p.stat().st_size > 1_500_000] == []
