from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.platform import vault
from guanxi.platform.models import VaultBox, VaultGram, VaultKey
from guanxi.platform.vault import Seen
from guanxi.platform.vault.reindexing import reindex

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    vault.forget_keys()
    yield
    vault.forget_keys()


def fields(**texts: str) -> dict[vault.Field, Seen]:
    return {name: Seen(text, 1_000) for name, text in texts.items()}  # type: ignore[misc]


def test_what_is_sealed_opens_and_nothing_of_it_lies_in_the_clear() -> None:
    given_fields = fields(name="李雷", phone="+8613800138000", email="li@example.com", address="浙江省杭州市")
    vault.seal_many(1, {7: given_fields})
    assert vault.open_many([7, 8]) == {7: given_fields}
    stored = bytes(VaultBox.objects.get(pk=7).sealed) + bytes(VaultKey.objects.get(pk=7).wrapped)
    assert "李雷".encode() not in stored
    assert b"13800138000" not in stored


def test_the_newest_observation_wins_whatever_the_order() -> None:
    for subject, order in ((1, (0, 1)), (2, (1, 0))):
        seen = [{"name": Seen("李雷", 10), "phone": Seen("+861", 10)}, {"name": Seen("李蕾", 20)}]
        for i in order:
            vault.seal_many(1, {subject: seen[i]})
    opened = vault.open_many([1, 2])
    assert opened[1] == opened[2] == {"name": Seen("李蕾", 20), "phone": Seen("+861", 10)}
    assert vault.search_name(1, "李蕾") == [2, 1]
    assert vault.search_name(1, "李雷") == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["name", "phone", "email", "address"]),
            st.builds(Seen, st.text("李雷王芳ab", min_size=1, max_size=4), st.integers(0, 3)),
        ),
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_batches_never_matters(seen: list[vault.Fields], chance: random.Random) -> None:
    shuffled = chance.sample(seen, len(seen))
    for one, other in zip(seen, shuffled, strict=True):
        vault.seal_many(1, {1: one})
        vault.seal_many(1, {2: other})
    opened = vault.open_many([1, 2])
    assert opened.get(1) == opened.get(2)
    assert set(VaultGram.objects.filter(subject_id=1).values_list("gram", flat=True)) == set(
        VaultGram.objects.filter(subject_id=2).values_list("gram", flat=True)
    )
    vault.erase(1, [1, 2])
    assert not VaultGram.objects.exists()


def test_empty_texts_say_nothing_and_long_ones_are_cut() -> None:
    vault.seal_many(1, {1: fields(name="", phone=""), 2: fields(address="路" * 5_000)})
    assert vault.open_many([1, 2]) == {2: fields(address="路" * 1_000)}


def test_a_text_that_is_not_quite_unicode_is_kept_readable() -> None:
    vault.seal_many(1, {1: fields(name="李\ud800雷")})
    assert vault.open_many([1])[1]["name"].text == "李?雷"
    assert vault.blind_index(1, "email", "\ud800")


@pytest.mark.parametrize(
    ("name", "sought", "hit"),
    [
        ("李雷", "李雷", True),
        ("李雷", "李", True),
        ("李雷", "雷", False),  # one character is taken as a surname
        ("欧阳娜娜", "阳娜", True),
        ("欧阳娜娜", "欧阳娜娜", True),
        ("欧阳娜娜", "娜欧", False),
        ("买买提·艾合买提", "买提艾合", True),
        ("John Smith", "SMITH", True),
        ("John Smith", "john s", True),
        ("Ｊohn", "john", True),
        ("王芳芳", "芳芳芳", False),
        ("李雷", "·", False),
        ("李雷", "", False),
    ],
)
def test_names_are_found(name: str, sought: str, hit: bool) -> None:
    vault.seal_many(1, {5: fields(name=name)})
    assert vault.search_name(1, sought) == ([5] if hit else [])


def test_a_search_goes_on_past_what_only_looks_alike_and_stops_at_its_limit() -> None:
    vault.seal_many(
        1, {i: fields(name="娜娜欧阳欧") for i in range(1, 700)}
    )  # has 娜欧 nowhere, both pairs yes
    vault.seal_many(1, {i: fields(name="欧阳娜娜") for i in range(700, 703)})
    assert vault.search_name(1, "欧阳娜", limit=2) == [702, 701]
    assert vault.search_name(1, "阳欧", limit=1_000) == list(range(699, 0, -1))


def test_brands_cannot_be_joined() -> None:
    vault.seal_many(1, {1: fields(name="李雷")})
    assert vault.search_name(2, "李雷") == []
    assert vault.blind_index(1, "phone", "+8613800138000") != vault.blind_index(2, "phone", "+8613800138000")
    assert vault.name_key(1, "李雷") != vault.name_key(2, "李雷")
    assert not set(vault.grams(1, "李雷")) & set(vault.grams(2, "李雷"))


def test_blind_indexes_keep_their_shape() -> None:
    index = vault.blind_index(1, "phone", "+8613800138000")
    assert index == vault.blind_index(1, "phone", "+8613800138000")
    assert index != vault.blind_index(1, "email", "+8613800138000")
    assert len(index) == 22
    assert -(2**63) <= vault.name_key(1, "李雷") < 2**63
    assert len(vault.grams(1, "欧阳娜娜")) == 4


def test_erasure_leaves_nothing() -> None:
    vault.seal_many(1, {1: fields(name="李雷"), 2: fields(name="李雷")})
    assert vault.erase(1, [1, 9]) == 1
    assert vault.open_many([1, 2]) == {2: fields(name="李雷")}
    assert vault.search_name(1, "李雷") == [2]
    assert not VaultGram.objects.filter(subject_id=1).exists()
    assert vault.erase(1, []) == 0


