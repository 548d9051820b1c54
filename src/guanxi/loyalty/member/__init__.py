"""The members' own pages on their phones: who is signed in, and what the programme shows there."""
