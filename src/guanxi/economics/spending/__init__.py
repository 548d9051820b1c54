"""What was spent, what it should cost, and what a customer came to."""
