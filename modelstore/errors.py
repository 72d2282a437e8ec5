"""What can go wrong between a name and a release. No status numbers here."""


class ModelNotFound(Exception):
    """No release answers for this category and brand, or this tenant may not use it: always the same words."""

    code = "model_not_found"

    def __init__(self, category: str, brand: str) -> None:
        super().__init__(
            f"Failed to load model for category '{category}' and brand '{brand}': no trained model found. "
            "GET /api/v1/models lists the models this key may use."
        )


class VersionNotFound(ModelNotFound):
    """The same of a version at an address."""

    def __init__(self, slug: str, version: int) -> None:
        Exception.__init__(self, f"There is no model {slug}/{version}, or this key may not use it. Check both parts.")


class PublishRefused(Exception):
    """A bundle or release cannot be published or activated; the message says why and what to do."""


class Overtaken(PublishRefused):
    """Somebody else activated another release since one looked."""


class CanaryRefused(PublishRefused):
    """A canary cannot start, change or stop; the message says why and what to do."""


class TrainingRefused(Exception):
    """Nothing was trained, and nothing was changed; the message says why and what to do."""


class OnboardingRefused(Exception):
    """The SKU is not added, and nothing was changed; the message says why and what to do."""


class EvaluationRefused(Exception):
    """A release cannot be judged by these photos; the message says why and what to do."""
