"""axe-core, which looks for what people with a screen reader, a keyboard or weak eyes would stumble over.

`python -m tests.browser.axe` fetches it at set-up. Pinned with its hash in package-lock.json here, apart from
what pages load: it is never served.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from guanxi.ui.assets import npm_ci, project_folder

FOLDER: Final = Path(__file__).parent
SCRIPT: Final = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
_RUN: Final = """async (rules) => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"], elementRef: false});
  return found.violations.map((v) => [v.id, v.nodes.map((n) => [
    n.target.join(" "), n.html.slice(0, 160), n.any.concat(n.all, n.none).map((c) => c.message)[0] ?? ""])]);
}"""


def script() -> str:
    """The script's text; fetched where set-up has not."""
    locked = (FOLDER / "package-lock.json").read_text(encoding="utf-8")
    stamp = FOLDER / "node_modules" / "stamp.txt"
    if not SCRIPT.is_file() or not stamp.is_file() or stamp.read_text(encoding="utf-8") != locked:
        with tempfile.TemporaryDirectory(prefix="guanxi-axe-") as name:
            folder = Path(name)
            for path in (FOLDER / "package.json", FOLDER / "package-lock.json", project_folder() / ".npmrc"):
                shutil.copy2(path, folder)
            npm_ci(folder)
            shutil.rmtree(FOLDER / "node_modules", ignore_errors=True)
            shutil.move(folder / "node_modules", FOLDER / "node_modules")
        stamp.write_text(locked, encoding="utf-8")
    return SCRIPT.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds wrong on the page as it stands: the rule, where, and why."""
    found: Any = page.evaluate(_RUN, RULES)
    return [f"{rule}: {where} — {why}\n      {html}" for rule, nodes in found for where, html, why in nodes]


if __name__ == "__main__":
    script()
