"""The counter: a card is read, and what the member may have is seen and redeemed."""
