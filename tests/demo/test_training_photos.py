"""The folder of training photos."""

from pathlib import Path

import numpy as np
import pytest

from demo.training_photos import numbers, read, take, write


def test_a_stored_photo_comes_back_with_its_truth(tmp_path: Path) -> None:
    write(tmp_path, None, 0)
    stored, taken = read(tmp_path / "00000.jpg"), take(0)
    assert np.allclose(stored.boxes, [facing.box for facing in taken.facings])
    assert stored.visible == pytest.approx([facing.visible for facing in taken.facings])
    assert stored.designs.tolist() == [numbers()[facing.design] for facing in taken.facings if facing.design]
    assert len(stored.hidden) == len(taken.hidden)


def test_a_photo_that_is_there_is_not_drawn_again(tmp_path: Path) -> None:
    (tmp_path / "00001.jpg").write_bytes(b"kept")
    write(tmp_path, None, 1)
    assert (tmp_path / "00001.jpg").read_bytes() == b"kept"
