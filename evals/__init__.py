"""How often the answers are right, measured with question sets."""
