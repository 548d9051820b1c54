from __future__ import annotations

import pyotp
import pytest

from guanxi.kernel.clock import frozen
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform import people, totp
from guanxi.platform.models import AuditEntry, RecoveryCode, User
from guanxi.platform.vault import Tampered, unseal_text

pytestmark = pytest.mark.django_db
NOW = 1_790_000_000_000
STEP_MS = 30_000


@pytest.fixture
def user() -> User:
    return people.create_user("mei", "a long and odd sentence", actor="cli")


def secret_of(user: User, sealed: str) -> pyotp.TOTP:
    return pyotp.TOTP(unseal_text(sealed, f"totp:{user.pk}"))


def enabled(user: User) -> tuple[pyotp.TOTP, list[str]]:
    sealed = totp.new_sealed_secret(user)
    generator = secret_of(user, sealed)
    return generator, totp.enable(user, sealed, generator.at(NOW // 1000), actor="user:1")


def test_the_key_is_stored_sealed_and_a_code_turns_it_on(user: User) -> None:
    with frozen(NOW):
        generator, codes = enabled(user)
    stored = User.objects.get().totp_secret
    assert generator.secret not in stored
    assert len(set(codes)) == totp.RECOVERY_CODES == RecoveryCode.objects.count()
    assert not set(codes) & set(RecoveryCode.objects.values_list("digest", flat=True))
    assert AuditEntry.objects.filter(action="user.two_step_enabled").exists()


def test_a_wrong_first_code_changes_nothing(user: User) -> None:
    sealed = totp.new_sealed_secret(user)
    with frozen(NOW), pytest.raises(Invalid):
        totp.enable(user, sealed, "abcdef", actor="user:1")
    assert User.objects.get().totp_secret == ""


def test_it_is_not_turned_on_twice(user: User) -> None:
    with frozen(NOW):
        enabled(user)
        with pytest.raises(Conflict):
            enabled(user)


def test_a_code_is_good_once_and_one_step_of_drift_is_forgiven(user: User) -> None:
    with frozen(NOW):
        generator, _ = enabled(user)
        assert not totp.accept(user, generator.at(NOW // 1000))  # the code that turned it on
    with frozen(NOW + 2 * STEP_MS):
        assert totp.accept(user, generator.at(NOW // 1000 + 90))
        assert not totp.accept(user, generator.at(NOW // 1000 + 90))
        assert not totp.accept(user, generator.at(NOW // 1000 + 60))  # an older one after a newer one
        assert not totp.accept(user, generator.at(NOW // 1000 + 150))


def test_a_recovery_code_is_good_once_however_it_is_typed(user: User) -> None:
    with frozen(NOW):
        _, codes = enabled(user)
    typed = codes[0].upper().replace("-", " ")
    assert totp.accept(user, typed)
    assert not totp.accept(user, codes[0])
    assert totp.recovery_codes_left(user) == totp.RECOVERY_CODES - 1


@pytest.mark.parametrize("answer", ["", "12345", "１２３４５６", "x" * 1000, "000000 or 1=1"])
def test_nonsense_is_refused(user: User, answer: str) -> None:
    with frozen(NOW):
        enabled(user)
        assert not totp.accept(user, answer)


def test_turning_it_off_takes_key_and_codes(user: User) -> None:
    with frozen(NOW):
        enabled(user)
    totp.disable(user, actor="user:1")
    assert User.objects.get().totp_secret == ""
    assert not RecoveryCode.objects.exists()


def test_a_sealed_key_opens_for_its_owner_only(user: User) -> None:
    other = people.create_user("wang", "a long and odd sentence", actor="cli")
    sealed = totp.new_sealed_secret(user)
    with pytest.raises(Tampered):
        totp.secret_text(other, sealed)
