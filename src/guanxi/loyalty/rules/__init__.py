"""Rules: facts in, effects out. docs/guide/rules.md says what is decided and in which order."""
