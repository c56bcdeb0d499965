"""What pyproject.toml cannot say: the compiled kernel, which is optional.

It keeps to the limited API, so that one binary, and the one in a logged model, works
with Python 3.11 and every later one. With ``SENTIMENT_KERNEL_DEBUG=1`` it checks the
bounds of every array.
"""

import os
import sysconfig
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

checked = os.environ.get("SENTIMENT_KERNEL_DEBUG", "") == "1"
# A Python without the lock has no such API yet: there the kernel is its own.
limited = not sysconfig.get_config_var("Py_GIL_DISABLED")
if limited:  # Python would import what was built here for it alone
    for old in Path(__file__).parent.glob("sentiment/_kernel.cp*"):
        old.unlink()
kernel = Extension(
    "sentiment._kernel",
    ["sentiment/text/kernel/kernel.pyx"],
    optional=True,
    py_limited_api=limited,
    define_macros=[("Py_LIMITED_API", "0x030B0000")] if limited else [],
    # Without debugging information: a logged model carries the file along.
    extra_compile_args=["-O3", "-g0"],
)
setup(
    ext_modules=cythonize(
        [kernel],
        force=checked,
        compiler_directives={
            "language_level": 3,
            "boundscheck": checked,
            "initializedcheck": checked,
            "wraparound": False,
            "cdivision": True,
            # A function of the limited API is called faster as plain C's.
            "binding": False,
        },
    ),
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if limited else {},
)
