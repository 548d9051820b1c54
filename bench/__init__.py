"""Speed, measured: each figure as a ratio to a baseline run beside it, since machines are noisy."""
