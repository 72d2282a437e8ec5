"""What operators choose, read from the environment and one ignored file, `.env`.

The environment wins over the file. A bad value stops the start and names itself.
"""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError
from marshmallow.validate import OneOf, Range, Regexp

# Nothing phones home, and nothing is fetched or installed behind an operator's back.
os.environ.update(
    YOLO_OFFLINE="true",
    YOLO_AUTOINSTALL="false",
    HF_HUB_OFFLINE="1",
    TRANSFORMERS_OFFLINE="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    DO_NOT_TRACK="1",
    RAY_USAGE_STATS_ENABLED="0",
)

# torch's threads must not spin while they wait for each other: beside busy web threads that takes up to thirty
# times as long. Read once, when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# ultralytics sets this to 1 where it is not set: whatever a process starts after importing it would use one core.
os.environ.setdefault("OMP_NUM_THREADS", str(len(os.sched_getaffinity(0))))

BASE_DIR = Path(__file__).resolve().parent.parent.parent
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

env = Env(eager=False)
env.read_env(str(BASE_DIR / ".env"), recurse=False)


def _secret(name: str) -> str:
    value = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Run `make setup` once to create .env with fresh secrets, "
            f"or set {name} in the environment."
        )
    return str(value)


def _peppers(text: str) -> dict[int, str]:
    """`1:secret,2:newer` -> {1: "secret", 2: "newer"}; the highest version signs new keys."""
    try:
        pairs = [part.split(":", 1) for part in text.split(",") if part.strip()]
        peppers = {int(version): secret.strip() for version, secret in pairs}
    except ValueError:
        peppers = {}
    if not peppers or min(map(len, peppers.values())) < 32:
        raise ImproperlyConfigured(
            "API_KEY_PEPPERS must look like `1:<at least 32 characters>,2:<...>`, one entry a version."
        )
    return peppers


SECRET_KEY = _secret("SECRET_KEY")
API_KEY_PEPPERS = _peppers(_secret("API_KEY_PEPPERS"))

DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", LOOPBACK_HOSTS)
SERVES_LOOPBACK_ONLY = set(ALLOWED_HOSTS) <= set(LOOPBACK_HOSTS)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0, validate=Range(min=0))

# --- where things are kept
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}")
REDIS_URL = env.str("REDIS_URL", "")
MODEL_STORE = Path(env.str("MODEL_STORE", str(DATA_DIR / "models")))
PHOTO_STORE = Path(env.str("PHOTO_STORE", str(DATA_DIR / "photos")))
EMBEDDING_CACHE = DATA_DIR / "embeddings"  # may be emptied at any time
_encoder_dirs: list[str] = env.list("ENCODER_DIRS", [])
ENCODER_DIRS = [Path(folder) for folder in _encoder_dirs]
DEMO_SECRETS_FILE = DATA_DIR / "demo.json"

# --- where gunicorn listens
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000, validate=Range(min=0, max=65535))
WEB_PROCESSES = env.int("WEB_PROCESSES", 1, validate=Range(min=1, max=64))
WEB_THREADS = env.int("WEB_THREADS", 96, validate=Range(min=1))

# --- the engine: in this process, or in replicas on other machines (manage.py serve_on_ray)
INFERENCE_BACKEND = env.str("INFERENCE_BACKEND", "local", validate=OneOf(["local", "ray"]))
ENGINE_URL = env.str(
    "ENGINE_URL", "http://127.0.0.1:8100", validate=Regexp(r"http://[^/@\s]+\Z", error="Write http://host:port.")
)
REPLICA_METRICS_PORT = env.int("REPLICA_METRICS_PORT", 0, validate=Range(min=0, max=65535))
DEVICE = env.str("DEVICE", "auto", validate=Regexp(r"(auto|cpu|cuda(:\d+)?)\Z", error="Write auto, cpu or cuda:N."))
PRECISION = env.str("PRECISION", "auto", validate=OneOf(["auto", "float32", "bfloat16", "float16"]))
REQUEST_TIMEOUT = env.float("REQUEST_TIMEOUT", 60.0, validate=Range(min=0, max=60, min_inclusive=False))
QUEUE_SIZE = env.int("QUEUE_SIZE", 64, validate=Range(min=1))
LOAD_WAIT = env.float("LOAD_WAIT", 30.0, validate=Range(min=0))
# Whether the engine tries on idle time how it uses its device best (kept in DATA_DIR/runtime).
TUNE = env.bool("TUNE", True)
# Bytes that releases in memory may take together; 0 is half of what the device, or the machine, has.
MODEL_MEMORY_BYTES = env.int("MODEL_MEMORY_BYTES", 0, validate=Range(min=0))
PRELOAD: list[str] = env.list("PRELOAD", [])  # CATEGORY/BRAND; `all` is every brand

