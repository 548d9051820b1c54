"""Django's settings, all from the environment. Every variable is described in docs/guide/settings.md."""

from __future__ import annotations

import os
from pathlib import Path

from guanxi.platform.databases import database_settings
from guanxi.platform.home import home, secret_from

SOURCE = Path(__file__).resolve().parent.parent

GUANXI_HOME = home()
DEBUG = os.environ.get("GUANXI_DEBUG") == "1"
# A missing key is reported by `guanxi doctor`; a random one per process keeps commands usable until `init`.
SECRET_KEY = secret_from("GUANXI_SECRET_KEY", "secret.key") or os.urandom(32).hex()
ALLOWED_HOSTS = os.environ.get("GUANXI_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("GUANXI_TRUSTED_ORIGINS", "").split(",") if o]
WAREHOUSE_URL = os.environ.get("WAREHOUSE_URL", "duckdb://")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "guanxi.platform",
    "guanxi.ui",
    "guanxi.warehouse",
    "guanxi.customers",
    "guanxi.touchpoints",
    "guanxi.economics",
    "guanxi.console",
    "guanxi.rest",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
            ],
        },
    }
]

DATABASES = {"default": database_settings(os.environ.get("DATABASE_URL"), GUANXI_HOME / "guanxi.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "platform.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [SOURCE / "ui" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = GUANXI_HOME / "static"
