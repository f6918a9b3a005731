"""The commands of the assistant, one module each."""
