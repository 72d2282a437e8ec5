"""What a release answers to photos that it did not learn from, and what that is worth."""
