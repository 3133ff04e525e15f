"""The answers beside the truth: labels as they arrive, what they say of the answers, and rows to leaf through."""
