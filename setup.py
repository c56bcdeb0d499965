"""The one thing that pyproject.toml cannot say: the compiled kernel is optional."""

from Cython.Build import cythonize
from setuptools import Extension, setup

kernel = Extension(
    "sentiment._kernel",
    ["sentiment/_kernel.pyx"],
    optional=True,
    # Without debugging information: a logged model carries the file along.
    extra_compile_args=["-O3", "-g0"],
)
setup(ext_modules=cythonize([kernel], force=False))
