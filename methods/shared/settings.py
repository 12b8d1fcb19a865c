"""Types of settings that hold their own limits, as whoever reads a section checks them."""

from typing import Annotated

from annotated_types import Ge, Gt, Le, Lt

Count = Annotated[int, Ge(1)]
Scale = Annotated[float, Gt(0), Le(1e6)]  # float32 has seven digits: beyond, nothing else in a sum is left
Weight = Annotated[float, Ge(0), Le(1e6)]
Dropout = Annotated[float, Ge(0), Lt(1)]
