from __future__ import annotations

from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from guanxi.customers.models import Customer
from guanxi.kernel.errors import Conflict
from guanxi.platform.models import Brand
from guanxi.touchpoints.models import Touchpoint
from guanxi.warehouse import compaction, export, files, queries, services
from guanxi.warehouse import lake as lakes
from guanxi.warehouse.lake import DiskFull, Lake
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_brand_without_anything_has_an_empty_lake() -> None:
    brand = rows.brand()
    assert queries.status(brand).synced_ms is None
    assert queries.run(brand, queries.tables()["touchpoints"].count().as_table()).to_pylist() == [
        {"CountStar(touchpoints)": 0}
    ]
    assert services.sync(brand).rows == 0
    assert services.verify(brand).is_equal
    assert not queries.is_behind(brand)


def test_a_sync_exports_what_is_new_and_only_that() -> None:
    brand = rows.brand()
    subjects = rows.people(brand, 20)
    rows.facts(brand, rows.random_facts(subjects, 500))
    assert queries.is_behind(brand)
    first = services.sync(brand)
    assert first.rows == 500
    people = {"subject_map": 20, "customers": 20}
    assert first.snapshots == {
        **people,
        "taggings": 0,
        "preferences": 0,
        "consents": 0,
        "memberships": 0,
        "customer_states": 0,
        "spend": 0,
        "followers": 0,
        "ledger_balances": 0,
        "ledger_flows": 0,
        "ledger_lots": 0,
        "ledger_rewards": 0,
        "ledger_uses": 0,
        "tier_standings": 0,
    }
    rows.facts(brand, rows.random_facts(subjects, 70, seed=2))
    assert queries.status(brand).behind_rows == 70
    assert services.sync(brand).rows == 70
    version = queries.version(brand)
    again = services.sync(brand)
    assert (again.rows, again.changed) == (0, False)
    assert queries.version(brand) == version, "what was computed stays valid"
    assert services.verify(brand).is_equal


def test_brands_do_not_see_each_other() -> None:
    first, second = rows.brand("first"), rows.brand("second")
    rows.facts(first, rows.random_facts(rows.people(first, 3), 30))
    rows.facts(second, rows.random_facts(rows.people(second, 3), 40))
    assert services.sync(first).rows == 30
    assert services.sync(second).rows == 40
    assert services.verify(first).is_equal
    assert services.verify(second).is_equal


def test_files_lie_by_local_month_sorted_by_kind_and_subject() -> None:
    brand = rows.brand()
    # 2023-12-31 16:00 UTC is the new year in Shanghai.
    rows.facts(brand, [{"occurred_ms": 1_704_038_400_000 + offset} for offset in (-1, 0)])
    rows.facts(brand, rows.random_facts(rows.people(brand, 50), 2000))
    services.sync(brand)
    lake = Lake(brand.slug)
    files = lake.manifest().files["touchpoints"]
    assert {2023 * 12 + 11, 2024 * 12} <= {file.month for file in files}
    for file in files:
        table = pq.ParquetFile(lake.path(file)).read()
        assert set(table["local_month"].to_pylist()) == {file.month}
        keys = [
            (row["kind"], row["subject_id"] or -1) for row in table.select(["kind", "subject_id"]).to_pylist()
        ]
        assert keys == sorted(keys)


def test_a_merge_and_an_unmerge_change_the_map_alone() -> None:
    brand = rows.brand()
    one, other = rows.people(brand, 2)
    rows.facts(
        brand, [{"subject_id": one, "occurred_ms": rows.BASE_MS}, {"subject_id": other, "occurred_ms": 0}]
    )
    services.sync(brand)
    history = Lake(brand.slug).manifest().files["touchpoints"]
    rows.merge(brand, other, into=one)
    assert queries.status(brand).behind_tables == ["subject_map", "customers"]
    services.sync(brand)
    assert customers_by_subject(brand) == {one: one, other: one}
    rows.unmerge(brand, other)
    services.sync(brand)
    assert customers_by_subject(brand) == {one: one, other: other}
    assert Lake(brand.slug).manifest().files["touchpoints"] == history
    assert services.verify(brand).is_equal


def customers_by_subject(brand: Brand) -> dict[int, int]:
    answer = queries.run(brand, queries.tables()["subject_map"])
    return dict(zip(answer["subject_id"].to_pylist(), answer["customer_id"].to_pylist(), strict=True))


def test_a_changed_trait_reaches_the_lake() -> None:
    brand = rows.brand()
    (person,) = rows.people(brand, 1)
    services.sync(brand)
    for change in (
        {"gender": "m"},
        {"adcode": 110000},
        {"birthday": "--02-29"},
        {"birthday": "1990-02-28"},
        {"birthday_calendar": "lunar"},
        {"language": "zh-HK"},
        {"language": "zh-CN"},
        {"first_ms": 5},
    ):
        Customer.objects.filter(pk=person).update(**change)
        assert queries.status(brand).behind_tables == ["customers"], change
        services.sync(brand)
    held = queries.run(brand, queries.tables()["customers"]).to_pylist()
    assert held == [
        {
            "customer_id": person,
            "first_ms": 5,
            "last_ms": rows.BASE_MS,
            "adcode": 110000,
            "gender": "m",
            "birth_month_day": 228,
            "birth_year": 1990,
            "birth_calendar": "lunar",
            "language": "zh-CN",
        }
    ]


