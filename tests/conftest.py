"""Laws say what is true, not how fast: a busy machine must not make one fail, so none has a deadline of its own."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
