"""Recipes as parameters of tests. The tests of expensive recipes are marked as slow."""

from collections.abc import Callable, Hashable, Iterable

import pytest

from model.inference import backend

backend.load_tensorflow()

from model.recipes import RECIPES, Recipe


def slow_if(is_slow: Callable[[Recipe], bool], names: Iterable[str] = RECIPES) -> list:
    """Return one test parameter for each recipe name. If `is_slow(recipe)` is true, the parameter is marked as slow."""
    return [pytest.param(name, marks=[pytest.mark.slow] if is_slow(RECIPES[name]) else []) for name in names]


def one_of_each_kind(kind: Callable[[Recipe], Hashable], names: Iterable[str] = RECIPES) -> list:
    """Return one test parameter for each recipe name. For each kind, all except the first recipe are marked as slow.

    kind: a function that returns the kind of a recipe.
    """
    names = list(names)
    first = {kind(RECIPES[name]): name for name in reversed(names)}
    return slow_if(lambda recipe: first[kind(recipe)] != recipe.name, names)
