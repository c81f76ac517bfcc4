"""Settings that all tests share."""

from hypothesis import settings

settings.register_profile("digitpad", deadline=None, max_examples=60, print_blob=True)
settings.load_profile("digitpad")
