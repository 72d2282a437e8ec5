from inference.image_errors import ImageUrlUnusable


class UrlRefused(ImageUrlUnusable):
    """`reason` is for the operator's log; the client reads the one sentence that every cause shares."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason
