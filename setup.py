"""What pyproject.toml cannot say: the compiled kernel, which is optional.

With ``SENTIMENT_KERNEL_DEBUG=1`` it checks the bounds of every array.
"""

import os

from Cython.Build import cythonize
from setuptools import Extension, setup

checked = os.environ.get("SENTIMENT_KERNEL_DEBUG", "") == "1"
kernel = Extension(
    "sentiment._kernel",
    ["sentiment/text/kernel/kernel.pyx"],
    optional=True,
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
        },
    )
)
