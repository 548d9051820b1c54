"""Lists as files, written by the worker: whole, sealed, and gone after some days.

    wanted = exports.want(brand, "customers", "xlsx", {"show": "repeat"}, actor, language="zh-hans")
    exports.of(brand.pk, actor)           # those of a person, with how far they are
    exports.open_file(brand.pk, wanted, actor)

A room declares what can be exported (`Exportable`) and registers it in `exportables`. A file holds what the
list shows, with personal data masked as there.
"""

from guanxi.platform.exports.declared import Column, Exportable, Type, exportables
from guanxi.platform.exports.formats import FORMATS
from guanxi.platform.exports.services import (
    KIND,
    Export,
    again,
    asked_for,
    cancel,
    find,
    of,
    open_file,
    register,
    remove,
    want,
)

__all__ = [
    "FORMATS",
    "KIND",
    "Column",
    "Export",
    "Exportable",
    "Type",
    "again",
    "asked_for",
    "cancel",
    "exportables",
    "find",
    "of",
    "open_file",
    "register",
    "remove",
    "want",
]
