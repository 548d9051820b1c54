"""How customers stand to the brand: what they are given and asked, and loyalty told apart from habit."""
