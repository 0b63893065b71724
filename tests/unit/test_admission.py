"""Admission control: the cost of all pending calls together is limited."""

import contextlib

import pytest

from web.admission import BACKGROUND_CAPACITY, CAPACITY, Admission, Overloaded
from web.api import ENDPOINTS


def test_a_call_above_the_capacity_is_refused_until_another_call_ends():
    admission = Admission(capacity=2, costly_capacity=2)
    with admission.admit(1):
        with admission.admit(1), pytest.raises(Overloaded, match="try again in a moment"), admission.admit(1):
            pass
        with admission.admit(1):
            pass


def test_costly_calls_leave_room_for_drawings():
    admission = Admission(capacity=8, costly_capacity=4)
    with admission.admit(4):
        with pytest.raises(Overloaded), admission.admit(2):
            pass
        with contextlib.ExitStack() as drawings:
            for _ in range(4):
                drawings.enter_context(admission.admit(1))


def test_background_calls_are_refused_first_and_take_no_room_of_drawings():
    admission = Admission()
    with contextlib.ExitStack() as pending:
        pending.enter_context(admission.admit(BACKGROUND_CAPACITY, background=True))
        with pytest.raises(Overloaded), admission.admit(1, background=True):
            pass
        for _ in range(CAPACITY):
            pending.enter_context(admission.admit(1))
    with contextlib.ExitStack() as pending:
        for _ in range(BACKGROUND_CAPACITY):
            pending.enter_context(admission.admit(1))
        with pytest.raises(Overloaded), admission.admit(1, background=True):
            pass
        pending.enter_context(admission.admit(1))
    with admission.admit(BACKGROUND_CAPACITY, background=True):
        pass


def test_a_call_that_fails_does_not_count_any_more():
    admission = Admission(capacity=1, costly_capacity=1)
    for _ in range(3):
        with pytest.raises(ValueError), admission.admit(1):
            raise ValueError
    with admission.admit(1):
        pass


def test_every_endpoint_fits_into_the_capacity():
    for endpoint in ENDPOINTS.values():
        with Admission().admit(endpoint.cost, endpoint.background):
            pass
