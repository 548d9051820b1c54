"""The outbox: messages to customers, checked and sent after what they are about has committed."""
