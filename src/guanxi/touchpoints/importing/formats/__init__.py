"""Whose file it is: one small module for each kind, declared by headers, never by position."""

from __future__ import annotations

from guanxi.kernel.registries import Registry
from guanxi.touchpoints.importing.contracts import Importer
from guanxi.touchpoints.importing.formats import (
    douyin,
    followers,
    generic,
    jd,
    members,
    spend,
    taobao,
    youzan,
)

IMPORTERS: Registry[Importer] = Registry("importer", lambda importer: importer.name)

for _importer in (
    taobao.ORDERS,
    taobao.DETAILS,
    youzan.ORDERS,
    youzan.CUSTOMERS,
    jd.ORDERS,
    douyin.ORDERS,
    spend.Spend(),
    followers.Followers(),
    members.GenericMembers(),
    generic.GenericOrders(),
):
    IMPORTERS.register(_importer)
IMPORTERS.freeze()
