"""Recipes as parameters of tests. The expensive ones run with the slow tests."""

from collections.abc import Callable, Hashable, Iterable

import pytest

from model.inference import backend

backend.load_tensorflow()

from model.recipes import RECIPES, Recipe


def slow_if(is_slow: Callable[[Recipe], bool], names: Iterable[str] = RECIPES) -> list:
    """Return the names as parameters; those of the recipes for which `is_slow` is true are slow."""
    return [pytest.param(name, marks=[pytest.mark.slow] if is_slow(RECIPES[name]) else []) for name in names]


def one_of_each_kind(kind: Callable[[Recipe], Hashable], names: Iterable[str] = RECIPES) -> list:
    """Return the names as parameters; of recipes of the same kind, all but the first are slow."""
    names = list(names)
    first = {kind(RECIPES[name]): name for name in reversed(names)}
    return slow_if(lambda recipe: first[kind(recipe)] != recipe.name, names)
