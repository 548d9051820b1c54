"""`guanxi vault …`: the keys of personal data."""

from __future__ import annotations

from guanxi.cli.shared import JsonOption, command, command_app, note, out, progress, show

app = command_app(help="The keys of personal data.")


@app.command("rotate")
@command
def rotate(json: JsonOption = False) -> None:
    """Make a new master key and wrap every key with it; an interrupted rotation is continued."""
    from guanxi.platform import audit
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.vault import rotation

    with progress("Wrapping keys anew") as advance:
        done = rotation.rotate(advance)
    audit.record(None, COMMAND_LINE, "vault.rotated", detail={"version": done.version})
    show(done._asdict(), json, lambda: _print(done.version, done.rewrapped))
    note("Back up the new key apart from the database.")
    if done.unused:
        note(
            "This database needs the old versions no more, but backups made before do. Once those are gone, "
            "run `guanxi vault drop-old`."
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
    show({"dropped": dropped}, json, lambda: out.print(f"Dropped: {dropped or 'nothing'}."))


@app.command("reindex")
@command
def reindex(json: JsonOption = False) -> None:
    """Add what searches need to data sealed by earlier versions, such as the ends of phones."""
    from guanxi.customers.lookup import brand_ids_of
    from guanxi.platform.vault.reindexing import reindex as add_missing

    with progress("Reading personal data") as advance:
        added = add_missing(brand_ids_of, advance)
    show({"added": added}, json, lambda: out.print(f"{added:,} search entries were added."))


def _print(version: int, rewrapped: int) -> None:
    out.print(f"Master key version {version} now wraps everything; {rewrapped:,} keys were rewritten.")
