"""What is wrong with a recording, in a sentence for those who recorded it."""


class RecordingError(ValueError):
    """A recording, or one of its files, is not understood, or makes no sense."""
