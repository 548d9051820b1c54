"""Signing in, the second step, sessions, and what every page's headers say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyotp
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from guanxi.kernel.clock import DAY_MS, MINUTE_MS, frozen
from guanxi.platform import access, people, totp
from guanxi.platform.contracts import Role
from guanxi.platform.middleware import CONTENT_SECURITY_POLICY
from guanxi.platform.models import AuditEntry, Brand, User
from guanxi.platform.vault import unseal_text

pytestmark = pytest.mark.django_db
NOW = 1_790_000_000_000
PASSWORD = "a long and odd sentence"
SECURITY = "/settings/security"


@pytest.fixture
def brand() -> Brand:
    return people.create_brand("lanhua", "兰花", actor="cli")


@pytest.fixture
def user(brand: Brand) -> User:
    user = people.create_user("mei", PASSWORD, language="en", actor="cli")
    people.add_membership(user.pk, brand.pk, Role.OPERATOR, actor="cli")
    return user


@pytest.fixture(autouse=True)
def _time() -> Iterator[None]:
    with frozen(NOW):
        yield


def sign_in(client: Client, password: str = PASSWORD, **extra: str) -> int:
    return client.post("/signin", {"username": "mei", "password": password, **extra}).status_code


def signed_in(client: Client) -> bool:
    return client.get(SECURITY).status_code == 200


def test_the_right_password_enters_and_the_wrong_one_says_nothing_more(client: Client, user: User) -> None:
    wrong = client.post("/signin", {"username": "mei", "password": "wrong"})
    unknown = client.post("/signin", {"username": "nobody", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 403
    message = "The user name or the password is not right."
    assert message in wrong.content.decode()
    assert message in unknown.content.decode()
    assert not signed_in(client)
    assert sign_in(client) == 302
    assert signed_in(client)


def test_someone_kept_out_cannot_enter_and_is_thrown_out(client: Client, user: User) -> None:
    sign_in(client)
    people.set_active(user.pk, False, actor="cli")
    assert not signed_in(client)
    assert sign_in(client) == 403


def test_an_unknown_name_costs_a_hash_too(
    client: Client, monkeypatch: pytest.MonkeyPatch, user: User
) -> None:
    from guanxi.platform import signin

    hashed: list[str] = []

    def counting(password: str, encoded: str, setter: None = None) -> bool:
        hashed.append(encoded)
        return False

    monkeypatch.setattr(signin, "check_password", counting)
    client.post("/signin", {"username": "nobody", "password": "wrong"})
    client.post("/signin", {"username": "mei", "password": "wrong"})
    assert len({tuple(encoded.split("$")[:4]) for encoded in hashed}) == 1


def test_repeated_failures_lock_even_the_right_password_until_the_wait_is_over(
    client: Client, user: User
) -> None:
    for _ in range(5):
        assert sign_in(client, "wrong") == 403
    assert sign_in(client) == 429
    assert AuditEntry.objects.filter(action="user.locked").count() == 1
    with frozen(NOW + MINUTE_MS):
        assert sign_in(client) == 302


def test_the_session_key_changes_at_sign_in(client: Client, user: User) -> None:
    client.get("/signin")
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies["guanxi"] = str(session.session_key)
    sign_in(client)
    assert client.session.session_key != session.session_key
    assert "planted" not in client.session


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/settings/security?tab=1", "/settings/security?tab=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("settings", "/"),
        ("", "/"),
    ],
)
def test_next_stays_on_this_site(client: Client, user: User, target: str, lands: str) -> None:
    response = client.post("/signin", {"username": "mei", "password": PASSWORD, "next": target})
    assert response.headers["Location"] == lands


def test_an_anonymous_visit_comes_back_after_sign_in(client: Client, user: User) -> None:
    response = client.get(SECURITY + "?a=1&b=2")
    assert response.headers["Location"] == "/signin?next=/settings/security%3Fa%3D1%26b%3D2"
    fragment = client.get(
        SECURITY, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/customers?q=1"}
    )
    assert fragment.status_code == 401
    assert fragment.headers["HX-Redirect"] == "/signin?next=/customers%3Fq%3D1"


def test_sign_out_here_leaves_other_browsers_and_everywhere_does_not(user: User) -> None:
    laptop, phone, tablet = Client(), Client(), Client()
    for browser in (laptop, phone, tablet):
        sign_in(browser)
    laptop.post("/signout")
    assert (signed_in(laptop), signed_in(phone), signed_in(tablet)) == (False, True, True)
    phone.post("/settings/security/everywhere")
    assert (signed_in(phone), signed_in(tablet)) == (False, False)


def test_a_session_ends_after_a_week_however_busy(client: Client, user: User) -> None:
    sign_in(client)
    with frozen(NOW + 7 * DAY_MS + 1):
        assert not signed_in(client)


def test_a_new_password_keeps_this_browser_and_ends_the_others(user: User) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    new = {"current": PASSWORD, "new": "another odd sentence", "again": "another odd sentence"}
    for wrong in ({"current": "wrong"}, {"again": "different"}, {"new": "short", "again": "short"}):
        assert here.post(SECURITY + "/password", {**new, **wrong}).status_code == 422
    assert here.post(SECURITY + "/password", new).status_code == 302
    assert (signed_in(here), signed_in(there)) == (True, False)
    assert sign_in(there) == 403


def test_guessing_the_password_from_inside_is_braked_too(client: Client, user: User) -> None:
    sign_in(client)
    new = {"new": "another odd sentence", "again": "another odd sentence"}
    for _ in range(5):
        client.post(SECURITY + "/password", {**new, "current": "wrong"})
    answer = client.post(SECURITY + "/password", {**new, "current": PASSWORD})
    assert answer.status_code == 422
    assert "Too many attempts" in answer.content.decode()


def turn_two_step_on(client: Client) -> tuple[pyotp.TOTP, list[str]]:
    client.get(SECURITY + "/two-step")
    person = client.get(SECURITY).wsgi_request.person  # type: ignore[attr-defined]
    generator = pyotp.TOTP(unseal_text(client.session["new_totp"], f"totp:{person.pk}"))
    response = client.post(SECURITY + "/two-step", {"code": generator.at(NOW // 1000)})
    assert response.status_code == 200
    return generator, response.context["codes"]


def test_two_step_sign_in_from_the_picture_to_the_door(client: Client, user: User) -> None:
    assert client.get(SECURITY + "/two-step.svg").status_code == 302
    sign_in(client)
    assert client.get(SECURITY + "/two-step.svg").status_code == 404
    client.get(SECURITY + "/two-step")
    picture = client.get(SECURITY + "/two-step.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    assert b"<svg" in picture.content
    assert b"style=" not in picture.content
    generator, _ = turn_two_step_on(client)
    assert client.get(SECURITY + "/two-step.svg").status_code == 404  # never shown again

    other = Client()
    first = other.post("/signin", {"username": "mei", "password": PASSWORD, "next": SECURITY})
    assert first.headers["Location"] == "/signin/code?next=%2Fsettings%2Fsecurity"
    assert not signed_in(other)
    assert other.post("/signin/code", {"code": "000000"}).status_code == 403
    with frozen(NOW + MINUTE_MS):
        code = generator.at(NOW // 1000 + 60)
        second = other.post("/signin/code", {"code": code, "next": SECURITY})
        assert second.headers["Location"] == SECURITY
        assert signed_in(other)
        third = Client()
        sign_in(third)
        assert third.post("/signin/code", {"code": code}).status_code == 403


def test_a_recovery_code_opens_once(client: Client, user: User) -> None:
    sign_in(client)
    _, codes = turn_two_step_on(client)
    for expected in (302, 403):
        other = Client()
        sign_in(other)
        assert other.post("/signin/code", {"code": codes[3]}).status_code == expected


def test_guessing_codes_locks_and_the_first_step_expires(client: Client, user: User) -> None:
    sign_in(client)
    turn_two_step_on(client)
    other = Client()
    sign_in(other)
    statuses = [other.post("/signin/code", {"code": f"00000{at}"}).status_code for at in range(6)]
    assert statuses[-1] == 429
    with frozen(NOW + 10 * MINUTE_MS):
        assert other.post("/signin/code", {"code": "000000"}).headers["Location"] == "/signin"


def test_two_step_is_turned_off_with_the_password_only(client: Client, user: User) -> None:
    sign_in(client)
    turn_two_step_on(client)
    assert client.post(SECURITY + "/two-step/off", {"password": "wrong"}).status_code == 422
    assert client.post(SECURITY + "/recovery-codes", {"password": PASSWORD}).status_code == 200
    assert client.post(SECURITY + "/two-step/off", {"password": PASSWORD}).status_code == 302
    user.refresh_from_db()
    assert user.totp_secret == ""
    assert totp.recovery_codes_left(user) == 0


def test_a_brand_is_switched_among_ones_own_only(client: Client, user: User, brand: Brand) -> None:
    own = people.create_brand("meihua", "梅花", actor="cli")
    other = people.create_brand("zhuye", "竹叶", actor="cli")
    people.add_membership(user.pk, own.pk, Role.ANALYST, actor="cli")
    sign_in(client)
    page = client.get(SECURITY)
    assert page.wsgi_request.brand == brand  # type: ignore[attr-defined]
    for wrong in (str(other.pk), "zhuye", "", "999"):
        assert client.post("/brand", {"brand": wrong}).status_code == 404
    assert client.post("/brand", {"brand": str(own.pk), "next": SECURITY}).headers["Location"] == SECURITY
    request = client.get(SECURITY).wsgi_request
    assert request.brand == own  # type: ignore[attr-defined]
    assert request.actor.may("exports.run")  # type: ignore[attr-defined]
    people.remove_membership(user.pk, own.pk, actor="cli")
    assert client.get(SECURITY).wsgi_request.brand == brand  # type: ignore[attr-defined]


def test_the_language_is_the_persons_and_before_that_the_browsers(client: Client, user: User) -> None:
    assert 'lang="en"' in client.get("/signin", headers={"Accept-Language": "en"}).content.decode()
    assert 'lang="zh-hans"' in client.get("/signin", headers={"Accept-Language": "fr"}).content.decode()
    client.post("/language", {"language": "en"})
    assert 'lang="en"' in client.get("/signin").content.decode()
    sign_in(client)
    client.post("/language", {"language": "zh-hans"})
    assert people.find_user("mei").language == "zh-hans"
    assert 'lang="zh-hans"' in client.get(SECURITY).content.decode()
    assert client.post("/language", {"language": "xx"}).status_code == 404


@pytest.mark.parametrize("path", ["/signin", SECURITY, "/nothing-here", "/alive"])
def test_every_answer_carries_the_strict_headers(client: Client, user: User, path: str) -> None:
    sign_in(client)
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_a_form_without_its_token_is_refused(user: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/signin", {"username": "mei", "password": PASSWORD}).status_code == 403


def views(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Callable[..., object]]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry.callback


def test_every_view_says_who_may_see_it() -> None:
    unmarked = [
        path
        for path, view in views(get_resolver())
        if access.mark_of(view) is None and not path.startswith("api/")
    ]
    assert not unmarked
