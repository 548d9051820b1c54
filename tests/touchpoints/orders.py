"""Files as Taobao exports them, and commands in processes of their own on the database of the test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
HEADER = (
    "订单编号,买家会员名,买家应付货款,买家实际支付金额,订单状态,收货人姓名,收货地址,联系手机,"
    "订单创建时间,订单付款时间,宝贝标题,宝贝总数量,店铺名称,退款金额"
)


def order(number: int, **changes: str) -> str:
    """One line of an order file: order `number` of one of a thousand buyers, 10 yuan and `number` fen."""
    cells = {
        "order": f'="{10**17 + number}"',
        "buyer": f"tb{number % 1000:04d}",
        "payable": f"{10 + number / 100:.2f}",
        "paid": f"{10 + number / 100:.2f}",
        "status": "交易成功",
        "name": "李雷",
        "address": "浙江省杭州市西湖区文三路1号",
        "phone": f"'1380000{number % 1000:04d}",
        "created": "2024-03-05 10:00:00",
        "paid_at": "2024-03-05 10:01:00",
        "title": "兰花面霜",
        "quantity": "1",
        "shop": "兰花旗舰店",
        "refund": "0.00",
        **changes,
    }
    return ",".join(cells.values())


def write_orders(path: Path, lines: Iterable[str]) -> Path:
    path.write_text("\r\n".join([HEADER, *lines]) + "\r\n", encoding="gb18030")
    return path


def database_url() -> str:
    """The database of this test, as another process finds it."""
    settings = connection.settings_dict
    name = str(settings["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite://{quote(name)}"
    host = f"host={quote(str(settings['HOST']), safe='')}"
    return f"postgresql://{settings['USER']}:{settings['PASSWORD']}@/{name}?{host}"


def environment() -> dict[str, str]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "PYTHONPATH": path,
        "DJANGO_SETTINGS_MODULE": "guanxi.platform.settings",
    }


def guanxi(*words: str) -> subprocess.Popen[str]:
    """The command, running."""
    return subprocess.Popen(
        [sys.executable, "-m", "guanxi.cli.main", *words],
        env=environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
