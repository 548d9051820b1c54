"""What conditions can ask of customers themselves: leaves, and the sources of features behind them."""
