"""kill -9 in the middle of a step or a refresh: nothing halfway stays, and the next one finds the rest."""

from __future__ import annotations

import pytest

from guanxi.platform.models import Brand
from guanxi.segments.jobs import Following
from guanxi.segments.models import Membership, Progress, Segment
from guanxi.segments.refreshing import refresh
from guanxi.touchpoints.models import Touchpoint
from tests import dying
from tests.segments.live.brand import BUYERS, NOW, does, follow, members, segment, told

pytestmark = pytest.mark.django_db(transaction=True)
LOADED = """
import os, signal, sys
from django.db import connection
from guanxi.kernel.clock import frozen
from guanxi.platform.models import Brand
from guanxi.segments import following, membership, refreshing
from guanxi.touchpoints import own
"""
SCRIPT = """
connection.settings_dict["NAME"] = sys.argv[1]
what, place, name, count, now_ms = sys.argv[2:7]
home = {"membership": membership, "own": own, "following": following, "refreshing": refreshing}[place]
original, calls = getattr(home, name), 0
def deadly(*arguments, **options):
    global calls
    answer = original(*arguments, **options)
    calls += 1
    if calls == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
setattr(home, name, deadly)
refreshing.CHUNK = refreshing.FILL = 2
brand = Brand.objects.get()
with frozen(int(now_ms)):
    if what == "step":
        following.follow(brand)
    else:
        refreshing.refresh(brand)
"""


def die(moment: str) -> None:
    dying.die(LOADED, SCRIPT, *moment.split(), NOW)


@pytest.mark.parametrize(
    "moment",
    [
        "step membership take_turn 1",
        "step membership insert_rows 1",
        "step membership _resize 1",
        "step own write 1",
        "step membership set_due 1",
        "step following _write 1",
    ],
)
def test_a_step_killed_anywhere_is_done_whole_by_the_next(brand: Brand, moment: str) -> None:
    buyers = segment(brand, "buyers", BUYERS)
    lei, mei = does(brand, "lei"), does(brand, "mei")
    before = Progress.objects.values().get()
    die(moment)
    assert Progress.objects.values().get() == before
    assert not Membership.objects.exists()
    assert not Touchpoint.objects.filter(kind="segment.entered").exists()
    follow(brand)
    assert members(buyers) == sorted([lei, mei])
    assert told(brand) == [("entered", lei), ("entered", mei)]
    assert refresh(brand).drift == 0


@pytest.mark.parametrize("moment", ["refresh membership put_in 2", "refresh membership _resize 2"])
def test_a_refresh_killed_in_the_middle_is_finished_by_the_next(brand: Brand, moment: str) -> None:
    from guanxi.segments import services

    people = [does(brand, f"p{number}") for number in range(5)]
    number = services.create(brand, "buyers", BUYERS, actor="user:1")
    die(moment)
    row = Segment.objects.get(pk=number)
    held = Membership.objects.filter(segment_id=number).count()
    assert 0 < held < 5
    assert (row.size, row.filled_version) == (held, 0)
    refresh(brand)
    assert members(number) == people
    assert told(brand) == []
    assert refresh(brand).drift == 0


def test_a_worker_that_is_started_again_goes_on_where_the_other_was(brand: Brand) -> None:
    """The worker's own step, which looks whether anything was written; bench.segments_live runs it whole."""
    buyers = segment(brand, "buyers", BUYERS)
    expected = []
    for who in ("lei", "mei"):
        expected.append(does(brand, who))
        step = Following().step
        while step():
            pass
        assert members(buyers) == expected
        assert not step()
