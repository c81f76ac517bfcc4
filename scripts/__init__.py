"""Commands that make what is in the repository: pictures and the model card."""
