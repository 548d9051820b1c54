"""ClickHouse as installations have it: elsewhere, behind HTTP, with passwords, and gone when least wanted."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import LazySettings

from guanxi.cli.doctor import look_at_warehouse
from guanxi.kernel.errors import Unavailable
from guanxi.platform.models import Brand
from guanxi.warehouse import engines, queries, services
from tests.conftest import missing_part
from tests.warehouse import rows
from tests.warehouse.clickhouse_server import IN_URL, serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy]


@pytest.fixture(autouse=True)
def _engine() -> Iterator[None]:
    if importlib.util.find_spec("chdb") is None:
        missing_part("chdb (make setup-check)")
    yield
    engines.close_all()


@pytest.fixture
def brand() -> Brand:
    made = rows.brand("lan-hua")
    rows.facts(made, rows.random_facts(rows.people(made, 20), 300))
    return made


def use(settings: LazySettings, url: str) -> None:
    engines.close_all()
    settings.WAREHOUSE_URL = url


def counted(brand: Brand) -> int:
    [row] = queries.run(brand, queries.tables()["touchpoints"].count().as_table()).to_pylist()
    return int(*row.values())


def test_sync_and_ask(brand: Brand, settings: LazySettings, tmp_path: Path) -> None:
    with serving(tmp_path / "server") as port:
        use(settings, f"clickhouse://{IN_URL}@127.0.0.1:{port}/brands")
        assert queries.version(brand) == ""
        services.sync(brand)
        assert counted(brand) == 300
        assert [finding.health for finding in look_at_warehouse()] == ["well"]


def test_a_wrong_password_is_named_and_not_shown(
    brand: Brand, settings: LazySettings, tmp_path: Path
) -> None:
    with serving(tmp_path / "server") as port:
        use(settings, f"clickhouse://analyst:secret@127.0.0.1:{port}/brands")
        with pytest.raises(Unavailable, match="refuses the user analyst") as refused:
            list(look_at_warehouse())
    assert "secret" not in refused.value.message + refused.value.remedy


def test_a_server_that_dies_within_a_sync_costs_nothing(
    brand: Brand, settings: LazySettings, tmp_path: Path
) -> None:
    folder = tmp_path / "server"
    with serving(folder, die_at=3) as port:
        use(settings, f"clickhouse://{IN_URL}@127.0.0.1:{port}/brands")
        with pytest.raises(Unavailable, match="does not answer"):
            services.sync(brand)
        with pytest.raises(Unavailable, match="does not answer"):
            list(look_at_warehouse())
    with serving(folder, port=port):  # the same process of ours goes on, with the server started again
        assert queries.version(brand) == "", "half a copy answers nothing that is kept"
        services.sync(brand)
        assert queries.version(brand) != ""
        assert counted(brand) == 300


def test_a_server_that_lost_everything_is_filled_again(
    brand: Brand, settings: LazySettings, tmp_path: Path
) -> None:
    with serving(tmp_path / "first") as port:
        use(settings, f"clickhouse://{IN_URL}@127.0.0.1:{port}/brands")
        services.sync(brand)
    with serving(tmp_path / "second", port=port):
        with pytest.raises(Exception, match="brands_lan_hua"):
            queries.version(brand)
        assert queries.version(brand) == ""
        services.sync(brand)
        assert counted(brand) == 300


def test_a_certificate_is_trusted_where_it_is_said(
    brand: Brand, settings: LazySettings, tmp_path: Path
) -> None:
    certificate = own_certificate(tmp_path / "both.pem")
    with serving(tmp_path / "server", certificate=certificate) as port:
        url = f"clickhouses://{IN_URL}@127.0.0.1:{port}/brands"
        use(settings, url)
        with pytest.raises(Unavailable, match="not trusted"):
            queries.version(brand)
        use(settings, f"{url}?ca_cert={certificate}")
        services.sync(brand)
        assert counted(brand) == 300


def own_certificate(path: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    written = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + written)
    return path
