"""Secrets in documents, masked before anything is made of them. Pure, and linear in the length of a text.

A secret is known by its look (the keys of well-known services, private keys, passwords in addresses), or by a name in
front of it and a value that no word is: ``password: hunter2``, but not ``password: required``. What only stands for a
value, as ``$TOKEN`` or ``<your-key>`` do, stays, because a reader needs it and nobody gains from it.
"""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "[masked]"
START: Final = r"(?<![A-Za-z0-9_-])"
"""Where a shape may begin, so that none is looked for in the middle of a word."""
SHAPES: Final = (
    r"x(?:ox[a-z]|app)-[A-Za-z0-9-]{6,}"  # Slack
    r"|(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}"  # OpenAI and its like, Stripe
    r"|pcsk_[A-Za-z0-9_]{8,}"  # Pinecone
    r"|gh[a-z]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|glpat-[A-Za-z0-9_-]{16,}"
    r"|A[KS]IA[A-Z0-9]{16}"  # Amazon
    r"|AIza[A-Za-z0-9_-]{35}"  # Google
    r"|(?:hf|npm)_[A-Za-z0-9]{30,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"  # Hugging Face, npm, SendGrid
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"  # JSON web tokens
    r"|[MNO][A-Za-z0-9_-]{22,28}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}"  # Discord
    r"|dop_v1_[a-f0-9]{32,}|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{16,}"  # DigitalOcean, Shopify
)
_EDGE = r"(?:[\s>|#*]|\\n){0,60}+"
"""White space, written-out line ends, and what quotes or comments a line."""
_BODY = rf"(?:{_EDGE}[A-Z][A-Za-z-]{{2,20}}: [^\n]{{0,200}}){{0,6}}+(?:{_EDGE}[A-Za-z0-9+/=]{{16,}}+)++"
"""Headers (RFC 1421) and lines of Base64."""
_PEM = (
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
    rf"(?:(?:(?!-----)[\s\S]){{0,9000}}+-----END [A-Z0-9 ]{{0,30}}PRIVATE KEY(?: BLOCK)?-----|{_BODY})"
    rf"|---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----{_BODY}(?:{_EDGE}---- END SSH2[A-Z ]{{1,30}}----)?"
    rf"|Private-Lines: ?\d{{1,3}}{_BODY}"  # PuTTY
)
_NAMES = (
    r"api[_-]?key|access[_-]?key(?:[_-]id)?|private[_-]?key|secret(?:[_-]key)?|token|password|passwd|passphrase|pwd"
    r"|credentials?|account[_-]?key|passwort|kennwort|mot[ _]de[ _]passe|contrase\u00f1a|(?<![A-Za-z])(?:pass|pw)"
)
_SECRET: Final = re.compile(
    rf"{_PEM}"
    rf"|{START}(?P<shape>{SHAPES})"
    r"|(?<=hooks\.slack\.com/)services/[A-Za-z0-9/]{8,}"
    r"|(?<=://)(?P<user>[^\s/:@]{0,100}):(?!\d{1,5}[/?#])(?P<pass>[^\s@]{1,200})(?=@)"
    r"|(?P<scheme>\b(?i:bearer|basic)[ \t]{1,8})(?P<bearer>[A-Za-z0-9._~+/=-]{16,})"
    rf"|(?P<named>(?i:{_NAMES})(?:['\"`*_]{{0,3}}[ \t]{{0,4}}[:=][*_]{{0,2}}[ \t]{{0,4}}['\"`*_]{{0,3}}"
    r"|['\"`]?[ \t]{1,4}(?:is|was|lautet|ist|est|es)[ \t]{1,4}['\"`]?|[ \t]{1,4}`(?=[A-Za-z0-9+/=_]{10,200}`)))"
    r"(?:(?<=['\"])(?P<phrase>[^\s'\"`]{1,40}(?: [^\s'\"`]{1,40}){1,5})(?=['\"])"
    r"|(?P<value>[^\s'\"`<>|,;()]{6,200}))",
)
_SHAPE: Final = re.compile(SHAPES)
_HINT: Final = re.compile(
    r"xox|xapp|[spr]k[-_]|pcsk_|gh[a-z]_|github_pat|glpat|A[KS]IA|AIza|hf_|npm_|SG\.|eyJ|[MNO][\w-]{22}|PRIVATE KEY"
    r"|dop_v1_|shp[acs]|PuTTY|(?i:pass|pw|kennwort|mot[ _]de|contrase)"
    r"|hooks\.slack|@|(?i:bearer|basic|key|secret|token|passw|passphrase|pwd|credential)"
)
_PLACEHOLDER: Final = re.compile(r"[$%{\[*]|[^A-Za-z]*(?:x{3,}|your|my[_-]|some[_-])", re.IGNORECASE)
_KNOWN: Final = re.compile(r"(?:oauth|base|sha|md|utf-?|bcrypt|argon|hmac-?sha|ed|rsa|aes-?|v)-?\d+\S*", re.IGNORECASE)
"""Methods and versions, which hold letters and digits as passwords do."""
_CALL: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\Z|\d+[a-z]{1,3}\Z")
_DENSE: Final = re.compile(r"(?=\w{0,199}[A-Za-z])(?=(?:[^\W\d]{0,99}\d){3})[A-Za-z0-9+/=]{10,200}")
_STRONG: Final = re.compile(r"(?=[^\s]{0,199}[a-z])(?=[^\s]{0,199}[A-Z!@#$%^&*+/=?])(?=[^\s]{0,199}\d)")


