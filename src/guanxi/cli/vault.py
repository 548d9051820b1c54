"""`guanxi vault …`: the keys of personal data."""

from __future__ import annotations

from guanxi.cli.shared import JsonOption, command, command_app, line, note, progress, show
from guanxi.kernel.wording import say

app = command_app(help="The keys of personal data.")


@app.command("rotate")
@command
def rotate(json: JsonOption = False) -> None:
    """Make a new master key and wrap every key with it; an interrupted rotation is continued."""
    from guanxi.platform import audit
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.vault import rotation

    with progress(say("Wrapping keys anew")) as advance:
        done = rotation.rotate(advance)
    audit.record(None, COMMAND_LINE, "vault.rotated", detail={"version": done.version})
    show(done._asdict(), json, lambda: _print(done.version, done.rewrapped))
    note(say("Back up the new key apart from the database."))
    if done.unused:
        note(
            say(
                "This database needs the old versions no more, but backups made before do. Once those are "
                "gone, run `guanxi vault drop-old`."
            )
        )


@app.command("drop-old")
@command
def drop_old(json: JsonOption = False) -> None:
    """Take versions of the master key that this database needs no more out of master.key."""
    from guanxi.platform import audit
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.vault import rotation

    dropped = rotation.drop_unused()
    audit.record(None, COMMAND_LINE, "vault.versions_dropped", detail={"versions": dropped})
    named = ", ".join(map(str, dropped))
    done = say("Dropped: %(versions)s.", versions=named) if dropped else say("There was nothing to drop.")
    show({"dropped": dropped}, json, lambda: line(done))


@app.command("reindex")
@command
def reindex(json: JsonOption = False) -> None:
    """Add what searches need to data sealed by earlier versions, such as the ends of phones."""
    from guanxi.customers.lookup import brand_ids_of
    from guanxi.platform.vault.reindexing import reindex as add_missing

    with progress(say("Reading personal data")) as advance:
        added = add_missing(brand_ids_of, advance)
    done = say("%(n)s search entries were added.", n=f"{added:,}")
    show({"added": added}, json, lambda: line(done))


def _print(version: int, rewrapped: int) -> None:
    line(
        say(
            "Master key version %(version)s now wraps everything; %(n)s keys were rewritten.",
            version=version,
            n=f"{rewrapped:,}",
        )
    )
