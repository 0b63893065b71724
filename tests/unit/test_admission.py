"""Admission control: the cost of all pending calls together is limited."""

import contextlib

import pytest

from web.admission import Admission, Overloaded
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


def test_a_call_that_fails_does_not_count_any_more():
    admission = Admission(capacity=1, costly_capacity=1)
    for _ in range(3):
        with pytest.raises(ValueError), admission.admit(1):
            raise ValueError
    with admission.admit(1):
        pass


def test_every_endpoint_fits_into_the_capacity():
    for endpoint in ENDPOINTS.values():
        with Admission().admit(endpoint.cost):
            pass
