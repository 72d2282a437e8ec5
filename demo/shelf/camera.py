"""Where the camera stands and what falls where: plane of the shelf fronts (millimetres) to photo (pixels)."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.shelf.style import Pose, Style

Matrix = NDArray[np.float64]
Points = NDArray[np.float64]
Grid = NDArray[np.float32]
Rect = tuple[float, float, float, float]


@dataclass(frozen=True)
class View:
    """The photo's view of the plane. eye: foot of the camera on the plane; distance: of the camera from it."""

    matrix: Matrix
    eye: tuple[float, float]
    distance: float
    size: tuple[int, int]
    bend: float

    def shrink(self, depth: float) -> float:
        """How much smaller a thing looks that stands some millimetres behind the plane."""
        return self.distance / (self.distance + depth)

    def behind(self, x: float, y: float, depth: float) -> tuple[float, float]:
        """The point of the plane that hides a point some millimetres behind it."""
        s = self.shrink(depth)
        return self.eye[0] + (x - self.eye[0]) * s, self.eye[1] + (y - self.eye[1]) * s

    def project(self, points: Points) -> Points:
        """Plane points [N, 2] in photo pixels."""
        flat = cv2.perspectiveTransform(points[None].astype(np.float64), self.matrix)[0]
        return np.asarray(self._distorted(flat), np.float64)

    def _distorted(self, flat: Points) -> Points:
        middle, reach = self._frame()
        off = flat - middle
        bent = off
        for _ in range(3):
            bent = off / (1 + self.bend * np.minimum((bent**2).sum(axis=1, keepdims=True) / reach, 2.0))
        return np.asarray(middle + bent)

    def _frame(self) -> tuple[Points, float]:
        middle = np.array(self.size, np.float64) / 2
        return middle, float((middle**2).sum())

    def plane_grid(self) -> tuple[Grid, Grid]:
        """For every photo pixel its point on the plane: x and y, each float32 [height, width]."""
        (cx, cy), reach = self._frame()
        x = (np.arange(self.size[0], dtype=np.float32) + 0.5 - np.float32(cx))[None]
        y = (np.arange(self.size[1], dtype=np.float32) + 0.5 - np.float32(cy))[:, None]
        spread = 1 + np.float32(self.bend / reach) * (x * x + y * y)
        x, y = x * spread, y * spread
        inverse = np.linalg.inv(self.matrix) @ np.array([[1, 0, cx], [0, 1, cy], [0, 0, 1]])
        a = (inverse / inverse[2, 2]).astype(np.float32)
        depth = a[2, 0] * x + a[2, 1] * y + 1
        return (a[0, 0] * x + a[0, 1] * y + a[0, 2]) / depth, (a[1, 0] * x + a[1, 1] * y + a[1, 2]) / depth


def aim(style: Style) -> View:
    """The camera looks at the middle of the view, from the distance at which its lens shows the wanted width."""
    pose, w, h = style.pose, style.width, style.height
    focal = pose.focal * max(w, h)
    away = focal * style.view_mm / w
    middle = np.array([style.view_mm / 2, style.view_mm * h / w / 2, 0.0])
    turned = _rotation(pose)
    shift = np.array([0, 0, away]) - turned @ middle
    lens = np.array([[focal, 0, w / 2], [0, focal, h / 2], [0, 0, 1]])
    eye = middle - away * turned[2]
    matrix = lens @ np.column_stack([turned[:, 0], turned[:, 1], shift])
    return View(matrix, (float(eye[0]), float(eye[1])), float(-eye[2]), (w, h), pose.bend)


def _rotation(pose: Pose) -> Matrix:
    (cy, sy), (cp, sp), (cr, sr) = ((np.cos(a), np.sin(a)) for a in (pose.yaw, pose.pitch, pose.roll))
    yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    pitch = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    roll = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(roll @ pitch @ yaw, np.float64)


def window(view: View) -> Rect:
    """The part of the plane in view, as an upright rectangle: x1, y1, x2, y2 in millimetres."""
    x, y = (np.concatenate([grid[0], grid[-1], grid[:, 0], grid[:, -1]]) for grid in view.plane_grid())
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())
