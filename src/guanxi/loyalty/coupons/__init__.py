"""Coupons: campaigns, codes, wallets, and what a shop or a till asks of them."""
