"""Libraries that answer for saved models; each is loaded only when a model needs it."""
