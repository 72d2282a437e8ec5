"""The truth about rendered shelves: boxes, visible shares, and what a style demands of its photos."""

from dataclasses import replace

import numpy as np
import pytest

from demo.design import Kind, Product
from demo.invention import invent_designs
from demo.shelf.arrange import Row, Standing
from demo.shelf.camera import aim
from demo.shelf.canvas import blank
from demo.shelf.items import Drawn
from demo.shelf.moods import hard_style, random_style
from demo.shelf.paint import paint
from demo.shelf.photo import OCCLUDED, Photo, take_photo
from demo.shelf.style import Pose, Stocking, Style, showcase_style
from demo.shelf.truth import LEAST_VISIBLE, Facing, facings

PLAIN = replace(showcase_style(320, 240, 640.0), stocking=Stocking(rear=0.0))
RECT = (-60.0, 0.0, 700.0, 480.0)


def some_products(seed: int = 3, count: int = 8) -> list[Product]:
    return [Product(design) for design in invent_designs(np.random.default_rng(seed), count, ("box", "can", "brick"))]


def pack(kind: Kind = "box") -> Drawn:
    return Drawn(Product(invent_designs(np.random.default_rng(1), 1, (kind,))[0]))


def seen(*standing: Standing, style: Style = PLAIN) -> list[Facing]:
    rows, view, rng = [Row(20.0, 400.0, standing)], aim(style), np.random.default_rng(0)
    canvas = blank(view, (0.0, 0.0, 640.0, 480.0), 0.5)
    paint(canvas, rows, RECT, view, style, rng)
    return facings(rows, canvas.owner[:240, :320], view)


def test_a_box_that_stands_free_is_wholly_visible_and_tightly_boxed() -> None:
    (facing,) = seen(Standing(pack(), 200, 400, 100, 160))
    assert facing.visible > 0.97
    assert np.allclose(facing.box, (100, 120, 150, 200), atol=2)


def test_a_product_half_behind_another_is_half_visible_and_boxed_where_it_shows() -> None:
    item = pack()
    behind, front = seen(Standing(item, 200, 400, 100, 160, depth=60), Standing(item, 250, 400, 100, 160))
    assert front.visible > 0.97
    assert 0.4 < behind.visible < 0.75
    assert behind.box[2] < front.box[2] - 10


def test_a_product_cut_by_the_edge_of_the_photo_is_partly_visible() -> None:
    (facing,) = seen(Standing(pack("carton"), -50, 400, 100, 160))
    assert 0.4 < facing.visible < 0.6
    assert facing.box[0] == 0


def test_a_product_wholly_hidden_is_no_facing() -> None:
    item = pack()
    assert len(seen(Standing(item, 220, 400, 60, 80, depth=60), Standing(item, 200, 400, 100, 160))) == 1


def test_a_leaning_product_has_a_wider_box() -> None:
    (upright,), (leaning,) = (seen(Standing(pack(), 200, 400, 60, 200, lean=lean)) for lean in (0.0, 0.3))
    assert leaning.box[2] - leaning.box[0] > 1.4 * (upright.box[2] - upright.box[0])


def test_a_fallen_product_lies_on_its_side() -> None:
    (facing,) = seen(Standing(pack(), 200, 400, 200, 80, lying=1))
    assert facing.box[2] - facing.box[0] > 2 * (facing.box[3] - facing.box[1])


def test_every_level_of_a_stack_is_a_facing_of_its_own() -> None:
    item = pack()
    stack = seen(*(Standing(item, 200, 400 - 98.5 * level, 100, 100, level=level) for level in range(3)))
    assert len(stack) == 3
    assert all(facing.visible > 0.9 for facing in stack)


@pytest.mark.parametrize("seed", range(3))
def test_a_hard_photo_is_crowded_occluded_and_seen_from_the_side(seed: int) -> None:
    style = hard_style(np.random.default_rng(seed))
    photo = take_photo(seed, some_products(seed), replace(style, width=style.width // 2, height=style.height // 2))
    assert len(photo.facings) > 100
    assert np.mean([facing.visible <= OCCLUDED for facing in photo.facings]) >= 0.25
    assert abs(style.pose.yaw) > 0.3


@pytest.mark.parametrize("seed", range(6))
def test_a_random_photo_shows_ten_to_four_hundred_facings_inside_it(seed: int) -> None:
    photo = small_photo(seed)
    height, width = photo.image.shape[:2]
    assert 10 <= len(photo.facings) <= 400
    for facing in (*photo.facings, *photo.hidden):
        assert 0 <= facing.box[0] < facing.box[2] <= width
        assert 0 <= facing.box[1] < facing.box[3] <= height


def small_photo(seed: int) -> Photo:
    style = random_style(np.random.default_rng(seed))
    return take_photo(seed, some_products(seed), replace(style, width=style.width // 2, height=style.height // 2))


def test_what_is_mostly_hidden_is_kept_apart() -> None:
    photo = take_photo(5, some_products(), replace(PLAIN, stocking=Stocking(crowd=1.0, pushed=0.5)))
    assert all(facing.visible >= LEAST_VISIBLE for facing in photo.facings)
    assert all(facing.visible < LEAST_VISIBLE for facing in photo.hidden)


def test_a_product_without_weight_is_never_on_the_shelf() -> None:
    products = some_products()
    weights = [1.0] * 4 + [0.0] * (len(products) - 4)
    shown = {facing.design for facing in take_photo(2, products, PLAIN, weights).facings}
    assert shown
    assert shown <= {product.design for product in products[:4]}


def test_an_impossible_demand_is_refused() -> None:
    with pytest.raises(ValueError, match="demands"):
        take_photo(0, some_products(), replace(PLAIN, width=64, height=48, occluded=1.1))


def test_a_turned_camera_sees_one_end_of_the_shelf_larger() -> None:
    view = aim(replace(PLAIN, pose=Pose(yaw=0.5)))
    left_top, left_bottom, right_top, right_bottom = view.project(
        np.array([[100.0, 100.0], [100.0, 300.0], [540.0, 100.0], [540.0, 300.0]])
    )
    assert right_bottom[1] - right_top[1] > 1.2 * (left_bottom[1] - left_top[1])


def test_a_photo_pixel_and_its_point_of_the_plane_belong_together() -> None:
    view = aim(replace(PLAIN, pose=Pose(yaw=0.4, pitch=-0.1, roll=0.05, bend=-0.05)))
    x, y = view.plane_grid()
    assert np.allclose(view.project(np.array([[x[40, 30], y[40, 30]]])), [[30.5, 40.5]], atol=0.05)
