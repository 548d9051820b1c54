"""What the settings make of https and of proxies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import RequestFactory, override_settings

from guanxi.platform.middleware import client_address

NAMES = (
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
    "LANGUAGE_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_PROXY_SSL_HEADER",
)


def settings_with(home: Path, **variables: str) -> dict[str, object]:
    script = (
        "import json; from guanxi.platform import settings; "
        f"print(json.dumps({{name: getattr(settings, name) for name in {NAMES!r}}}))"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GUANXI_")}
    source = str(Path(__file__).resolve().parents[2] / "src")
    environment = kept | {"PYTHONPATH": source, "GUANXI_HOME": str(home)} | variables
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def test_over_https_cookies_never_travel_in_the_clear(tmp_path: Path) -> None:
    found = settings_with(tmp_path, GUANXI_HTTPS="1")
    assert found["SESSION_COOKIE_NAME"] == "__Host-guanxi"
    assert found["CSRF_COOKIE_NAME"] == "__Host-guanxi-csrf"
    for name in (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "LANGUAGE_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
    ):
        assert found[name] is True
    assert found["SECURE_HSTS_SECONDS"] == 365 * 24 * 3600
    assert found["SECURE_PROXY_SSL_HEADER"] is None  # nobody said that there is a proxy to believe
    behind = settings_with(tmp_path, GUANXI_HTTPS="1", GUANXI_PROXIES="1")
    assert behind["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_without_https_the_console_still_works_and_scripts_see_no_session(tmp_path: Path) -> None:
    found = settings_with(tmp_path)
    assert found["SESSION_COOKIE_SECURE"] is False
    assert found["SECURE_SSL_REDIRECT"] is False
    assert (found["SESSION_COOKIE_HTTPONLY"], found["SESSION_COOKIE_SAMESITE"]) == (True, "Lax")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "10.0.0.1"),  # forged: there is no proxy
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # forged on the left of what our proxy wrote
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        (1, "", "10.0.0.1"),
        (2, "1.2.3.4", "10.0.0.1"),
    ],
)
def test_an_address_is_believed_from_our_own_proxies_only(proxies: int, forwarded: str, address: str) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.1")
    with override_settings(GUANXI_PROXIES=proxies):
        assert client_address(request) == address
