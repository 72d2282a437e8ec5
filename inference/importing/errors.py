"""The one way in which an import ends early."""


class ImportRefused(Exception):
    """A file is no detector that can be imported; the message says why and what to do. Nothing was kept."""
