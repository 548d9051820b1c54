"""Every template compiles, keeps the policy (nothing inline), trusts nobody, and speaks both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

from guanxi.ui import catalogues
from guanxi.ui.assets import FILES, project_folder

PACKAGE = catalogues.PACKAGE
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
SHOWN = [path.relative_to(PACKAGE).as_posix() for path in TEMPLATES]
# Words that stand in a template on purpose: names that are the same in both languages, keys, file kinds.
SAME_IN_BOTH = {
    "中文",
    "CSV",
    "JSON",
    "Guanxi 关系",
    "关",
    "Ctrl K",
    "Enter",
    "Esc",
    "S",
    "D",
    "K",
    "Guanxi",
    "简体中文",
    "English",
    # Examples of a label in each of the two languages, beside each other on one form.
    "Net spend in 90 days",
    "近 90 天净消费",
}
_TAGS = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<script.*?</script>|<code>.*?</code>", re.DOTALL)
_BLOCKTRANSLATE = re.compile(r"{%\s*blocktranslate.*?endblocktranslate\s*%}", re.DOTALL)
_COMMENT = re.compile(r"{%\s*comment.*?endcomment\s*%}", re.DOTALL)
_ATTRIBUTE = re.compile(r"(?:title|placeholder|aria-label|alt|value)=\"([^\"{<]*)\"")


@pytest.mark.parametrize("path", TEMPLATES, ids=SHOWN)
def test_it_compiles(path: Path) -> None:
    engines["django"].from_string(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=SHOWN)
def test_nothing_is_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text), "inline style: the policy blocks it"
    assert not re.search(r"\son[a-z]+\s*=", text), "inline handler: the policy blocks it"
    assert not re.search(r"<style|javascript:", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or "application/json" in script, script


@pytest.mark.parametrize("path", TEMPLATES, ids=SHOWN)
def test_nothing_is_trusted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "|safe" not in text
    assert "autoescape off" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=SHOWN)
def test_no_text_is_hard_coded(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    bare = _TAGS.sub(" ", _BLOCKTRANSLATE.sub(" ", _COMMENT.sub(" ", text)))
    words = [word.strip() for word in re.split(r"<[^>]*>", bare)]
    words += [word.strip() for word in _ATTRIBUTE.findall(_TAGS.sub("{", text))]
    parts = {part.strip() for word in words for part in re.split(r"[·\n/]", word)}
    hard = {part for part in parts if re.search(r"[A-Za-z\u4e00-\u9fff]{2,}", part)} - SAME_IN_BOTH
    assert not {part for part in hard if not re.fullmatch(r"[a-z0-9_.\-]+|&[a-z]+;", part)}


def test_the_chinese_catalogue_is_whole() -> None:
    assert catalogues.check() == []


def test_every_icon_that_is_asked_for_exists() -> None:
    sprite = (PACKAGE / "ui" / "static" / "ui" / "icons.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'id="([\w-]+)"', sprite))
    asked = {
        name for path in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', path.read_text("utf-8"))
    }
    assert asked <= known


def test_the_lock_names_hashes_and_no_hosts() -> None:
    lock = (project_folder() / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in lock
    assert lock.count('"integrity"') == lock.count('"version"')
    packages = {source.split("/dist/")[0] for source in FILES if "/dist/" in source}
    assert all(f"node_modules/{name}" in lock for name in packages)


def test_no_sentence_hides_in_a_formatted_string() -> None:
    """The catalogue's extractor does not see it there."""
    hidden = re.compile(r"\{(?:_|say|gettext)\(['\"]")
    found = [str(path) for path in PACKAGE.rglob("*.py") if hidden.search(path.read_text(encoding="utf-8"))]
    assert found == []
