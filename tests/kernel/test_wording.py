"""Sentences that remember what they were made of."""

from __future__ import annotations

import json
import marshal
import pickle

from guanxi.kernel.wording import Wording, packed, render, say, unpacked

GERMAN = {"%(name)s is %(what)s.": "%(what)s: %(name)s.", "a picture": "ein Bild"}


def test_it_is_english_for_who_does_not_ask() -> None:
    assert say("%(name)s is %(what)s.", name="a.png", what=say("a picture")) == "a.png is a picture."
    assert say("100% sure") == "100% sure"


def test_it_is_said_in_another_language_with_its_parts() -> None:
    text = say("%(name)s is %(what)s.", name="100%s", what=say("a picture"))
    assert render(text, lambda template: GERMAN.get(template, template)) == "ein Bild: 100%s."
    assert render("plain", lambda _: "never asked") == "plain"


def test_it_survives_every_way_between_processes_and_files() -> None:
    text = say("%(n)s of %(what)s", n=3, what=say("a picture"))
    ways = (
        pickle.loads(pickle.dumps(text)),
        unpacked(json.loads(json.dumps(packed(text)))),
        unpacked(marshal.loads(marshal.dumps(packed(text)))),
    )
    for back in ways:
        assert isinstance(back, Wording)
        assert (back, back.template, back.data) == (text, text.template, text.data)
    assert packed("plain") == unpacked("plain") == "plain"


def test_what_files_put_into_it_can_be_written_anywhere() -> None:
    assert say("%(text)s", text="\ud800").encode() == b"?"
    assert len(say("%(text)s", text="x" * 10_000)) == 4_000
