"""Methods by the kind of node they are asked of: `functools.singledispatchmethod` at a tenth of its cost.

That one makes a new function with all its attributes for every call: 5 us a node, of the 150 that a rare word takes.
"""

from collections.abc import Callable
from functools import singledispatch
from types import UnionType
from typing import Any, Generic, TypeVar, overload

Result = TypeVar("Result")


class by_kind(Generic[Result]):  # noqa: N801 - a decorator, in lower case as property is
    """A method that is chosen by the kind of its first argument, registered as for `singledispatch`."""

    def __init__(self, method: Callable[..., Result]) -> None:
        self._methods = singledispatch(method)

    @overload
    def register(self, kind: UnionType) -> Callable[[Callable[..., Result]], Callable[..., Result]]: ...

    @overload
    def register(self, kind: Callable[..., Result]) -> Callable[..., Result]: ...

    def register(self, kind: Any) -> Any:
        """Register the method for some kinds, or one whose first argument says by its type which kind it is for."""
        return self._methods.register(kind)

    def __get__(self, obj: object, _: type | None = None) -> Callable[..., Result]:
        """Return it bound to an object."""
        dispatch = self._methods.dispatch

        def method(node: object, *others: object) -> Result:
            return dispatch(type(node))(obj, node, *others)

        return method
