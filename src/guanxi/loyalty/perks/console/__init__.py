"""The console of this room."""