@pytest.mark.parametrize("table", [VaultKey, VaultBox])
def test_a_row_moved_to_another_subject_does_not_open(table: type[VaultKey | VaultBox]) -> None:
    vault.seal_many(1, {1: fields(name="李雷"), 2: fields(name="王芳")})
    column = "wrapped" if table is VaultKey else "sealed"
    table.objects.filter(pk=1).update(**{column: getattr(table.objects.get(pk=2), column)})
    with pytest.raises(vault.Tampered) as raised:
        vault.open_many([1])
    assert raised.value.data == {"subject_id": 1}


def test_a_changed_box_is_refused_never_overwritten_and_can_be_erased() -> None:
    vault.seal_many(1, {1: fields(name="李雷")})
    sealed = bytearray(VaultBox.objects.get(pk=1).sealed)
    sealed[-1] ^= 1
    VaultBox.objects.filter(pk=1).update(sealed=bytes(sealed))
    with pytest.raises(vault.Tampered):
        vault.seal_many(1, {1: fields(phone="+8613800138000")})
    assert bytes(VaultBox.objects.get(pk=1).sealed) == bytes(sealed)
    assert vault.erase(1, [1]) == 1
    assert not VaultGram.objects.exists()


def test_a_replay_writes_nothing(django_assert_num_queries: object) -> None:
    vault.seal_many(1, {1: fields(name="李雷")})
    before = bytes(VaultBox.objects.get(pk=1).sealed)
    vault.seal_many(1, {1: fields(name="李雷")})
    assert bytes(VaultBox.objects.get(pk=1).sealed) == before


def test_subjects_said_to_be_new_are_not_looked_up() -> None:
    with connection.execute_wrapper(refuse_reading):
        vault.blind_index(1, "phone", "x")
        READS.clear()
        with transaction.atomic():
            vault.seal_many(1, {1: fields(name="李雷")}, new={1})
    assert [sql for sql in READS if "vaultbox" in sql] == []
    assert vault.search_name(1, "李雷") == [1]


READS: list[str] = []


def refuse_reading(execute: object, sql: str, params: object, many: bool, context: object) -> object:
    if sql.lstrip().startswith("SELECT"):
        READS.append(sql)
    return execute(sql, params, many, context)  # type: ignore[operator]


def test_small_secrets_open_for_their_purpose_alone() -> None:
    token = vault.seal_text("JBSWY3DPEHPK3PXP", "totp:1")
    assert "JBSWY3DPEHPK3PXP" not in token
    assert len(token) < 200
    assert vault.unseal_text(token, "totp:1") == "JBSWY3DPEHPK3PXP"
    for broken, purpose in [
        (token, "totp:2"),
        (token[:-4] + "AAA=", "totp:1"),
        ("nonsense", "totp:1"),
        ("", ""),
    ]:
        with pytest.raises(vault.Tampered):
            vault.unseal_text(broken, purpose)


def test_grams_lie_in_their_index_alone_on_sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no such tables")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'platform_vaultgram'")
        assert "WITHOUT ROWID" in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("sought", "hits"),
    [
        ("138****8000", [1]),
        ("138 **** 8000", [1]),
        ("+86138****8000", [1]),
        ("1380013*8000", []),  # more digits than the phone has
        ("138＊＊＊＊8000", [1]),
        ("****8000", [3, 2, 1]),
        ("8000", [3, 2, 1]),
        ("38000", [3, 1]),
        ("139****8000", [2]),
        ("+852****8000", [3]),
        ("137****8000", []),
        ("138****8002", []),
    ],
)
def test_phones_are_found_by_what_a_mask_shows(sought: str, hits: list[int]) -> None:
    vault.seal_many(1, {1: fields(phone="+8613800138000"), 2: fields(phone="+8613912348000", name="李雷")})
    vault.seal_many(1, {3: fields(phone="+85291238000"), 4: fields(phone="+8613800138001")})
    mask = vault.phone_mask(sought)
    assert mask is not None
    assert [s for page in vault.search_phone(1, mask) for s in page] == hits
    assert not [s for page in vault.search_phone(2, mask) for s in page]


@pytest.mark.parametrize("text", ["", "800", "138****", "138****800", "#8000", "李雷", "****", "13800138000"])
def test_without_the_last_four_digits_there_is_no_mask(text: str) -> None:
    assert vault.phone_mask(text) is None


def test_a_changed_or_erased_phone_leaves_no_tail() -> None:
    vault.seal_many(1, {1: {"phone": Seen("+8613800138000", 1)}})
    vault.seal_many(1, {1: {"phone": Seen("+8613800131234", 2)}})
    assert VaultGram.objects.count() == 1
    assert [*vault.search_phone(1, vault.PhoneMask("", "1234"))] == [[1]]
    assert [*vault.search_phone(1, vault.PhoneMask("", "8000"))] == []
    vault.erase(1, [1])
    assert not VaultGram.objects.exists()


def test_reindexing_adds_what_earlier_versions_did_not() -> None:
    vault.seal_many(1, {1: fields(phone="+8613800138000", name="李雷"), 2: fields(phone="+8613912348000")})
    before = set(VaultGram.objects.values_list("gram", "subject_id"))
    VaultGram.objects.all().delete()
    assert reindex(lambda ids: dict.fromkeys(ids, 1)) == len(before)
    assert set(VaultGram.objects.values_list("gram", "subject_id")) == before
    assert reindex(lambda ids: dict.fromkeys(ids, 1)) == 0
