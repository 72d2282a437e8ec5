"""Why a request is not let in. Statuses belong to the HTTP edge; here are only codes and sentences."""

from enum import StrEnum


class TenantError(Exception):
    """A refusal with a stable `code` and a `message` that says what to do next."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class KeyUnknown(TenantError):
    """Missing, malformed, unknown, wrong secret or contradictory: deliberately one identical answer."""

    def __init__(self) -> None:
        super().__init__(
            "invalid_api_key",
            "Send one valid API key in the X-API-Key header. The key is missing, incomplete or unknown.",
        )


class Refusal(StrEnum):
    """Why a proven key may not do this."""

    SUSPENDED = "key_suspended"
    REVOKED = "key_revoked"
    EXPIRED = "key_expired"
    REPLACED = "key_replaced"
    NETWORK = "network_not_allowed"
    TENANT_INACTIVE = "tenant_inactive"
    SCOPE_MISSING = "scope_missing"


_SENTENCES = {
    Refusal.SUSPENDED: "This API key is suspended. Ask your administrator to resume it, or use another key.",
    Refusal.REVOKED: "This API key is revoked for good. Ask your administrator for a new one.",
    Refusal.EXPIRED: "This API key has expired. Ask your administrator for a new one.",
    Refusal.REPLACED: "This API key was replaced by another and its grace period is over. Use the new key.",
    Refusal.NETWORK: "This API key may not be used from your address. Send the request from one of its networks, "
    "or ask your administrator to allow this one.",
    Refusal.TENANT_INACTIVE: "This account is inactive. Contact the operator of the service to reactivate it.",
}


class KeyRefused(TenantError):
    """The key is genuine, and may not do this."""

    def __init__(self, reason: Refusal, message: str = "") -> None:
        super().__init__(reason.value, message or _SENTENCES[reason])
        self.reason = reason


class QuotaExhausted(TenantError):
    """No unit of the month (or, for a test key, of the day) is left. Waiting seconds does not help."""

    @classmethod
    def of_the_month(cls, limit: int) -> "QuotaExhausted":
        return cls(
            "quota_exceeded",
            f"The monthly quota of {limit} requests is used up. It starts again on the first of next month "
            "(UTC, see X-RateLimit-Reset); ask the operator of the service for a higher quota to go on now.",
        )

    @classmethod
    def too_few(cls, wanted: int, left: int) -> "QuotaExhausted":
        return cls(
            "quota_exceeded",
            f"The request has {wanted} images, and {left} are left of the monthly quota. Send fewer at once, wait for "
            "the first of next month (UTC, see X-RateLimit-Reset), or ask the operator of the service for more.",
        )

    @classmethod
    def of_the_key(cls, limit: int) -> "QuotaExhausted":
        return cls(
            "key_quota_exceeded",
            f"This API key has used the {limit} requests of the monthly quota that it may use. Use another key, wait "
            "for the first of next month (UTC, see X-RateLimit-Reset), or ask your administrator for a higher cap.",
        )

    @classmethod
    def of_the_day(cls, limit: int) -> "QuotaExhausted":
        return cls(
            "test_quota_exceeded",
            f"This test key has used its {limit} requests of today (UTC). Use a live key, or go on tomorrow.",
        )


class IdempotencyMismatch(TenantError):
    """The name was given to another request."""

    def __init__(self) -> None:
        super().__init__(
            "idempotency_mismatch",
            "This Idempotency-Key was sent with another request within the last 24 hours. Send the first one again "
            "byte for byte, or give this one a key of its own.",
        )


class AnswerInProgress(TenantError):
    """The request of that name is being answered; the same may be sent again after `retry_after` seconds."""

    retry_after = 2

    def __init__(self) -> None:
        super().__init__(
            "idempotency_in_progress",
            "The request with this Idempotency-Key is still being answered. Wait as long as Retry-After says, then "
            "send the same again.",
        )


class AnswerExpired(TenantError):
    """The request was answered and billed once; its answer is gone, and it is never billed again."""

    def __init__(self) -> None:
        super().__init__(
            "idempotency_expired",
            "The request with this Idempotency-Key was answered, and its answer is no longer kept: newer ones have "
            "taken its room. Send it with a new key if you need it computed, and billed, again.",
        )


class BurstLimited(TenantError):
    """Too many requests in a short time; the same request may be sent again after `retry_after` seconds."""

    def __init__(self, retry_after: int, code: str, message: str) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after

    @classmethod
    def requests(cls, retry_after: int, limit: int) -> "BurstLimited":
        return cls(
            retry_after,
            "burst_limited",
            f"More than {limit} requests within one minute. Wait {retry_after} seconds and send fewer at once.",
        )

    @classmethod
    def failed_keys(cls, retry_after: int) -> "BurstLimited":
        return cls(
            retry_after,
            "too_many_failed_keys",
            f"Too many requests without a valid API key from this address. Wait {retry_after} seconds, "
            "or send a valid key in the X-API-Key header: it is accepted at once.",
        )
