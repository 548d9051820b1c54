"""Lucky draws: terms frozen by hash, chance that anybody can work out again."""
