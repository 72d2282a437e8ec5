"""What Django and the libraries around it are told."""

from datetime import timedelta

import dj_database_url
import dj_email_url
from django.core.exceptions import ImproperlyConfigured

from skuapi.settings.environment import (
    BASE_DIR,
    BEHIND_TLS_PROXY,
    DATA_DIR,
    DATABASE_URL,
    EMAIL_URL,
    LOG_FORMAT,
    LOG_LEVEL,
    MAX_BODY_BYTES,
    MODEL_STORE,
    PHOTO_STORE,
    REDIS_URL,
    REQUIRE_HTTPS,
)

if BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = REQUIRE_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if REQUIRE_HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "skuapi.portal.login.csrf_failed"

# Who may read an answer in a browser is decided per tenant, in skuapi/cors.py.
CORS_URLS_REGEX = r"^/(api|roboflow)/"
CORS_EXPOSE_HEADERS = [
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Used",
    "X-RateLimit-Reset",
    "X-Request-ID",
    "X-API-Version",
    "X-API-Warnings",
    "X-Model-Release",
    "Server-Timing",
    "Retry-After",
    "Idempotent-Replayed",
]
CORS_ALLOW_HEADERS = [
    *("accept", "authorization", "content-type", "idempotency-key"),
    *("x-api-key", "x-api-version", "x-request-id"),
]
CORS_PREFLIGHT_MAX_AGE = 600

LOGIN_REDIRECT_URL = "admin:index"  # of staff; the portal's own login is for keys
ROOT_URLCONF = "skuapi.urls"
WSGI_APPLICATION = "skuapi.wsgi.application"
APPEND_SLASH = False

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # before admin, whose templates it replaces
    "unfold.contrib.filters",
    "staff.apps.StaffAdminConfig",  # django.contrib.admin, with a log-in of two factors
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "skuapi",
    "tenants",
    "modelstore",
    "django_q",  # behind skuapi, whose qcluster is the command
    "django_otp",
    "django_otp.plugins.otp_totp",
    "axes",
    "auditlog",
    "staff.apps.StaffConfig",  # behind these, whose pages of admin it replaces
]

MIDDLEWARE = [
    "skuapi.request_id.RequestIdMiddleware",
    "skuapi.observability.requests.RequestsMiddleware",
    "skuapi.probes.ProbesMiddleware",
    "skuapi.https.HttpsMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "staff.audit.AuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

# --- staff: who they are, what they may do, what is remembered of it
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# The function that knows which address a request comes from: `staff` must not import it.
CLIENT_ADDRESS = "tenants.address.client_address"
OTP_TOTP_ISSUER = "SKU Detection"
AXES_HANDLER = "staff.lockout.StaffLockout"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# The two together: whoever knows a name cannot lock its owner out everywhere. StaffLockout adds one of the address.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "staff.address.counted_address"
AXES_LOCKOUT_CALLABLE = "staff.lockout.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True  # log-ins are in the audit trail
AXES_ENABLE_ADMIN = False  # staff.admin has a page for it
AXES_VERBOSE = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

try:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True)}
except ValueError:
    # Not its own words: they may repeat a part of the URL, which holds a password.
    raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user:secret@host:5432/name.") from None
globals().update({name: value for name, value in dj_email_url.parse(EMAIL_URL or "dummy:").items() if value})
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Many web threads share a few connections; a pool replaces Django's one connection per thread.
    # What database/prepared.py runs is prepared at once; Django's own cursors prepare nothing, whatever this says.
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 16}, "prepare_threshold": 0},
    }
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False  # a file does not hang up
    # IMMEDIATE takes the write lock up front, so that two writers wait instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        # Its usual 300 entries would forget counters of burst limits while they still run.
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    )
}

# Jobs of the worker (`manage.py qcluster`), one process of which loads torch. database/queue.py enqueues them.
Q_CLUSTER = {
    "name": "skuapi",
    "workers": 1,
    # A job that takes longer is ended, and one whose worker was killed runs again after `retry`, which must be longer.
    "timeout": 900,
    "retry": 960,
    "max_attempts": 2,
    "save_limit": -1,  # results would be kept as pickles; rows of the database tell what came of a job
    "scheduler": False,
    "poll": 0.5,
    **({"redis": REDIS_URL} if REDIS_URL else {"orm": "default"}),
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "models": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MODEL_STORE}},
    "photos": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": PHOTO_STORE}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
FORMAT_MODULE_PATH = "skuapi.formats"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns of a folder that is missing
WHITENOISE_USE_FINDERS = True

# The view enforces its own, tighter limits and answers them in JSON.
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES

REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "skuapi.errors.answer_error",
    "UNAUTHENTICATED_USER": None,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "skuapi.request_id.RequestIdFilter"},
        "keyless": {"()": "skuapi.observability.keyless.KeylessFilter"},
    },
    "formatters": {
        "line": {"format": "{asctime} {levelname} {request_id} {name}: {message}", "style": "{"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "{asctime}{levelname}{request_id}{name}{message}",
            "style": "{",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            "json_ensure_ascii": False,
        },
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request_id", "keyless"]}
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # Django's own handler would print every 4xx of the API a second time.
    "loggers": {"django.request": {"level": "ERROR"}},
}
