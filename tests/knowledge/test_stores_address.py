from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.stores.address import driver_address, is_address, shown_address


@pytest.mark.parametrize(
    ("handed", "driven"),
    [
        ("postgres://u:p@h:5432/d", "postgresql://u:p@h:5432/d"),
        ("postgresql://u:p@h/d?sslmode=require", "postgresql://u:p@h/d?sslmode=require"),
        (
            "postgres://u@h/d?sslmode=require&channel_binding=require&connect_timeout=10",
            "postgresql://u@h/d?sslmode=require",
        ),
        ("postgresql://u:p%40@h/d?pgbouncer=true&application_name=x", "postgresql://u:p%40@h/d?application_name=x"),
        ("postgresql:///d?host=/run/postgresql", "postgresql:///d?host=%2Frun%2Fpostgresql"),
    ],
)
def test_an_address_is_taken_as_hosts_hand_it_out(handed: str, driven: str) -> None:
    assert is_address(handed)
    assert driver_address(handed) == driven


def test_a_database_is_named_without_its_password() -> None:
    assert shown_address("postgres://u:secret@db.example:5432/notes?sslmode=require") == (
        "the database notes at db.example:5432"
    )
    assert shown_address("postgresql://postgres@/notes?host=/tmp/x") == "the database notes at /tmp/x"
    assert shown_address("postgresql://h") == "the database at h"
    assert shown_address("postgres://u:p%2F%40@one:1,[::1]:2/n%20m") == "the database n m at one:1,[::1]:2"


@pytest.mark.parametrize(
    "address",
    [
        "postgres://u:pa/ss@h/db",
        "postgres://u:s3c#ret@h/db",
        "postgres://u:p[w@h/db",
        "postgres://u:p]w[@h/db",
        "postgres://u:sec/ret@h",
        "postgres://u:12/34@h",
        "postgres://u:12?34@h",
        "postgres://u:p@ss@h/db",
        "postgres://u:p\uff20ss@h/db",
        "postgres://u:secret",
        "postgres://u:p@h:port/db",
        "postgres://u:p@h:99999/db",
        "postgres://u:p@:5432/db",
        "postgres://u:p@/db",
        "postgresql:///db",
        "postgresql://h,/db",
        "postgresql:///db?host=",
        "mysql://h/db",
        "postgresql://",
    ],
)
def test_an_address_in_which_password_and_host_cannot_be_told_apart_is_none(address: str) -> None:
    assert not is_address(address)


@given(st.text())
def test_a_percent_encoded_password_is_taken_and_not_shown(password: str) -> None:
    address = f"postgresql://user:{quote(password, safe='', errors='replace')}@db.example/notes"
    assert is_address(address)
    assert shown_address(address) == "the database notes at db.example"
