"""Whose file it is: one small module for each kind, declared by headers, never by position."""

from __future__ import annotations

from guanxi.kernel.registries import Registry
from guanxi.touchpoints.importing.contracts import Importer
from guanxi.touchpoints.importing.formats import generic, jd, taobao

IMPORTERS: Registry[Importer] = Registry("importer", lambda importer: importer.name)

for _importer in (taobao.ORDERS, jd.ORDERS, generic.GenericOrders()):
    IMPORTERS.register(_importer)
IMPORTERS.freeze()
