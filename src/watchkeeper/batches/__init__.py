"""Whole tables through a deployment's models: batches, answered chunk by chunk, kept as files, journalled or not."""