def masked(text: str) -> str:
    """Give a text with the secrets in it masked."""
    return counted(text)[0]


def counted(text: str) -> tuple[str, int]:
    """Give a text with the secrets in it masked, and how many those were."""
    if _HINT.search(text) is None:
        return text, 0  # nearly all there is
    found = 0

    def mask(match: re.Match[str]) -> str:
        nonlocal found
        kept = _kept(match)
        found += kept is not None
        return match[0] if kept is None else f"{kept}{MASK}"

    return _SECRET.sub(mask, text), found


def beside(name: str, value: str) -> tuple[str, int]:
    """Give the value of a table's cell as ``counted`` does, told by the cell over it or beside it what it is."""
    told = f"{name.strip().rstrip(':=')}: "
    text, found = counted(told + value)
    return (text[len(told) :], found) if found and text.startswith(told) else counted(value)


def _kept(found: re.Match[str]) -> str | None:
    """Give what of a match stays in front of the mask; None where it is no secret after all."""
    if (shape := found["shape"]) is not None:
        return "" if any(char.isdigit() for char in shape) else None
    if (user := found["user"]) is not None:
        return None if _PLACEHOLDER.match(found["pass"]) else f"{user}:"
    if (scheme := found["scheme"]) is not None:
        return scheme if any(char.isdigit() for char in found["bearer"]) else None
    if (named := found["named"]) is not None:
        return named if _named(found, told=named.rstrip("'\"`*_ \t")[-1] in ":=") else None
    return ""


def _named(found: re.Match[str], *, told: bool) -> bool:
    """Whether what stands behind a name is a secret; a phrase is one by one of its words, or by a number at its end."""
    if (value := found["value"]) is not None:
        return _secret(value, told=told) or (not told and found["named"][-1] == "`" and _coded(value))
    words = found["phrase"].split()
    return told and (any(_secret(word, told=True) for word in words) or bool(re.fullmatch(r"\d{3,}", words[-1])))


def _coded(value: str) -> bool:
    """Whether code in a sentence is more than a name: a long one with several digits."""
    return bool(_DENSE.fullmatch(value)) and not _KNOWN.match(value) and not _PLACEHOLDER.match(value)


def _secret(value: str, *, told: bool) -> bool:
    """Whether a value is more than a word: of letters and digits, and where it only stands in a sentence, of more."""
    bare = value.rstrip(".!?:*_")
    if _SHAPE.match(bare) and any(char.isdigit() for char in bare):
        return True
    if bare.startswith(MASK.strip("]")) or _PLACEHOLDER.match(bare) or _KNOWN.match(bare) or _CALL.match(bare):
        return False
    if not told:
        return _STRONG.match(bare) is not None or bool(re.fullmatch(r"[a-z]{4,}\d{1,6}", bare))
    return any(char.isdigit() for char in bare) and any(char.isalpha() for char in bare)
