from hypothesis import settings

# The first example of a test may compile; the same examples every time.
settings.register_profile("here", deadline=None, derandomize=True)
settings.load_profile("here")
