"""The only home of `cv2`: sets it up before it loads, quiet and on one thread.

Importing this module takes about 0.1 s, so it is imported on the workers' threads, never before the first frame of the
app is on the glass. Two threads may do so at once: `cv2` replaces itself in `sys.modules` while it loads, and only the
import lock of this module keeps the second thread from seeing it half made. So nothing else imports any of `cv2`.
"""

import os

# OpenCV reads these when it loads: a camera that has gone must not hold a read for 10 s, and we log what there is to say.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
# So does the linear algebra that comes with it; its threads wait for each other longer than our small matrices take.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import cv2
from cv2.typing import MatLike

# The decode worker is one thread by design; OpenCV's own pool would take the other cores from the screen.
cv2.setNumThreads(1)

__all__ = ["MatLike", "cv2"]
