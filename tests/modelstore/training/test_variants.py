"""What a reference photo would look like on a shelf."""

import torch

from modelstore.training.variants import variants

PHOTO = torch.randint(0, 255, (3, 300, 200), dtype=torch.uint8, generator=torch.manual_seed(3))


def test_the_photo_itself_is_the_first() -> None:
    assert torch.equal(variants(PHOTO)[0], PHOTO)


def test_all_of_them_are_pictures_and_no_two_the_same() -> None:
    made = variants(PHOTO)
    assert {(picture.dtype, picture.ndim, picture.shape[0]) for picture in made} == {(torch.uint8, 3, 3)}
    assert len({(tuple(picture.shape), int(picture.float().sum())) for picture in made}) == len(made) == 9


def test_a_photo_of_one_pixel_has_variants_too() -> None:
    assert all(min(picture.shape[1:]) >= 1 for picture in variants(PHOTO[:, :1, :1]))


def test_the_same_photo_has_the_same_variants() -> None:
    assert all(torch.equal(one, other) for one, other in zip(variants(PHOTO), variants(PHOTO), strict=True))
