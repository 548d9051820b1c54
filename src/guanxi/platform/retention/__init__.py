"""How long each kind of data is kept (PIPL 19): a registry, a period per brand and kind, a nightly run."""
