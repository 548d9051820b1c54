"""The index secret: the root of all blind indexes, and the proof that the master key is the right one.

It is derived from the first master key, then kept sealed in the database, so rotating the master key
leaves every index valid; and since only the right master key opens it, a wrong key is found out before
anything is written.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

from django.db import connection
from django.utils.translation import gettext as _

from guanxi.kernel.blind import IndexKeys
from guanxi.platform.keys import KeyMissing, KeyRing, KeyWrong, Tampered, expand, key_path, keyring
from guanxi.platform.models import VaultKey, VaultSecret

INDEX = "index"
SECRET_USE = "secret"  # noqa: S105 - the name of a use, not a secret


class KeyCheckMissing(Tampered):
    code: ClassVar[str] = "key_check_missing"


@lru_cache(maxsize=1)
def index_keys() -> IndexKeys:
    """The keys of the blind indexes, from the sealed index secret (made at first use).

    Raises KeyMissing, KeyWrong, or KeyCheckMissing where sealed data exists but its secret is gone.
    """
    secret = index_secret(keyring())
    return IndexKeys(
        identity=expand(secret, "guanxi/index/identity"),
        name=expand(secret, "guanxi/index/name"),
        gram=expand(secret, "guanxi/index/gram"),
    )


def demand_empty() -> None:
    """Raise KeyMissing where the vault holds anything: a new master key would be the wrong one for it."""
    if VaultSecret.objects.exists() or VaultKey.objects.exists():
        raise KeyMissing(
            _(
                "The master key is lost: this database holds personal data that was sealed with it. A "
                "new key would not open it, so none was made."
            ),
            remedy=_("Restore %(path)s or GUANXI_MASTER_KEY from your backup.") % {"path": key_path()},
        )


def forget_keys() -> None:
    """Forget the opened index secret, as a new process would."""
    index_keys.cache_clear()
    index_secret.cache_clear()


def prove_keys() -> None:
    """Raise KeyMissing or KeyWrong, unless the present master key opens this database's vault. Quick."""
    index_secret(keyring())


def check_keys() -> None:
    """The same, forgetting what was opened before."""
    forget_keys()
    index_keys()


@lru_cache(maxsize=2)
def index_secret(ring: KeyRing) -> bytes:
    """The secret as `ring` opens it: whoever seals calls this first, so that no wrong key ever does."""
    return _stored_secret(ring) or _first_secret(ring)


def _stored_secret(ring: KeyRing) -> bytes | None:
    row = VaultSecret.objects.filter(pk=INDEX).values_list("wrapped", "master_version").first()
    if row is None:
        return None
    try:
        return ring.open(SECRET_USE, row[1], bytes(row[0]), INDEX.encode())
    except (KeyWrong, KeyMissing) as error:
        raise type(error)(
            _(
                "The master key does not fit this database: its vault was sealed with another one. "
                "Nothing was written."
            ),
            remedy=_(
                "Restore GUANXI_MASTER_KEY, or master.key in the data folder, from the backup that "
                "belongs to this database; then run `guanxi doctor`."
            ),
        ) from None


def _first_secret(ring: KeyRing) -> bytes:
    if VaultKey.objects.exists():
        raise KeyCheckMissing(
            _("The vault holds sealed data, but its index secret is gone from the database."),
            remedy=_("Restore the table platform_vaultsecret from a backup of this database."),
        )
    version, wrapped = ring.seal(SECRET_USE, ring.derive("index-secret"), INDEX.encode())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO platform_vaultsecret (name, wrapped, master_version) VALUES (%s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            [INDEX, wrapped, version],
        )
    stored = _stored_secret(ring)  # another process may have been first
    if stored is None:
        raise KeyCheckMissing("The index secret could not be stored.", remedy="Run `guanxi doctor`.")
    return stored