def test_a_lake_of_an_older_version_is_read_until_it_is_synced() -> None:
    brand = rows.brand()
    (person,) = rows.people(brand, 1)
    Customer.objects.filter(pk=person).update(birthday="1990-02-28", birthday_calendar="solar")
    services.sync(brand)
    lake = Lake(brand.slug)
    with lake.locked():
        manifest = lake.manifest()
        (file,) = manifest.files["customers"]
        older = pq.read_table(lake.path(file)).drop_columns(["birth_year", "birth_calendar"])
        manifest = manifest.with_files("customers", [files.write(lake, "customers", older)])
        lake.commit(replace(manifest, markers={**manifest.markers, "customers": [0]}))
    customers = queries.tables()["customers"]
    assert queries.run(brand, customers)["birth_year"].to_pylist() == [None]
    services.sync(brand)
    assert queries.run(brand, customers)["birth_year"].to_pylist() == [1990]


def test_verify_finds_what_is_missing_and_rebuild_mends_it() -> None:
    brand = rows.brand()
    rows.facts(brand, rows.random_facts(rows.people(brand, 5), 100))
    services.sync(brand)
    changed = Touchpoint.objects.filter(kind="order.paid").earliest("id")
    Touchpoint.objects.filter(pk=changed.pk).update(amount_fen=1 + (changed.amount_fen or 0))
    (difference,) = services.verify(brand).differences
    assert (difference.kind, difference.figure) == ("order.paid", "amount_fen")
    assert difference.operational - difference.lake == 1
    assert services.rebuild(brand).rows == 100
    assert services.verify(brand).is_equal


def test_a_new_time_zone_moves_every_local_day() -> None:
    brand = rows.brand()
    rows.facts(brand, [{"occurred_ms": 1_704_038_400_000}])  # 2024-01-01 00:00 in Shanghai
    services.sync(brand)
    assert queries.status(brand).first_month == "2024-01"
    brand.timezone = "Europe/Paris"
    brand.save()
    services.sync(brand)
    assert queries.status(brand).first_month == "2023-12"


def test_steps_are_committed_one_by_one_and_months_compacted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "STEP_ROWS", 1)  # every batch is a step
    monkeypatch.setattr(compaction, "MOST_SMALL_FILES", 2)
    brand = rows.brand()
    subjects = rows.people(brand, 10)
    compacted = 0
    for seed in range(4):
        rows.facts(brand, rows.random_facts(subjects, 50, seed=seed, months=2))
        compacted += services.sync(brand).months_compacted
    assert compacted
    assert services.verify(brand).is_equal
    files = [file.month for file in Lake(brand.slug).manifest().files["touchpoints"]]
    assert max(files.count(month) for month in files) <= 2


def test_replaced_files_are_kept_for_those_who_read_them_then_removed() -> None:
    brand = rows.brand()
    rows.people(brand, 1)
    services.sync(brand)
    lake = Lake(brand.slug)
    (old,) = lake.manifest().files["subject_map"]
    rows.people(brand, 1)
    services.sync(brand)
    assert lake.path(old).exists()
    with lake.locked():
        lake.retire(lake.manifest(), lake.manifest(), grace_seconds=-1)
    assert not lake.path(old).exists()
    assert services.verify(brand).is_equal


def test_of_two_syncs_at_once_one_says_that_the_other_runs() -> None:
    brand = rows.brand()
    with Lake(brand.slug).locked(), pytest.raises(Conflict, match="Another sync"):
        services.sync(brand)
    services.sync(brand)


def test_a_full_disk_is_named_and_leaves_the_lake_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    brand = rows.brand()
    subjects = rows.people(brand, 3)
    rows.facts(brand, rows.random_facts(subjects, 20))
    services.sync(brand)
    before = Lake(brand.slug).manifest()
    rows.facts(brand, rows.random_facts(subjects, 20, seed=2))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(pq, "write_table", full)
        with pytest.raises(DiskFull, match="disk"):
            services.sync(brand)
    with monkeypatch.context() as patched:
        patched.setattr(lakes, "_sync_to_disk", full)
        with pytest.raises(DiskFull):
            services.sync(brand)
    assert Lake(brand.slug).manifest() == before
    services.sync(brand)
    assert services.verify(brand).is_equal


def test_the_lake_holds_no_personal_data() -> None:
    """Phones and names never reach the tables that are exported; keys are exported from none."""
    brand = rows.brand()
    (person,) = rows.people(brand, 1)
    rows.facts(brand, [{"subject_id": person, "occurred_ms": 0}])
    services.sync(brand)
    columns = {
        name
        for file in Lake(brand.slug).manifest().all_files()
        for name in pq.read_schema(Lake(brand.slug).path(file)).names
    }
    assert not columns & {"key", "holder", "phone", "name", "email", "address", "birthday"}
