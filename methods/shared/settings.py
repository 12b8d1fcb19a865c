"""Types of settings that hold their own limits, as whoever reads a section checks them."""

from typing import Annotated

from annotated_types import Ge, Gt, Lt

Count = Annotated[int, Ge(1)]
Scale = Annotated[float, Gt(0)]
Weight = Annotated[float, Ge(0)]
Dropout = Annotated[float, Ge(0), Lt(1)]
