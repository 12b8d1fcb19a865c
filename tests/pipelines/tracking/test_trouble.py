"""What is told of a store that cannot be used, and what is no matter of the store."""

import sqlite3

import pytest
import requests
from alembic.util import CommandError
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import OperationalError

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.tracking.trouble import StoreError, store_errors

OF_STORE = [
    MlflowException("no such run"),
    OperationalError("select", {}, sqlite3.OperationalError("no such table")),
    CommandError("Can't locate revision"),
    requests.ConnectionError("refused"),
    TimeoutError("no answer"),
    ModuleNotFoundError("No module named 'psycopg2'", name="psycopg2"),
]
OURS = [KeyError("pdae"), AttributeError("none"), ModuleNotFoundError("none", name="diffrep.none"), TypeError("none")]


def kind(error):
    return type(error).__name__


@pytest.fixture(autouse=True)
def no_server(no_server_of_mine):
    """The tree's own database."""


@pytest.mark.parametrize("error", OF_STORE, ids=kind)
def test_what_the_store_raises_is_one_line(tmp_path, error):
    with (
        pytest.raises(StoreError, match=r"mlflow\.db cannot be used \(.*then diffrep sync fills it"),
        store_errors(tmp_path),
    ):
        raise error


@pytest.mark.parametrize("error", OURS, ids=kind)
def test_a_bug_of_ours_is_not_said_to_be_the_stores(tmp_path, error):
    with pytest.raises(type(error)) as caught, store_errors(tmp_path):
        raise error
    assert caught.value is error


def test_what_a_person_can_mend_is_told_as_it_is(tmp_path):
    with pytest.raises(StoreError, match=r"^cut short$"), store_errors(tmp_path):
        raise UserError("cut short")
