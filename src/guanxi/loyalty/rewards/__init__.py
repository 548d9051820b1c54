"""The catalogue of rewards: what points and money buy, its stock, and what was redeemed."""
