"""What conditions can ask of the log: leaves, and the two sources of features behind them."""