# --- whose releases are taken (manage.py new_signing_key)
_ed25519 = Regexp(r"[\w-]{43}\Z", flags=re.ASCII, error="Write a key as manage.py new_signing_key prints it.")
RELEASE_SIGNING_KEY = env.str("RELEASE_SIGNING_KEY", "", validate=lambda text: text and _ed25519(text))
RELEASE_TRUSTED_KEYS: list[str] = env.list("RELEASE_TRUSTED_KEYS", [], validate=lambda keys: [*map(_ed25519, keys)])

# --- mail: smtp://user:password@host:587/?tls=true; empty: none is sent, and staff are told so
_mail = Regexp(r"(smtps?|submission)://\S+\Z", error="Write smtp://user:secret@host:587/?tls=true, smtps:// for TLS.")
EMAIL_URL = env.str("EMAIL_URL", "", validate=lambda url: url and _mail(url))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "shelf-reading@localhost")
EMAIL_TIMEOUT = 20

# --- requests
MAX_IMAGE_BYTES = 5 * 1024 * 1024
MAX_IMAGE_PIXELS = 25_000_000
MAX_BODY_BYTES = 7_500_000
# The photos of a new SKU that staff send in admin, all together.
MAX_PHOTOS_BYTES = 8 * MAX_IMAGE_BYTES + 1024 * 1024
# A zip of a release that staff upload in admin, packed and unpacked.
MAX_BUNDLE_BYTES = env.int("MAX_BUNDLE_BYTES", 2 * 1024**3, validate=Range(min=MAX_BODY_BYTES))
# Seconds after which a client that has gone silent in the middle of its body is given up.
BODY_SILENCE = env.float("BODY_SILENCE", 20.0, validate=Range(min=0, max=600, min_inclusive=False))
FETCH_ALLOWED_HOSTS: list[str] = env.list("FETCH_ALLOWED_HOSTS", [])
FETCH_TIMEOUT = env.float("FETCH_TIMEOUT", 10.0, validate=Range(min=0, max=60, min_inclusive=False))
BURST_LIMIT_PER_MINUTE = env.int("BURST_LIMIT_PER_MINUTE", 1200, validate=Range(min=1))
FAILED_KEYS_PER_MINUTE = env.int("FAILED_KEYS_PER_MINUTE", 60, validate=Range(min=1))
TEST_KEY_REQUESTS_PER_DAY = env.int("TEST_KEY_REQUESTS_PER_DAY", 100, validate=Range(min=1))
# Seconds after which the unit of a request that died is free again: above the longest request, below two minutes.
RESERVATION_LEASE = env.float("RESERVATION_LEASE", 110.0, validate=Range(min=0, max=119, min_inclusive=False))

# Bytes of answers that are kept for each tenant's requests with an Idempotency-Key; the oldest make room.
STORED_ANSWER_BYTES = env.int("STORED_ANSWER_BYTES", 256 * 1024**2, validate=Range(min=0))

# --- transport
REQUIRE_HTTPS = env.bool("REQUIRE_HTTPS", not SERVES_LOOPBACK_ONLY)
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", False)

# --- staff
# Whether admin asks for a code of the person's phone besides the password.
STAFF_TWO_FACTOR = env.bool("STAFF_TWO_FACTOR", not SERVES_LOOPBACK_ONLY)
# For how long it is known who changed what; 0 is for ever.
AUDIT_TRAIL_DAYS = env.int("AUDIT_TRAIL_DAYS", 730, validate=Range(min=0, max=36500))

# --- logs
LOG_FORMAT = env.str("LOG_FORMAT", "line", validate=OneOf(["line", "json"]))
# For how long admin knows what was asked and answered; 0 keeps nothing.
REQUEST_LOG_DAYS = env.int("REQUEST_LOG_DAYS", 30, validate=Range(min=0, max=3650))
# For how long the sums of them by hour and by day are kept, which the charts of admin show; 0 keeps none.
USAGE_HISTORY_DAYS = env.int("USAGE_HISTORY_DAYS", 400, validate=Range(min=0, max=3650))
METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # who knows it may read /metrics; without one it is not there
LOG_LEVEL = env.str("LOG_LEVEL", "INFO", validate=OneOf(["DEBUG", "INFO", "WARNING", "ERROR"]))

_redis = urlsplit(REDIS_URL)
if REDIS_URL and _redis.scheme not in ("redis", "rediss", "unix"):
    raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")

try:
    env.seal()
except EnvError as error:
    raise ImproperlyConfigured(f"A setting is wrong: {error}") from error
