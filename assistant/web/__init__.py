"""The HTTP service's own parts: who may ask how much, the line of questions, what is counted and logged."""
