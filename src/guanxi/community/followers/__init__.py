"""Followers: lists taken in, audited, and followed to what they become."""
