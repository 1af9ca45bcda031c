from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.masking import MASK, beside, counted, masked

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\nq2w3e4r5t6\n-----END RSA PRIVATE KEY-----"

NEWLINE = "\n"
HEADED = (
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,01\n\nMIIEvQIBADANBgkqhkiG9w0BAQ"
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password: hunter2", f"password: {MASK}"),
        ("**Password:** hunter2", f"**Password:** {MASK}"),
        ("The password is hunter2.", f"The password is {MASK}"),
        ("DB_PASSWORD='S3cr3t!Horse' make", f"DB_PASSWORD='{MASK}' make"),
        ('"api_key": "a1b2c3d4e5"', f'"api_key": "{MASK}"'),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY", f"aws_secret_access_key = {MASK}"),
        ("use AKIAIOSFODNN7EXAMPLE here", f"use {MASK} here"),
        ("sk-proj-abc123abc123abc123", MASK),
        ("xoxb-1234567890-abcdef", MASK),
        ("its token is xoxb-1234567890-abcdef", f"its token is {MASK}"),
        ("ghp_0123456789abcdef0123", MASK),
        ("postgres://bot:pa55word@db/x", f"postgres://bot:{MASK}@db/x"),
        ("Authorization: Bearer abc123def456ghi789", f"Authorization: Bearer {MASK}"),
        ("https://hooks.slack.com/services/T0/B0/abcdefgh", f"https://hooks.slack.com/{MASK}"),
        (f"before {KEY} after", f"before {MASK} after"),
        ("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ", MASK),
        ("> -----BEGIN PRIVATE KEY-----\n> MIIEvQIBADANBgkqhkiG9w0BAQ", f"> {MASK}"),
        (KEY.replace("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,01\n\n", 1), MASK),
        ("DB_PASS=Sommer2024x", f"DB_PASS={MASK}"),
        ("Passwort: Sommer2024!", f"Passwort: {MASK}"),
        (HEADED, MASK),
        (f"key: |\n{' ' * 10}{KEY.replace(NEWLINE, NEWLINE + ' ' * 10)}", f"key: |\n{' ' * 10}{MASK}"),
        (
            KEY.replace("RSA PRIVATE KEY", "PGP PRIVATE KEY BLOCK").replace("\n", "\nComment: of 2024-01-01\n\n", 1),
            MASK,
        ),
        ("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: mine\nMIIEvQIBADANBgkqhkiG9w0BAQ", MASK),
        (
            "PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 14\nMIIEvQIBADANBgkqhkiG9w0BAQ",
            f"PuTTY-User-Key-File-3: ssh-rsa\n{MASK}",
        ),
        ("pw: Sommer2024x", f"pw: {MASK}"),
        ("Das Passwort lautet Sommer2024!", f"Das Passwort lautet {MASK}"),
        ('password: "my secret 123"', f'password: "{MASK}"'),
        ("the token `abc123def456` reads", f"the token `{MASK}` reads"),
        ("dop_v1_" + "a1" * 32, MASK),
        ("shpat_" + "a1" * 16, MASK),
        ("AccountKey=abc123DEF456ghi789==", f"AccountKey={MASK}"),
        ("postgres://bot:pa/55word@db/x", f"postgres://bot:{MASK}@db/x"),
    ],
)
def test_a_secret_is_masked(text: str, shown: str) -> None:
    assert counted(text) == (shown, 1)


@pytest.mark.parametrize(
    "text",
    [
        "password: required",
        "The password is case-sensitive and has 12 characters.",
        "An API key is rotated every 90 days.",
        "token: OAuth2",
        "token: $TOKEN1234",
        "password: <your-password-1>",
        "api_key = os.environ",
        "max_token: 4096k",
        "sk-learn-something-long-name",
        "postgres://user:${PASSWORD}@db/x",
        "compass=north12 bypass: 12hours",
        'password: "at least 12 characters"',
        "the token `abcdefghijkl` or `int32_t`",
        "http://host:80/a/b@v1",
        "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ---- comes first",
        "the line -----BEGIN PRIVATE KEY----- comes first",
        f"password: {MASK}",
    ],
)
def test_what_only_speaks_of_a_secret_stays(text: str) -> None:
    assert counted(text) == (text, 0)


def test_a_cell_is_told_by_the_cell_beside_it() -> None:
    assert beside("Password", "hunter2") == (MASK, 1)
    assert beside("Colour", "hunter2") == ("hunter2", 0)


@given(st.text())
def test_masking_twice_changes_nothing(text: str) -> None:
    once = masked(text)
    assert masked(once) == once
