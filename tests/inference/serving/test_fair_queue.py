"""Whose photo is next, and whose gives way when there is no room."""

import pytest

from inference.errors import QueueFull
from inference.serving.fair_queue import FairQueue
from inference.serving.work import Work
from tests.inference.serving.works import work


def queue_of(*flows: str, places: int = 64) -> tuple[FairQueue, list[Work]]:
    queue, works = FairQueue(places), [work(flow) for flow in flows]
    for one in works:
        queue.put(one)
    return queue, works


def taken(queue: FairQueue, count: int = 99, cost: float = 1.0) -> list[Work]:
    order: list[Work] = []
    while len(order) < count and (one := queue.take(lambda _: True, cost)):
        one.cost = cost
        order.append(one)
    return order


def flows(works: list[Work]) -> str:
    return "".join(one.flow for one in works)


def refused(one: Work) -> bool:
    return one.answer.done() and isinstance(one.answer.exception(), QueueFull)


def test_one_tenants_photos_come_in_the_order_of_their_arrival() -> None:
    queue, works = queue_of(*"aaaa")
    assert taken(queue) == works


def test_tenants_take_turns_however_many_photos_one_of_them_has_sent() -> None:
    queue, _ = queue_of(*"aaaaaabb")
    assert flows(taken(queue)) == "abababaa"[:2] + "abaaaa"


def test_a_tenant_whose_photos_cost_more_has_fewer_turns() -> None:
    queue, _ = queue_of(*"aaaabbbbbbbb")
    order = []
    while one := queue.take(lambda _: True, 1.0):
        one.cost = 3.0 if one.flow == "a" else 1.0
        queue.settle(one)
        order.append(one)
    assert flows(order[:8]).count("b") == 6


def test_a_tenant_that_comes_back_from_a_pause_has_saved_nothing_up() -> None:
    queue, _ = queue_of(*"aaaaaaaaaa")
    taken(queue, 6)
    for _ in range(4):
        queue.put(work("b"))
    assert flows(taken(queue, 4)).count("b") == 2


def test_what_does_not_fit_stays_first_in_its_line() -> None:
    queue, works = queue_of(*"ab")
    assert queue.take(lambda _: False, 1.0) is None
    assert taken(queue) == works


def test_what_does_not_fit_holds_up_no_other_tenant() -> None:
    queue, works = queue_of(*"aab")
    assert queue.take(lambda one: one is not works[0], 1.0) is works[2]
    assert taken(queue) == works[:2]


def test_a_full_queue_takes_no_more() -> None:
    queue, _ = queue_of(*"aaaa", places=4)
    with pytest.raises(QueueFull):
        queue.put(work("a"))


def test_photos_that_have_begun_hold_their_places() -> None:
    queue, _ = queue_of(*"aaaa", places=4)
    taken(queue, 4)
    with pytest.raises(QueueFull):
        queue.put(work("b"))


def test_a_full_queue_has_room_for_who_holds_less_and_the_newest_of_the_most_gives_way() -> None:
    queue, works = queue_of(*"baaaa", places=5)
    queue.put(work("b"))
    assert [refused(one) for one in works] == [False, False, False, False, True]


def test_nobody_gives_way_to_who_would_hold_more_than_they() -> None:
    queue, works = queue_of(*"baaa", places=4)
    queue.put(work("b"))
    with pytest.raises(QueueFull):
        queue.put(work("b"))
    assert sum(map(refused, works)) == 1


def test_room_is_told_before_there_is_a_photo() -> None:
    queue, _ = queue_of(*"aaaa", places=4)
    queue.check_room("b")
    with pytest.raises(QueueFull):
        queue.check_room("a")


def test_a_place_is_free_once_a_photo_is_over() -> None:
    queue, _ = queue_of(*"aa", places=2)
    (one,) = taken(queue, 1)
    queue.settle(one)
    queue.put(work("a"))


def test_a_place_is_free_once_a_photo_waits_no_longer() -> None:
    queue, works = queue_of(*"aa", places=2)
    queue.leave(works[0])
    queue.put(work("a"))
