from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from the_mule.redis_target import parse_redis_url


def test_agrees_with_the_other_libraries(vectors: Any) -> None:
    assert len(vectors["redisUrls"]) > 30
    for vector in vectors["redisUrls"]:
        if not vector["ok"]:
            with pytest.raises(ValueError, match=r"\w"):
                parse_redis_url(vector["url"])
            continue
        target = parse_redis_url(vector["url"])
        assert (target.host, target.port) == (vector["host"], vector["port"]), vector
        assert (target.database, target.tls) == (vector["database"], vector["tls"]), vector
        assert (target.username, target.password) == (vector.get("username"), vector.get("password")), vector


def test_a_login_that_is_not_percent_encoded() -> None:
    for login in (":%", ":%zz", ":%ff", "%4:x"):
        with pytest.raises(ValueError, match="percent-encoded"):
            parse_redis_url(f"redis://{login}@host")


@given(st.text())
def test_gives_a_target_or_says_what_is_wrong(text: str) -> None:
    for url in (text, f"redis://{text}"):
        try:
            parse_redis_url(url)
        except ValueError as error:
            assert type(error) is ValueError  # noqa: PT017 - not a subclass, such as UnicodeDecodeError


def test_keeps_the_password_to_itself() -> None:
    assert "s3cret" not in repr(parse_redis_url("redis://default:s3cret@host"))
    for url in ("redis://default:s3cret@host:port", "http://default:s3cret@host", "redis://default:s3cret%@host"):
        with pytest.raises(ValueError, match=r"\w") as raised:
            parse_redis_url(url)
        assert "s3cret" not in str(raised.value)
        assert raised.value.__cause__ is None


def test_a_password_with_a_slash_is_not_repeated() -> None:
    for url in ("redis://user:12/s3cret@host", "redis://host/s3cret"):
        with pytest.raises(ValueError, match="names a database that is no number") as raised:
            parse_redis_url(url)
        assert "s3cret" not in str(raised.value)
