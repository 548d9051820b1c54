from __future__ import annotations

import pytest

from guanxi.platform.contracts import Role
from guanxi.platform.roles import Permission, allows

#                            owner manager operator analyst agent associate
TABLE = """
customers.view        yes   yes     yes      yes     yes   yes
customers.unmask      yes   yes     -        -       yes   -
customers.merge       yes   yes     yes      -       -     -
customers.tag         yes   yes     yes      -       yes   yes
customers.define      yes   yes     yes      -       -     -
consent.record        yes   yes     yes      -       yes   yes
consent.define        yes   yes     -        -       -     -
rights.manage         yes   yes     -        -       -     -
imports.view          yes   yes     yes      yes     -     -
imports.run           yes   yes     yes      -       -     -
reports.view          yes   yes     yes      yes     -     -
exports.run           yes   yes     -        yes     -     -
exports.personal      yes   yes     -        -       -     -
segments.view         yes   yes     yes      yes     yes   -
segments.manage       yes   yes     yes      yes     -     -
economics.manage      yes   yes     -        yes     -     -
ledger.view           yes   yes     yes      yes     yes   -
ledger.adjust         yes   yes     yes      -       yes   -
ledger.define         yes   yes     -        -       -     -
rules.view            yes   yes     yes      yes     yes   -
rules.edit            yes   yes     yes      -       -     -
programme.view        yes   yes     yes      yes     yes   yes
programme.manage      yes   yes     yes      -       -     -
till.use              yes   yes     yes      -       yes   yes
messages.view         yes   yes     yes      yes     yes   -
messages.manage       yes   yes     yes      -       -     -
warehouse.manage      yes   yes     -        -       -     -
audit.view            yes   yes     -        -       -     -
api.manage            yes   yes     -        -       -     -
users.manage          yes   -       -        -       -     -
brand.manage          yes   -       -        -       -     -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_role_may_do_what_the_table_says(row: list[str]) -> None:
    permission, *cells = row
    assert {role: allows(role, permission) for role in Role} == {
        role: cell == "yes" for role, cell in zip(Role, cells, strict=True)
    }


def test_the_table_names_every_permission() -> None:
    assert {row[0] for row in ROWS} == set(Permission)


@pytest.mark.parametrize(("role", "permission"), [("owner", "customers.veiw"), ("boss", "customers.view")])
def test_a_misspelt_check_is_an_error_not_an_answer(role: str, permission: str) -> None:
    with pytest.raises(ValueError, match="not a valid"):
        allows(role, permission)
