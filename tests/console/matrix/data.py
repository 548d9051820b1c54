"""What comes in and goes out: imports, exports and the log."""

from __future__ import annotations

from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page

PAGES: dict[str, Page] = {
    "exports": Page(Permission.EXPORTS_RUN, lambda w: "/exports"),
    "exports-new": Page(
        Permission.EXPORTS_RUN, lambda w: "/exports/new", lambda w: {"list": "customers", "format": "csv"}
    ),
    "export-file": Page(Permission.EXPORTS_RUN, lambda w: f"/exports/{w.export}/file"),
    "export-again": Page(Permission.EXPORTS_RUN, lambda w: f"/exports/{w.export}/again", lambda w: {}),
    "export-cancel": Page(Permission.EXPORTS_RUN, lambda w: f"/exports/{w.export}/cancel", lambda w: {}),
    "imports": Page(Permission.IMPORTS_VIEW, lambda w: "/imports"),
    "imports-new": Page(Permission.IMPORTS_RUN, lambda w: "/imports/new"),
    "imports-receive": Page(Permission.IMPORTS_RUN, lambda w: "/imports/upload", lambda w: {}),
    "imports-upload": Page(Permission.IMPORTS_RUN, lambda w: "/imports/uploads/1"),
    "imports-start": Page(Permission.IMPORTS_RUN, lambda w: "/imports/uploads/1/start", lambda w: {}),
    "import": Page(Permission.IMPORTS_VIEW, lambda w: f"/imports/{w.imported.pk}"),
    "import-progress": Page(Permission.IMPORTS_VIEW, lambda w: f"/imports/{w.imported.pk}/progress"),
    "import-cancel": Page(Permission.IMPORTS_RUN, lambda w: f"/imports/{w.imported.pk}/cancel", lambda w: {}),
    "import-resume": Page(Permission.IMPORTS_RUN, lambda w: f"/imports/{w.imported.pk}/resume", lambda w: {}),
    "import-rejects": Page(Permission.IMPORTS_RUN, lambda w: f"/imports/{w.imported.pk}/rejects.csv"),
    "log": Page(Permission.CUSTOMERS_VIEW, lambda w: "/log"),
}
OF_ANY_BRAND = {
    "exports",
    "exports-new",
    "imports",
    "imports-new",
    "log",
}
