"""Draws nothing: opens OpenGL ES without a screen and prints who would draw. In a process of its own: drivers crash."""

import ctypes
import sys

_SURFACELESS_MESA = 0x31DD
_OPENGL_ES_API = 0x30A0
_CONTEXT_MAJOR_VERSION = 0x3098
_NONE = 0x3038
_GL_RENDERER = 0x1F01
_FAILED_STATUS = 1


def renderer() -> str:
    """The name of the renderer. Raises `OSError` when a library is missing, `RuntimeError` when a step fails."""
    egl, gles = ctypes.CDLL("libEGL.so.1"), ctypes.CDLL("libGLESv2.so.2")
    for name in ("eglGetPlatformDisplay", "eglCreateContext"):
        getattr(egl, name).restype = ctypes.c_void_p
    gles.glGetString.restype = ctypes.c_char_p
    display = ctypes.c_void_p(egl.eglGetPlatformDisplay(_SURFACELESS_MESA, None, None))
    if display.value is None or not egl.eglInitialize(display, None, None):
        raise RuntimeError("EGL does not start")
    egl.eglBindAPI(_OPENGL_ES_API)
    wanted = (ctypes.c_int * 3)(_CONTEXT_MAJOR_VERSION, 2, _NONE)
    context = ctypes.c_void_p(egl.eglCreateContext(display, None, None, wanted))
    if context.value is None or not egl.eglMakeCurrent(display, None, None, context):
        raise RuntimeError("no OpenGL ES 2 context can be made")
    name = gles.glGetString(_GL_RENDERER)
    egl.eglTerminate(display)
    return name.decode("utf-8", "replace") if name else "unknown"


if __name__ == "__main__":
    try:
        print(renderer())
    except (OSError, RuntimeError, AttributeError) as error:
        print(error, file=sys.stderr)
        sys.exit(_FAILED_STATUS)
