"""Django's settings, all from the environment. Every variable is described in docs/guide/settings.md."""

from __future__ import annotations

import os
from pathlib import Path

import django

from guanxi.platform.databases import database_settings
from guanxi.platform.environment import flag, number, one_of, words
from guanxi.platform.home import home, secret_from

SOURCE = Path(__file__).resolve().parent.parent

GUANXI_HOME = home()
DEBUG = flag("GUANXI_DEBUG")
# A missing key is reported by `guanxi doctor`; a random one per process keeps commands usable until `init`.
SECRET_KEY = secret_from("GUANXI_SECRET_KEY", "secret.key") or os.urandom(32).hex()
ALLOWED_HOSTS = words("GUANXI_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = words("GUANXI_TRUSTED_ORIGINS")
WAREHOUSE_URL = os.environ.get("WAREHOUSE_URL", "duckdb://")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "guanxi.platform",
    "guanxi.platform.webhooks",
    "guanxi.ui",
    "guanxi.warehouse",
    "guanxi.customers",
    "guanxi.touchpoints",
    "guanxi.segments",
    "guanxi.loops",
    "guanxi.messaging",
    "guanxi.economics",
    "guanxi.loyalty",
    "guanxi.community",
    "guanxi.console",
    "guanxi.rest",
]

MIDDLEWARE = [
    "guanxi.platform.middleware.security_headers",
    "guanxi.platform.middleware.without_nul",
    "guanxi.rest.api.problems_only",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "guanxi.platform.middleware.PeopleMiddleware",
    "guanxi.console.errors.NamedErrors",
]

ROOT_URLCONF = "guanxi.console.urls"
WSGI_APPLICATION = "guanxi.console.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "guanxi.console.shell.context",
            ],
        },
    }
]

DATABASES = {"default": database_settings(os.environ.get("DATABASE_URL"), GUANXI_HOME / "guanxi.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "platform.User"
PASSWORD_HASHERS = ["guanxi.platform.hashing.PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
]

# Cookies, https and proxies: docs/guide/security.md.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
HTTPS = flag("GUANXI_HTTPS")
GUANXI_PROXIES = int(number("GUANXI_PROXIES", 0))
GUANXI_SESSION_LONGEST_SECONDS = 7 * 24 * 3600
GUANXI_API_PATH = "/api/"
SESSION_COOKIE_AGE = int(number("GUANXI_SESSION_HOURS", 12, least=0.1) * 3600)
SESSION_COOKIE_NAME = "__Host-guanxi" if HTTPS else "guanxi"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-guanxi-csrf" if HTTPS else "guanxi-csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = "guanxi-language"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = ["^alive$"]  # load balancers ask without TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and GUANXI_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a condition of 500 questions in the builder

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
# Django's password rules explain themselves in these catalogues; its auth app itself is not installed.
LOCALE_PATHS = [SOURCE / "ui" / "locale", Path(django.__file__).parent / "contrib" / "auth" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = GUANXI_HOME / "static"

# Stored files hold personal data, so they expire.
MAX_FILE_BYTES = int(number("GUANXI_MAX_FILE_BYTES", 10 * 1024**3, least=1))
FILE_DAYS = {
    "upload": number("GUANXI_UPLOAD_DAYS", 7),
    "rejects": number("GUANXI_REJECTS_DAYS", 30),
    "export": number("GUANXI_EXPORT_DAYS", 3),
}

# Webhooks leave the house: docs/guide/webhooks.md.
GUANXI_WEBHOOKS_HTTP = flag("GUANXI_WEBHOOKS_HTTP")
GUANXI_WEBHOOKS_PRIVATE = flag("GUANXI_WEBHOOKS_PRIVATE")
GUANXI_WEBHOOK_SECONDS = number("GUANXI_WEBHOOK_SECONDS", 10, least=1)
GUANXI_WEBHOOK_DAYS = number("GUANXI_WEBHOOK_DAYS", 14, least=1)
GUANXI_WEBHOOK_FAILING_DAYS = number("GUANXI_WEBHOOK_FAILING_DAYS", 5, least=0.1)

# Messages to customers: docs/guide/messaging.md.
GUANXI_PUBLIC_URL = os.environ.get("GUANXI_PUBLIC_URL", "").strip()
GUANXI_MESSAGES_FOLDER = os.environ.get("GUANXI_MESSAGES_FOLDER", "").strip()
GUANXI_CODE_SENDER = os.environ.get("GUANXI_CODE_SENDER", "").strip()
GUANXI_SMTP_HOST = os.environ.get("GUANXI_SMTP_HOST", "").strip()
GUANXI_SMTP_PORT = int(number("GUANXI_SMTP_PORT", 587, least=1))
GUANXI_SMTP_TLS = one_of("GUANXI_SMTP_TLS", ("starttls", "tls", "none"))
GUANXI_SMTP_USER = os.environ.get("GUANXI_SMTP_USER", "").strip()
GUANXI_SMTP_PASSWORD = os.environ.get("GUANXI_SMTP_PASSWORD", "")
GUANXI_SMTP_FROM = os.environ.get("GUANXI_SMTP_FROM", "").strip()
GUANXI_SMTP_SECONDS = number("GUANXI_SMTP_SECONDS", 20, least=1)
