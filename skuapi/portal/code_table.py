"""Every error `code` with its status and what the answer says, from the exceptions themselves."""

from dataclasses import dataclass

from django.core.exceptions import DisallowedHost
from django.utils.safestring import SafeString

from inference import errors as inference
from inference import image_errors as images
from modelstore.errors import ModelNotFound
from skuapi import errors as edge
from skuapi.portal.sentences import with_code
from tenants import errors as tenants
from tenants.errors import BurstLimited, KeyRefused, QuotaExhausted, Refusal

LOADING = "The model is loading. Try again in a few seconds."
SCOPE = "This API key may be used for status only. Use a key with the scope predict."
VERSIONS = "X-API-Version must be one of 1.0, 2.0; leave it out for the current one."

# One of each, as a client may meet it.
SAMPLES: tuple[Exception, ...] = (
    edge.FieldMissing("`brand` is missing. Send image, category and brand."),
    edge.FieldInvalid("`det_conf` must lie between 0 and 1."),
    edge.BodyUnreadable("The body is not valid JSON: … Check quotes, commas and encoding."),
    edge.UnknownVersion(VERSIONS),
    edge.IdempotencyKeyInvalid(),
    DisallowedHost(),
    images.ImageEmpty(),
    images.ImageNotBase64(),
    images.ImageUrlUnusable(),
    images.ImageTooLarge(5 * images.MEGABYTE),
    images.ImageTooManyPixels(8000, 6000, 25_000_000),
    images.ImageFormatUnsupported(),
    images.ImageAnimated(),
    images.ImageCorrupt(),
    images.ImageRefused(),
    tenants.KeyUnknown(),
    *(KeyRefused(reason) for reason in Refusal if reason is not Refusal.SCOPE_MISSING),
    KeyRefused(Refusal.SCOPE_MISSING, SCOPE),
    edge.HttpsRequired(),
    ModelNotFound("SNACKS", "UNKNOWN"),
    edge.PathNotFound("/api/v1/predcit"),
    edge.BodyTooLarge(),
    tenants.AnswerInProgress(),
    tenants.AnswerExpired(),
    tenants.IdempotencyMismatch(),
    QuotaExhausted.of_the_month(1000),
    QuotaExhausted.of_the_key(500),
    QuotaExhausted.of_the_day(100),
    BurstLimited.requests(12, 1200),
    BurstLimited.failed_keys(42),
    inference.InvalidOutput("The classifier answered numbers that are none. Tell the operator."),
    inference.ModelLoading(LOADING),
    inference.QueueFull("All places in the queue are taken. Try again in a few seconds."),
    inference.EngineOffline("The inference worker has stopped. Try again; tell the operator if it lasts."),
    inference.OutOfMemory("The photo needs more memory than there is. Try again, or send a smaller one."),
    inference.ReleaseRefused(),
    inference.DeadlineExceeded(),
)


@dataclass(frozen=True)
class Row:
    """waits: the answer says in Retry-After how long to wait before sending the same again."""

    status: int
    code: str
    says: str
    waits: bool

    @property
    def html(self) -> SafeString:
        return with_code(self.says)


def code_table() -> list[Row]:
    """By status; within one, in the order in which a request meets them."""
    own = [_row(error) for error in SAMPLES]
    listed = {row.code for row in own}
    foreign = [Row(status, code, says, False) for status, (code, says) in edge.FOREIGN.items() if code not in listed]
    return sorted(own + foreign, key=lambda row: row.status)


def _row(error: Exception) -> Row:
    status = edge.status_of(error)
    body = edge.body_of(error, status)
    return Row(status, body["code"], body["error"], "Retry-After" in edge.headers_of(error, status))
