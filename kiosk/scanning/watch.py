"""Sees whether anything moves before the camera, cheaply, so that an unchanged scene costs next to nothing."""

import numpy as np
import numpy.typing as npt

from kiosk.scanning.picture import Gray

_STEP = 8
_BLOCK = 4
_LEAST_CHANGE = 7.0
_NOISE_FACTOR = 4.0
_LEARNING = 0.05


class SceneWatch:
    """Compares each frame with a slowly learned picture of the scene, in blocks of 32 × 32 pixels. For one thread."""

    def __init__(self) -> None:
        self._scene: npt.NDArray[np.float32] | None = None

    def changed(self, gray: Gray) -> bool:
        """True if some block departs from the scene by more than noise or the day's light would; true at first."""
        blocks = _blocks(gray)
        scene = self._scene
        if scene is None or scene.shape != blocks.shape:
            self._scene = blocks
            return True
        apart = np.abs(blocks - scene)
        moved = bool(apart.max() > _LEAST_CHANGE + _NOISE_FACTOR * float(np.median(apart)))
        self._scene = scene + _LEARNING * (blocks - scene)
        return moved


def _blocks(gray: Gray) -> npt.NDArray[np.float32]:
    """Means of every eighth pixel over blocks of 4 × 4 of them; a picture smaller than a block counts as one block."""
    sparse = gray[::_STEP, ::_STEP]
    high, wide = sparse.shape[0] // _BLOCK, sparse.shape[1] // _BLOCK
    if not high or not wide:
        return np.full((1, 1), sparse.mean(), dtype=np.float32)
    cut = sparse[: high * _BLOCK, : wide * _BLOCK].reshape(high, _BLOCK, wide, _BLOCK)
    return np.asarray(cut.mean(axis=(1, 3)), dtype=np.float32)
