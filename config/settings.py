"""All settings, read from the environment; without any, a safe local default (docs/settings.md lists them)."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

from config.unfold import UNFOLD as UNFOLD


BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def kept_secret(name: str) -> str:
    """A secret made once and kept in the local data folder, for who has set none."""
    path = VAR_DIR / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


SITE_URL = env.str("SITE_URL", default=f"http://localhost:{env.int('PORT', default=8000)}").rstrip("/")
DEMO = env.str("DEMO", default="")  # answers the first page: "1" the demonstration, "0" one's own data
SECURE = urlsplit(SITE_URL).scheme == "https"
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret("secret-key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
OPPOSITION_KEY = env.str("OPPOSITION_KEY", default="") or kept_secret("opposition-key")
AUDIT_KEY = env.str("AUDIT_KEY", default="") or kept_secret("audit-key")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SECURE else []

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "config.apps.MaillageAdminConfig",  # after Unfold, whose templates replace its own
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "crispy_forms",
    "csp",
    "import_export",
    "simple_history",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "guardian",
    "crm",
    "contacts",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "crm.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crm.headers.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "crm.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm.refusals.RefusalMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "crm.signing_in.middleware.SignInMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "crm.middleware.FirstDayMiddleware",
    "crm.middleware.OnceMiddleware",  # the last: it calls the view
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

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
                "crm.pages.context.house",
            ],
            "builtins": ["crm.templatetags.once"],  # every form has a number of its own
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'maillage.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL and IMMEDIATE: readers never wait, and a read that turns into a write does not fail at once.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;"
            "PRAGMA cache_size=-20000;PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=67108864;"
            "PRAGMA secure_delete=ON;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Shared by every process, or a limit would count for each apart; `crm_cache` comes with the migrations.
CACHES = {"default": env.cache_url("CACHE_URL", default="dbcache://crm_cache")}
if CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
    CACHES["default"].setdefault("OPTIONS", {})["MAX_ENTRIES"] = 50_000
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "crm.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",  # Django's own, and as slow for an unknown address
    "crm.sharing.ShareBackend",
]
ANONYMOUS_USER_NAME = None  # guardian: nothing is ever shared with who has not signed in
GUARDIAN_MONKEY_PATCH_USER = GUARDIAN_MONKEY_PATCH_GROUP = False
PASSWORD_MIN_LENGTH = env.int("PASSWORD_MIN_LENGTH", default=15)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "crm.signing_in.passwords.HouseWordsValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"

# --- signing in (docs/sign-in.md) -------------------------------------------------------------------------

# Whether whoever edits, exports or reads notes must sign in with a second factor.
SECOND_FACTOR = env.bool("SECOND_FACTOR", default=SECURE)
# How many proxies of ours stand before the site: only what they add to X-Forwarded-For is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
EXPORT_REAUTH_ROWS = env.int("EXPORT_REAUTH_ROWS", default=200)
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_MINUTES", default=120) * 60

ACCOUNT_ADAPTER = "crm.signing_in.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the invitation is the proof: nobody signs up
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {
    "login": "crm.signing_in.forms.SignInForm",
    "change_password": "crm.signing_in.forms.OwnPasswordForm",
    "set_password": "crm.signing_in.forms.FirstPasswordForm",
    "reset_password": "crm.signing_in.forms.ForgottenForm",
    "reset_password_from_key": "crm.signing_in.forms.NewPasswordForm",
}
# An office of twenty behind one address signs in at nine; one account is tried five times, from one place, in five
# minutes, and fifty times from everywhere in a quarter of an hour (a device it has signed in on is not held back).
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/5m/ip,5/5m/key",
    "login_failed_anywhere": "50/15m/key",
    "reset_password": "60/m/ip,3/5m/key",
    "reset_password_from_key": "60/m/ip",
    "sign_in_link": "60/m/ip,3/5m/key",
    "invitation": "60/m/ip",
    "change_password": "10/m/user",
}
MFA_ADAPTER = "crm.signing_in.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1  # clocks drift; `crm.signing_in.forms` keeps each code to one use all the same
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
MFA_FORMS = {
    "authenticate": "crm.signing_in.forms.CodeForm",
    "activate_totp": "crm.signing_in.forms.FirstCodeForm",
    "add_webauthn": "crm.signing_in.forms.NewKeyForm",
    "generate_recovery_codes": "crm.signing_in.forms.NewCodesForm",
}

SESSION_ENGINE = "crm.signing_in.sessions"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True  # no script of ours reads a cookie
if SECURE:
    # The browser takes these names only over HTTPS, from this very host: no neighbour can plant one.
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_HSTS_SECONDS = 365 * 24 * 3600  # sent over HTTPS only; subdomains are not ours to speak for
# The header by which the proxy in front says that it was asked over HTTPS. Named by hand: whoever can send it themselves
# would be believed.
if PROXY_SSL_HEADER := env.str("PROXY_SSL_HEADER", default=""):
    SECURE_PROXY_SSL_HEADER = (f"HTTP_{PROXY_SSL_HEADER.upper().replace('-', '_')}", "https")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # a cookie would carry names
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# What a page may load and do (docs/adr/0008-the-policy-as-it-is-sent.md says why the two exceptions stay).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
# Passkeys are asked of this origin only; the rest is asked by nobody.
PERMISSIONS_POLICY = ", ".join(
    [
        *(f"{name}=(self)" for name in ("publickey-credentials-create", "publickey-credentials-get")),
        *(
            f"{name}=()"
            for name in (
                "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
                "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb",
            )
        ),
    ]
)  # fmt: skip

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
FORMS_URLFIELD_ASSUME_HTTPS = True  # a site typed without its scheme; what Django 6 does by itself

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="maillage@localhost")
OWN_ADDRESSES = env.list("OWN_ADDRESSES", default=[])

# The closed lists that an empty base begins with; a base that has begun keeps its own.
PACK = env.str("PACK", default="sante-territoires")

CRISPY_TEMPLATE_PACK = "unfold_crispy"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["unfold_crispy"]

IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# What a file sent to us may weigh; the reader refuses more before it unpacks anything.
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_MB", default=50) * 1024 * 1024
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", default=200_000)
IMPORT_MAX_COLUMNS = env.int("IMPORT_MAX_COLUMNS", default=300)
# … and a file that is kept with a record.
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_MB", default=20) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# One way out, through one formatter; the SQL is never written, since its parameters are people (trust: no value in a log).
_SILENT = {"handlers": [], "level": "CRITICAL", "propagate": False}
_THROUGH_ROOT = {"handlers": [], "level": "NOTSET", "propagate": True}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "crm.logs.PlainFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "django": _THROUGH_ROOT,
        "django.server": _THROUGH_ROOT | {"level": "INFO" if DEBUG else "WARNING"},
        "django.db.backends": _SILENT,
    },
}
# What Django would have besides over HTTPS, and is not ours to decide: the association's other subdomains (W005, W021), and
# the redirection from HTTP, which the proxy in front does (W008). And crm.sharing.ShareBackend stands where guardian's own
# back-end would (guardian.W001).
SILENCED_SYSTEM_CHECKS: list[str] = ["security.W005", "security.W008", "security.W021", "guardian.W001"]
