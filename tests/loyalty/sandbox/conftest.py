from __future__ import annotations

import pytest

from guanxi.platform import people
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.contracts import Role
from guanxi.platform.models import Brand
from guanxi.platform.sandbox import services
from guanxi.platform.sandbox.services import Made


@pytest.fixture
def real(db: None) -> Brand:
    brand = people.create_brand("lanhua", "兰花", actor=COMMAND_LINE)
    owner = people.create_user("mei", "a long enough secret 7", actor=COMMAND_LINE)
    people.add_membership(owner.pk, brand.pk, Role.OWNER, actor=COMMAND_LINE)
    return brand


@pytest.fixture
def made(real: Brand) -> Made:
    return services.make(real, *services.proposed(real), actor=COMMAND_LINE)


@pytest.fixture
def sandbox(made: Made) -> Brand:
    return made.brand
