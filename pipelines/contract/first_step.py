"""A method from outside the suite, tried before anything is trained: built, one step taken, its codes and images seen.

The promises without which no stage could use it; `diffrep contract` tries others too, and trains for longer.
"""

from typing import Any

from diffrep.pipelines.contract import interface, learning
from diffrep.pipelines.contract.promises import BrokenError, NotApplicableError
from diffrep.pipelines.contract.subject import Subject, networks_of
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.own_code import class_line, is_own, own_line, raised
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.trained.adapters import adapter_path, data_source, method_arguments, method_class

FIRST = (
    interface.is_built_from_its_section,
    interface.cannot_is_true,
    interface.shapes_of_codes,
    interface.shapes_of_images,
    interface.parts_lie_within_the_code,
    interface.choices_come_with_their_codes,
    learning.frozen_parts_stay,
    learning.saved_and_loaded,
)


def expect_first_steps(params: Params) -> None:
    """Raise UserError for the first method of the grid from outside that does not come through a step of training."""
    own = [name for name in params.grid.method if is_own(adapter_path(params, "methods", name))]
    shapes = {tuple(data_source(params, dataset).image_shape) for dataset in params.grid.dataset if own}
    for name in own:
        for shape in sorted(shapes):
            expect_first_step(params, name, shape)


def expect_first_step(params: Params, name: str, shape: tuple[int, int, int]) -> None:
    """Raise UserError, with file and line, where the method `name` fails on images of `shape`."""
    cls, path = method_class(params, name), adapter_path(params, "methods", name)
    on = Subject(cls, method_arguments(params, name), networks_of(params), shape, steps=1)
    for need in cls.needs:
        on.supplied(need, shape)  # what fails here is no fault of the method
    for promise in FIRST:
        try:
            promise(on)
        except NotApplicableError:
            continue
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise UserError(f"method {name!r} ({path}) in {line_of(error, path, cls)}: {reason(error)}") from error


def line_of(error: BaseException, path: str, cls: Any) -> str | None:
    """Where the method's own code raised `error`, or else where it defines what `error` speaks of."""
    return own_line(error, path) or class_line(cls, str(error))


def reason(error: BaseException) -> str:
    """What is wrong, in one line."""
    return str(error) if isinstance(error, (BrokenError, UserError)) else raised(error)
