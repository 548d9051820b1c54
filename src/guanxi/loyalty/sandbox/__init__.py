"""The programme in a sandbox: how it is copied there, and the made people who try it."""
